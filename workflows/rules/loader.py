"""From the shipped files to the resolved rule set of a locality."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from workflows.rules.catalogues import (
    Source,
    read_vocabulary,
    resolve_behaviours,
    resolve_fields,
    resolve_targets,
    resolve_units,
)
from workflows.rules.changes import PLACE as CHANGES_PLACE
from workflows.rules.changes import UNCHANGED, Changes
from workflows.rules.citing import Documents, documents_of, read_documents
from workflows.rules.model import RuleSet, SwitchRule, TermRule
from workflows.rules.reading import Place, Table, known_keys, read_toml, required, texts
from workflows.rules.settings import resolve_remedies, resolve_switches
from workflows.rules.terms import Limits, TermsFile, resolve_terms, within_total

SHIPPED = Path(__file__).parent

_LOCALITIES = ("shanghai", "jingan", "laiwu", "nanjing", "yancheng", "demo")
_FILE_KEYS = ("locality", "terms", "switches", "remedies", "behaviours", "key_fields", "duties", "sync_targets")
_HEAD_KEYS = ("key", "name", "level", "code", "parent", "plan", "make_believe", "in_force_from", "adopts_behaviours")
_NAMED = ("office_name", "office_short", "office_code_word", "case_code_word", "review_body", "superior_office")


def localities() -> tuple[str, ...]:
    """The keys of the localities that have a rule set of their own, in the order they are shown."""
    return _LOCALITIES


@cache
def load_locality(key: str, folder: Path = SHIPPED) -> RuleSet:
    """The rule set of a locality, resolved from nation, province or city, and district.

    Raises KeyError for a locality that is not shipped, and RuleFileError, naming file and entry, for a file with
    an unknown key, a repeated key, a bad unit, or a term that a document of lower rank must not change.
    """
    return load_changed(key, UNCHANGED, folder)


def load_changed(key: str, changes: Changes, folder: Path = SHIPPED) -> RuleSet:
    """The rule set of a locality with what its keepers changed, as if each change stood in one more file below its own.

    Raises KeyError and RuleFileError as `load_locality`; the changes obey the same rules as the files, rank above all.
    """
    if key not in _LOCALITIES:
        raise KeyError(f"没有“{key}”的规则集，可用：{'、'.join(_LOCALITIES)}")
    documents = documents_with(changes, folder)
    vocabulary = read_vocabulary(folder)
    files = _files(key, changes, folder)
    chain = files[: len(files) - len(changes.layers)]
    own = chain[-1]
    head = own.tables["locality"]
    place = own.place.at("locality")

    switches = resolve_switches(files, documents)
    _require_names(switches, own.place)
    terms, _ = resolve_terms(_terms_of(files), documents)
    if any(rule.key == "objection.verification_within_total" and rule.value for rule in switches):
        terms = within_total(terms)
    fields = resolve_fields(own, vocabulary, documents)
    rules = RuleSet(
        locality=key,
        name=required(head, "name", place),
        code=required(head, "code", place),
        level=required(head, "level", place),
        chain=tuple(item.tables["locality"]["key"] for item in chain),
        make_believe=head.get("make_believe", False),
        in_force_from=_in_force_from(head, terms, switches, documents, place),
        terms=terms,
        switches=switches,
        remedy_rules=resolve_remedies(chain, documents, switches, terms),
        behaviours=resolve_behaviours(_behaviour_sources(chain, folder), vocabulary, documents),
        key_fields=fields,
        units=resolve_units(own, fields, documents),
        sync_targets=resolve_targets(own, documents),
    )
    _refuse_outdated(rules, own.place)
    return rules


def limits_of_terms(key: str, changes: Changes, folder: Path = SHIPPED) -> Limits:
    """What documents fix about each term of a locality, so that a form can say it. Raises as `load_changed`."""
    return resolve_terms(_terms_of(_files(key, changes, folder)), documents_with(changes, folder))[1]


def documents_with(changes: Changes, folder: Path = SHIPPED) -> Documents:
    """Every document that may be cited: those of the files and those that keepers entered. Raises RuleFileError."""
    return {**read_documents(folder), **documents_of(changes.documents, CHANGES_PLACE)}


def _files(key: str, changes: Changes, folder: Path) -> tuple[Source, ...]:
    """The files of a locality, the nation first, and every change of its keepers as one more."""
    chain = _chain(key, folder)
    return (*chain, *(Source(layer, CHANGES_PLACE, chain[-1].plan) for layer in changes.layers))


def _terms_of(files: Sequence[Source]) -> list[TermsFile]:
    return [TermsFile(item.tables.get("terms", {}), item.place, item.plan) for item in files]


def _chain(key: str, folder: Path) -> tuple[Source, ...]:
    """The file of a locality with all files above it, the nation first."""
    chain: list[Source] = []
    seen: set[str] = set()
    wanted: str | None = key
    while wanted is not None:
        place = Place(f"{wanted}.toml")
        if wanted in seen:
            raise place.refuse("上级关系成环")
        seen.add(wanted)
        tables = known_keys(read_toml(folder / place.file), _FILE_KEYS, place)
        head = known_keys(required(tables, "locality", place), _HEAD_KEYS, place.at("locality"))
        if head.get("key") != wanted:
            raise place.at("locality", "key").refuse(f"应当与文件名一致，写作“{wanted}”")
        chain.append(Source(tables, place, head.get("plan")))
        wanted = head.get("parent")
    return tuple(reversed(chain))


def _behaviour_sources(chain: Sequence[Source], folder: Path) -> tuple[Source, ...]:
    """The files whose behaviours are in force, those that a make-believe district follows before its own."""
    head = chain[-1].tables["locality"]
    adopted = []
    for key in texts(head.get("adopts_behaviours", []), chain[-1].place.at("locality", "adopts_behaviours")):
        source = _chain(key, folder)[-1]
        adopted.append(Source(source.tables, source.place, source.plan, followed=True))
    # Reversed so that the citations read in the order in which the head names the documents.
    return (*reversed(adopted), *chain)


def _in_force_from(
    head: Table, terms: Sequence[TermRule], switches: Sequence[SwitchRule], documents: Documents, place: Place
) -> date:
    """The day from which every entry holds; only a make-believe district declares its own."""
    declared = head.get("in_force_from")
    if declared is not None:
        if not head.get("make_believe", False) or not isinstance(declared, date):
            raise place.at("in_force_from").refuse("只有演示地区可以自定施行日期")
        return declared
    plan = head.get("plan")
    days = [rule.effective_from for rule in terms] + [rule.effective_from for rule in switches]
    return max([*days, documents[plan].in_force] if plan else days)


def _require_names(switches: Sequence[SwitchRule], place: Place) -> None:
    empty = [rule.key for rule in switches if rule.key in _NAMED and rule.value == ""]
    if empty:
        raise place.at("switches").refuse(f"必须写明：{'、'.join(empty)}")


def _refuse_outdated(rules: RuleSet, place: Place) -> None:
    for rule in rules.terms:
        if rule.effective_to is not None and rule.effective_to < rules.in_force_from:
            raise place.at("terms", rule.key).refuse(f"已于{rule.effective_to}失效，应当改用现行规定")
