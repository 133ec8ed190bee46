"""Catalogues of a locality: behaviours, key fields, units, sync targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workflows.rules.citing import Cited, Documents, cite
from workflows.rules.model import Basis, BasisKind, Behaviour, Grade, KeyField, SyncTarget, UnitRule
from workflows.rules.reading import Place, Table, chosen, known_keys, read_toml, required, texts

# From the strongest to the weakest: an entry in force by several documents has the strongest word of them.
WORDS = ("record", "credit", "handled", "assessment", "forbidden")
SUBJECTS = ("organ", "person")

_CITING = ("section", "quote")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The behaviours and key fields that the files of the localities choose from."""

    behaviours: Mapping[str, Table]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a chain: its tables, its place and the plan that its sections mean."""

    tables: Table
    place: Place
    plan: str | None
    followed: bool = False  # taken over by a district that the document does not bind


def read_vocabulary(folder: Path) -> Vocabulary:
    """`behaviours.toml`. Raises RuleFileError for an unknown key, word, subject or key field."""
    place = Place("behaviours.toml")
    tables = known_keys(read_toml(folder / place.file), ("fields", "behaviours"), place)
    fields = tables["fields"]
    for behaviour_id, entry in tables["behaviours"].items():
        here = place.at("behaviours", behaviour_id)
        known_keys(entry, ("label", "field", "subjects", "word"), here)
        _subjects(required(entry, "subjects", here), here)
        chosen(required(entry, "word", here), WORDS, here)
        chosen(entry.get("field", ""), ("", *fields), here)
    return Vocabulary(tables["behaviours"], fields)


def resolve_behaviours(
    sources: Sequence[Source], vocabulary: Vocabulary, documents: Documents
) -> tuple[Behaviour, ...]:
    """The behaviours that at least one file names, nearest document first in the citations."""
    named: dict[str, list[tuple[Table, Cited]]] = {}
    for source in reversed(sources):
        for behaviour_id, entry in source.tables.get("behaviours", {}).items():
            here = source.place.at("behaviours", behaviour_id)
            if behaviour_id not in vocabulary.behaviours:
                raise here.refuse("behaviours.toml 中没有这一行为")
            table = known_keys(entry, (*_CITING, "word", "subjects"), here)
            cited = _citation(table, source, documents, here)
            declared = {**vocabulary.behaviours[behaviour_id], **table}
            chosen(declared["word"], WORDS, here)
            _subjects(declared["subjects"], here)
            named.setdefault(behaviour_id, []).append((declared, cited))
    return tuple(_behaviour(key, named[key]) for key in vocabulary.behaviours if key in named)


def resolve_fields(source: Source, vocabulary: Vocabulary, documents: Documents) -> tuple[KeyField, ...]:
    """The key fields that the locality's own file names, with the units that answer for them."""
    fields = []
    for key, entry in source.tables.get("key_fields", {}).items():
        here = source.place.at("key_fields", key)
        table = known_keys(entry, (*_CITING, "lead", "supporting", "others"), here)
        chosen(key, vocabulary.fields, here)
        units = {role: texts(table.get(role, []), here.at(role)) for role in ("lead", "supporting", "others")}
        fields.append(
            KeyField(key, vocabulary.fields[key], basis=_citation(table, source, documents, here).basis, **units)
        )
    return tuple(fields)


def resolve_units(source: Source, fields: Sequence[KeyField], documents: Documents) -> tuple[UnitRule, ...]:
    """Every unit named by a key field or a duty, with all it is charged with."""
    charged: dict[str, tuple[list[str], list[str], list[Basis]]] = {}
    for field in fields:
        for name in (*field.lead, *field.supporting):
            held, _, citations = charged.setdefault(name, ([], [], []))
            held.append(field.label)
            citations.append(field.basis)
    for duty, entry in source.tables.get("duties", {}).items():
        here = source.place.at("duties", duty)
        table = known_keys(entry, (*_CITING, "units"), here)
        basis = _citation(table, source, documents, here).basis
        for name in texts(required(table, "units", here), here):
            _, duties, citations = charged.setdefault(name, ([], [], []))
            duties.append(duty)
            citations.append(basis)
    return tuple(
        UnitRule(name, tuple(held), tuple(duties), tuple(dict.fromkeys(citations)))
        for name, (held, duties, citations) in charged.items()
    )


def resolve_targets(source: Source, documents: Documents) -> tuple[SyncTarget, ...]:
    """The places outside that must learn of a record. None is fed automatically unless its entry says so."""
    targets = []
    options = ("subjects", "unit", "fed_automatically", "publishes", "per_record")
    for key, entry in source.tables.get("sync_targets", {}).items():
        here = source.place.at("sync_targets", key)
        table = known_keys(entry, (*_CITING, "label", "receives", *options), here)
        basis = _citation(table, source, documents, here).basis
        targets.append(
            SyncTarget(
                id=key,
                label=required(table, "label", here),
                receives=required(table, "receives", here),
                subject_kinds=_subjects(table.get("subjects", list(SUBJECTS)), here),
                unit=table.get("unit", ""),
                fed_automatically=table.get("fed_automatically", False),
                publishes=table.get("publishes", False),
                per_record=table.get("per_record", True),
                basis=basis,
                grade=Grade.V if basis.seed else Grade.I,
            )
        )
    return tuple(targets)


def _behaviour(behaviour_id: str, named: Sequence[tuple[Table, Cited]]) -> Behaviour:
    first = named[0][0]
    subjects = {kind for table, _ in named for kind in table["subjects"]}
    followed = all(cited.basis.kind is BasisKind.PEER for _, cited in named)
    return Behaviour(
        id=behaviour_id,
        label=first["label"],
        field=first.get("field", ""),
        subject_kinds=tuple(kind for kind in SUBJECTS if kind in subjects),
        word=min((table["word"] for table, _ in named), key=WORDS.index),
        citations=tuple(dict.fromkeys(cited.basis for _, cited in named)),
        grade=Grade.I if followed else Grade.V,
        effective_from=min(cited.in_force for _, cited in named),
    )


def _citation(table: Table, source: Source, documents: Documents, place: Place) -> Cited:
    short: dict[str, Any] = {key: table[key] for key in _CITING if key in table}
    cited = cite(short, documents, source.plan, place)
    if not source.followed:
        return cited
    return replace(cited, basis=replace(cited.basis, kind=BasisKind.PEER))


def _subjects(value: object, place: Place) -> tuple[str, ...]:
    return tuple(chosen(kind, SUBJECTS, place) for kind in texts(value, place))
