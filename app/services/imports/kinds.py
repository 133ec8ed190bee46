"""The kinds of tables that can be imported: who may, what they look like, how a row is judged, and what it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.capacities import standing_of
from app.clock import legal_day
from app.database import read_transaction
from app.models.people import Unit
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.imports import penalties, records, registers
from app.services.imports.layout import Checked, Layout, Table
from app.services.lawbook import rule_set_in_force
from app.services.passwords import Passwords
from app.services.reading.reader import Reader
from app.services.steps import take_step
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.roles import Post
from workflows.rules.model import RuleSet


@dataclass(frozen=True)
class Making:
    """What a row is made with. `batch` is its number, `key` tells this row of this batch from every other."""

    backend: Backend
    passwords: Passwords
    actor: Actor
    unit_id: int | None
    batch: str
    key: str
    now: datetime


@dataclass(frozen=True)
class Made:
    """What a row became: the uid of it, and a secret that is told once."""

    uid: str
    secret: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of table.

    `post`: who imports it. `of_unit`: it belongs to a unit in which he holds that post. `piece`: so many rows are made
    before others have their turn. `undo` takes back what a row became; without it that is not offered.
    """

    key: str
    label: str
    post: Post
    layout: Callable[[Reader, int | None], Layout]
    check: Callable[[Reader, int | None, Table], list[Checked]]
    make: Callable[[Making, Mapping[str, Any]], Made]
    undo: Callable[[Making, str], None] | None = None
    of_unit: bool = False
    piece: int = 200


def kind_of(key: str) -> Kind:
    """The kind of this key.

    Raises:
        NotFound: there is none.
    """
    if key not in KINDS:
        raise NotFound("没有这一类导入。")
    return KINDS[key]


def kinds_for(reader: Reader) -> tuple[Kind, ...]:
    """The kinds that the reader may import."""
    return tuple(kind for kind in KINDS.values() if reader.standing.units(frozenset({kind.post})))


def _rules(reader: Reader, unit_id: int | None) -> RuleSet:
    unit = reader.session.get_one(Unit, unit_id)
    return rule_set_in_force(reader.session, unit.locality, reader.today)[1]


def _record_layout(reader: Reader, unit_id: int | None) -> Layout:
    return records.record_layout(_rules(reader, unit_id))


def _check_records(reader: Reader, unit_id: int | None, table: Table) -> list[Checked]:
    assert unit_id is not None
    return records.check_records(reader, unit_id, _rules(reader, unit_id), table)


def _penalty_layout(reader: Reader, unit_id: int | None) -> Layout:
    return penalties.penalty_layout(_rules(reader, unit_id))


def _check_penalties(reader: Reader, unit_id: int | None, table: Table) -> list[Checked]:
    assert unit_id is not None
    return penalties.check_penalties(reader, unit_id, _rules(reader, unit_id), table)


def _make_record(making: Making, form: Mapping[str, Any]) -> Made:
    command = TakeStep("create", making.actor, form, opens="record", unit_id=making.unit_id, key=making.key)
    return Made(take_step(making.backend, command, making.now).uid)


def _discard_record(making: Making, uid: str) -> None:
    form = {"reason": f"导入批次{making.batch}整批作废"}
    # A draft that nobody touched stands where its first step has left it.
    command = TakeStep("discard", making.actor, form, case=uid, expected_version=1, key=f"{making.key}-undo")
    take_step(making.backend, command, making.now)


def _make_unit(making: Making, form: Mapping[str, Any]) -> Made:
    return Made(registers.make_unit(making.backend, making.key, form, making.now, _by(making)))


def _make_person(making: Making, form: Mapping[str, Any]) -> Made:
    return Made(*registers.make_person(making.backend, making.passwords, making.key, form, making.now, _by(making)))


def _by(making: Making) -> int:
    """Who makes it; he has to hold the post still."""
    by = making.actor.user_id
    assert by is not None
    with read_transaction(making.backend.engine) as session:
        if not standing_of(session, by, legal_day(making.now)).units(frozenset({Post.SYSADMIN})):
            raise NotFound("确认导入的人员已不任系统管理员，未予导入。")
    return by


KINDS = {
    kind.key: kind
    for kind in (
        Kind("records", "政务失信记录", Post.CLERK, _record_layout, _check_records, _make_record, _discard_record,
             of_unit=True),
        Kind("penalties", "行政处罚（双公示）", Post.CLERK, _penalty_layout, _check_penalties, _make_record,
             _discard_record, of_unit=True),
        Kind("units", "单位", Post.SYSADMIN, lambda reader, _unit: registers.unit_layout(reader),
             lambda reader, _unit, table: registers.check_units(reader, table), _make_unit),
        Kind("people", "人员", Post.SYSADMIN, lambda _reader, _unit: registers.people_layout(),
             lambda reader, _unit, table: registers.check_people(reader, table), _make_person, piece=25),
    )
}  # fmt: skip
