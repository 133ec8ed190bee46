"""Bases as a notice cites them: law and documents by name, never a default of the product as if it were law."""

from collections.abc import Iterable
from dataclasses import replace

from workflows.rules.model import Basis, BasisKind, RuleSet


def cited(bases: Iterable[Basis], clauses: Iterable[str] = ()) -> tuple[str, ...]:
    """Citations that follow 依据 or 参照 and precede 的规定, what applies directly before what is followed by analogy.

    A basis of kind DEFAULT is left out: no text says so, and the notice must not pretend one does.
    """
    ordered = sorted(bases, key=lambda basis: basis.kind is not BasisKind.DIRECT)
    texts = [*clauses, *(_words(basis) for basis in ordered if basis.kind is not BasisKind.DEFAULT)]
    *others, last = tuple(dict.fromkeys(texts)) or ("",)
    return (*others, last.removesuffix("的规定")) if last else ()


def _words(basis: Basis) -> str:
    return basis.text if basis.kind is BasisKind.DIRECT else "参照" + basis.text.removeprefix("参照")


def nearest(bases: Iterable[Basis]) -> tuple[Basis, ...]:
    """Every basis that applies directly; where none does, the first that is followed by analogy."""
    known = tuple(bases)
    direct = tuple(basis for basis in known if basis.kind is BasisKind.DIRECT)
    return direct or tuple(basis for basis in known if basis.kind is not BasisKind.DEFAULT)[:1]


def founding(rules: RuleSet) -> Basis:
    """The document on which the whole system of records, correction and remedies rests here, without an article.

    Cited where neither the act nor its term has a text of its own (国发〔2016〕76号 in the shipped rules).
    """
    return replace(rules.remedy_rule("record", "person").basis, article="")


def or_founding(bases: tuple[Basis, ...], rules: RuleSet) -> tuple[Basis, ...]:
    """These bases; the founding document where they are nothing but a default of the product."""
    known = tuple(basis for basis in bases if basis.kind is not BasisKind.DEFAULT)
    return known or (founding(rules),)


def binding(bases: Iterable[Basis]) -> tuple[Basis, ...]:
    """Only what applies directly: whoever is called to account is not shown what is merely followed."""
    return tuple(basis for basis in bases if basis.kind is BasisKind.DIRECT)


def in_table(basis: Basis) -> str:
    """The basis column of a term table; a length that no text fixes is one that an organ sets."""
    return "指定期限" if basis.kind is BasisKind.DEFAULT else basis.text


def not_to_itself(text: str, organ: str, rules: RuleSet) -> str:
    """Nobody is sent to complain of an organ to that same organ (复核机关 and 上一级机关 are often one)."""
    above = rules.text("superior_office")
    return text.replace(f"向{above}", "向本机关的上级主管部门") if organ == above else text
