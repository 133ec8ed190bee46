"""What must hold at any time (trust 2, "Invariants after each of these"): it does, and each rule bites when broken."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.database import read_transaction
from app.services.invariants import Breach, breaches
from tests.support.world import World

STATES = {
    "record": ("draft", "noticing", "statement_open", "listed"),
    "objection": ("incomplete", "verifying", "decided"),
    "rectification": ("ordered", "rectifying"),
    "repair": ("submitted", "executing"),
    "exemption": ("examining", "correcting"),
}


def found(world: World) -> list[Breach]:
    with read_transaction(world.backend.engine) as session:
        return breaches(session)


@pytest.mark.parametrize("kind", STATES)
def test_they_hold_in_every_state_on_the_way(world: World, kind: str) -> None:
    """T1, T11: a duty begun by a step is there exactly once, nothing runs on what is closed, somebody holds it."""
    for state in STATES[kind]:
        getattr(world, f"{kind}_in")(state)
        assert found(world) == [], state


def sabotage(world: World, statement: str) -> None:
    """Change rows behind the application's back."""
    with world.backend.engine.begin() as connection:
        _let_history_be_changed(connection)
        connection.execute(text(statement))


def _let_history_be_changed(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER event_refuse_delete"))
    else:
        connection.execute(text("DROP TRIGGER event_refuse_change ON event"))


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("版本号等于步骤数", "UPDATE cases SET version = version + 1 WHERE uid = '{uid}'"),
        ("一个步骤一条记录", "DELETE FROM event WHERE case_id = {id} AND seq = 2"),
        ("办结的事项没有在计期限", "UPDATE term SET case_id = {closed} WHERE case_id = {id} AND status = 'running'"),
        ("期限只在其状态内计算", "UPDATE term SET key = 'repair.total' WHERE case_id = {id} AND status = 'running'"),
        ("每项职责恰有一个期限", "UPDATE term SET status = 'met' WHERE case_id = {id} AND status = 'running'"),
        ("未办结的事项有人办理或者自动推进", "UPDATE cases SET holder = NULL WHERE id = {id}"),
        ("记入之前已送达告知", "UPDATE cases SET state = 'voided' WHERE parent_id = {record} AND kind = 'notice'"),
    ],
)
def test_each_rule_bites(world: World, rule: str, statement: str) -> None:
    """Broken on purpose behind the application's back, it is named with the case."""
    record = world.record_in("listed")
    case = world.objection_in("verifying", record)
    closed = world.record_in("declined")
    assert found(world) == []
    ids = {"record": world.case(record).id, "closed": world.case(closed).id, "id": world.case(case).id, "uid": case}
    sabotage(world, statement.format(**ids))
    broken = [breach for breach in found(world) if breach.rule == rule]
    assert [breach.case for breach in broken] != []
    assert all(breach.case in {case, record, closed} for breach in broken)


def test_a_key_that_points_at_nothing_is_found_on_sqlite(world: World) -> None:
    """`foreign_key_check`: PostgreSQL never lets it come to this."""
    if world.backend.engine.dialect.name == "postgresql":
        with Session(world.backend.engine) as session:
            unchecked = session.scalar(text("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"))
        assert (unchecked, found(world)) == (0, [])
        return
    world.record_in("draft")
    file = world.backend.engine.url.database
    assert file is not None
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE cases SET subject_person_id = 99999")
        connection.commit()
    assert {breach.rule for breach in found(world)} == {"外键完好"}
