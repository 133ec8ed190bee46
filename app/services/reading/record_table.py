"""Records as the table that they are imported from: the same columns with the same words, so that it can come back.

It goes to those only who write the records of a unit, and holds this unit's records only, none about themselves.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.access.capacities import not_as_its_subject
from app.models.cases import Case
from app.models.kinds import Record
from app.models.people import Unit, User
from app.services.imports.kinds import kind_of
from app.services.imports.layout import Layout
from app.services.reading.exporting import AT_ONCE
from app.services.reading.reader import Reader
from app.services.reading.search import Sought, found_ids
from app.workbooks.values import Value
from workflows.forms.record import Disclosure, ExemptionAnswer, Sanction, Severity, SourceType
from workflows.kit.errors import NotFound
from workflows.kit.forms import LabelledEnum

_CHOICES: dict[str, type[LabelledEnum]] = {
    "source_type": SourceType,
    "sanction": Sanction,
    "severity": Severity,
    "disclosure_level": Disclosure,
    "exemption": ExemptionAnswer,
}


def writing_unit(reader: Reader) -> int | None:
    """The unit whose records the reader writes; the first of several; None if he writes none."""
    kind = kind_of("records")
    return min(reader.standing.units(frozenset({kind.post})), default=None)


def record_table(reader: Reader, sought: Sought) -> tuple[Layout, list[tuple[Value, ...]], bool]:
    """The columns of the import, a row for each record of his unit that `search` would list, and whether it is cut off.

    An identity number is in no row: whoever needs one to tell namesakes apart has it. Credit codes are public.

    Raises:
        NotFound: the reader writes no records.
    """
    unit_id = writing_unit(reader)
    if unit_id is None:
        raise NotFound
    layout = kind_of("records").layout(reader, unit_id)
    own = (Case.provider_unit_id == unit_id) & not_as_its_subject(reader.standing)
    ids, is_cut = found_ids(reader, replace(sought, kind="record"), own)
    rows: list[tuple[Value, ...]] = []
    for start in range(0, len(ids), AT_ONCE):
        wanted = select(Record).where(Record.id.in_(ids[start : start + AT_ONCE])).order_by(Record.id.desc())
        rows += _rows(reader, layout, reader.session.execute(wanted).scalars().all())
    return layout, rows, is_cut


def _rows(reader: Reader, layout: Layout, records: Sequence[Record]) -> list[tuple[Value, ...]]:
    people = {record.subject_person_id for record in records} - {None}
    units = {key for record in records for key in (record.subject_unit_id, record.finder_unit_id)} - {None}
    names = dict(reader.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    known = {unit.id: unit for unit in reader.session.scalars(select(Unit).where(Unit.id.in_(units)))}
    words = {
        choice.partition(" ")[0]: choice
        for column in layout.columns if column.key == "behaviour" for choice in column.choices
    }  # fmt: skip
    made = []
    for record in records:
        unit, finder = known.get(record.subject_unit_id or 0), known.get(record.finder_unit_id or 0)
        other = finder is not None and finder.id != record.provider_unit_id
        told = {
            "subject_name": unit.name if unit is not None else names.get(record.subject_person_id or 0, ""),
            "subject_code": (unit.code or "") if unit is not None else "",
            "behaviour": words.get(record.behaviour, record.behaviour),
            "finder": finder.name if finder is not None and other else "",
        }
        made.append(
            tuple(told[key] if key in told else _cell(record, key) for key in (one.key for one in layout.columns))
        )
    return made


def _cell(record: Record, key: str) -> Value:
    """What stands in a column that is a field of the record, as the import reads it."""
    value: Any = getattr(record, key)
    if value is None or value == "":
        return ""
    if key in _CHOICES:
        return _CHOICES[key](value).label
    if key == "secret_free" and not value:
        # The question was not answered yet; 否 would be an answer, with which nothing may be entered.
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (date, int)):
        return value
    return "、".join(value) if isinstance(value, list) else str(value)
