"""文书模板: every notice of the catalogue, which step makes it, on which rules it rests, and how it looks (样张)."""

from dataclasses import dataclass
from functools import cache

from app.documents.samples import sample
from app.services.reading.attached import Download
from app.services.reading.lawbook_view import read_lawbook
from app.services.reading.reader import Reader
from app.services.reading.sheets import specimen_sheet
from app.services.specimens import as_specimen
from workflows.catalogue import NOTICES, NoticeKind, Signing
from workflows.kit.definition import StartKind
from workflows.kit.errors import NotFound
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity
from workflows.rules.model import BasisKind, RuleSet

#: What no step of a procedure makes.
_BY_ITSELF = {
    "reminder": "期限逾期的当日，自动制作",
    "term_change": "导入工作日历，期限有变动的",
    "term_sheet": "文书送达后，期限起算的",
    "service_receipt": "文书以纸质送达的",
}


@dataclass(frozen=True)
class TemplateLine:
    """One notice: by what it is made (procedure and step), who signs it, on which texts of the rules it rests.

    `signer` is empty where no person signs, `authorised`: under a standing authorisation (授权签发).
    `other_titles`: what it is called elsewhere or in another procedure.
    `wording`: the file in templates/notices with its words.
    """

    kind: NoticeKind
    other_titles: tuple[str, ...]
    made_by: tuple[tuple[str, tuple[str, ...]], ...]
    by_itself: str
    signer: str
    authorised: bool
    basis: tuple[str, ...]
    wording: str


def list_templates(reader: Reader) -> tuple[TemplateLine, ...]:
    """Every notice in the order of the catalogue; the basis is that of the reader's locality as in force today."""
    rules = read_lawbook(reader).rules
    return tuple(_line(kind, rules) for kind in NOTICES.values())


def template_sheet(key: str, *, as_pdf: bool) -> Download:
    """The 样张 of a notice with made-up content.

    Raises:
        NotFound: there is no such notice.
    """
    if key not in NOTICES:
        raise NotFound("没有这种文书，请返回文书模板列表选择。")
    return _sheet(key, as_pdf)


@cache
def _sheet(key: str, as_pdf: bool) -> Download:
    """Drawn once per process: it never changes, and drawing takes half a second."""
    return specimen_sheet(as_specimen(sample(key)).to_json(), as_pdf=as_pdf)


def _line(kind: NoticeKind, rules: RuleSet) -> TemplateLine:
    return TemplateLine(
        kind=kind,
        other_titles=tuple(dict.fromkeys(title for title in kind.titles.values() if title != kind.title)),
        made_by=tuple(_makers(kind.key)),
        by_itself=_BY_ITSELF.get(kind.key, ""),
        signer="" if kind.signing is Signing.SYSTEM else Capacity[kind.signer].label,
        authorised=kind.signing is Signing.OFFICE,
        basis=tuple(dict.fromkeys(_basis(kind, rules))),
        wording=f"{kind.key}.html",
    )


def _makers(key: str):  # type: ignore[no-untyped-def]
    for flow in WORKFLOWS.values():
        steps = tuple(step.label for step in flow.steps if any(draft.notice == key for draft in step.notices))
        if steps:
            yield flow.label, tuple(dict.fromkeys(steps))


def _basis(kind: NoticeKind, rules: RuleSet):  # type: ignore[no-untyped-def]
    """The texts on the terms that its service starts, and on what may be done about it."""
    for flow in WORKFLOWS.values():
        for term in flow.terms:
            starts = any(start.kind is StartKind.SERVICE and start.of == kind.key for start in term.starts)
            rule = rules.term(term.key) if starts else None
            if rule is not None and rule.basis.kind is not BasisKind.DEFAULT:
                yield rule.basis.text
    if kind.remedies_about:
        basis = rules.remedy_rule(kind.remedies_about, "person").basis
        if basis.kind is not BasisKind.DEFAULT:
            yield basis.text
