"""T9: whatever is done to the history behind the application's back is found by `audit verify`.

The triggers forbid it; whoever owns the database drops them first, and so does this test.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import ColumnElement, Connection, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from app.crypto import KeyRing
from app.database import read_transaction
from app.models.cases import Case
from app.models.history import AnchorRow, EventRow
from app.services.anchors import missing_anchors, seal_heads
from app.services.audit import AuditReport, verify
from tests.support.world import World

EVENTS = EventRow.__table__


def audit(world: World) -> AuditReport:
    with read_transaction(world.backend.engine) as session:
        return verify(session, world.backend.keys)


def tamper(world: World, act: Callable[[Connection, int], object], case: str) -> None:
    """Do something to the rows without the application, triggers taken off."""
    case_id = world.case(case).id
    with world.backend.engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("event", "anchor"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            for name in list(names):
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        act(connection, case_id)


def of(case_id: int, seq: int) -> ColumnElement[bool]:
    return (EventRow.case_id == case_id) & (EventRow.seq == seq)


def edit_body(connection: Connection, case_id: int) -> None:
    body = connection.execute(select(EventRow.body).where(of(case_id, 2))).scalar_one()
    changed = update(EventRow).where(of(case_id, 2))
    connection.execute(changed.values(body=body.replace("2026", "2025", 1)))


def edit_column(connection: Connection, case_id: int) -> None:
    connection.execute(update(EventRow).where(of(case_id, 2)).values(actor_id=None))


def delete_one(connection: Connection, case_id: int) -> None:
    connection.execute(delete(EventRow).where(of(case_id, 2)))


def insert_one(connection: Connection, case_id: int) -> None:
    row = connection.execute(select(EVENTS).where(of(case_id, 1))).mappings().one()
    last = connection.execute(select(EventRow.seq).where(EventRow.case_id == case_id).order_by(EventRow.seq.desc()))
    connection.execute(insert(EventRow).values({**row, "id": 999_999, "seq": last.scalars().first() + 1}))  # type: ignore[operator]


def swap_two(connection: Connection, case_id: int) -> None:
    for before, after in ((1, 90), (2, 1), (90, 2)):
        connection.execute(update(EventRow).where(of(case_id, before)).values(seq=after))


def truncate_tail(connection: Connection, case_id: int) -> None:
    """The last event goes, and the head in the case row is made to fit: only the anchor knows."""
    rows = connection.execute(
        select(EventRow.seq, EventRow.mac).where(EventRow.case_id == case_id).order_by(EventRow.seq.desc())
    ).all()
    connection.execute(delete(EventRow).where(of(case_id, rows[0].seq)))
    head = update(Case).where(Case.id == case_id)
    connection.execute(head.values(event_count=rows[1].seq, chain_head=rows[1].mac))


def rechain_without_the_key(connection: Connection, case_id: int) -> None:
    """A whole new chain, made with a key of one's own."""
    with TemporaryDirectory() as folder:
        own = KeyRing.load_or_create(Path(folder) / "keys.json")
    mac = ""
    history = select(EventRow.seq, EventRow.body).where(EventRow.case_id == case_id).order_by(EventRow.seq)
    for seq, told in connection.execute(history).all():
        body = told.replace("2026", "2025", 1)
        mac = own.chain_mac(mac, body)
        connection.execute(update(EventRow).where(of(case_id, seq)).values(body=body, mac=mac))
    connection.execute(update(Case).where(Case.id == case_id).values(chain_head=mac))


ACTS = [edit_body, edit_column, delete_one, insert_one, swap_two, truncate_tail, rechain_without_the_key]


@pytest.mark.parametrize("act", ACTS)
def test_tampering_is_found(world: World, act: Callable[[Connection, int], object], tmp_path: Path) -> None:
    case = world.record_in("screening")
    other = world.record_in("draft")
    assert seal_heads(world.backend, world.clock(), tmp_path / "anchors") is not None
    assert audit(world).holds
    tamper(world, act, case)
    report = audit(world)
    assert not report.holds
    assert {fault.case for fault in report.faults} == {case}
    assert other not in str(report.faults)


def test_a_tail_cut_off_is_found_through_the_anchor_alone(world: World) -> None:
    """Without an anchor nothing in the database knows of the lost event: this is what anchors are for."""
    case = world.record_in("screening")
    tamper(world, truncate_tail, case)
    assert audit(world).holds


def test_an_anchor_removed_from_the_table_is_found_through_the_file(world: World, tmp_path: Path) -> None:
    case = world.record_in("draft")
    seal_heads(world.backend, world.clock(), tmp_path / "anchors")
    tamper(world, lambda connection, _case_id: connection.execute(delete(AnchorRow)), case)
    assert audit(world).holds
    assert len(missing_anchors(world.backend, tmp_path / "anchors")) == 1


def test_the_database_itself_refuses_to_change_or_delete_an_event(world: World) -> None:
    """Trust 1.8: append-only by trigger on both databases."""
    case_id = world.case(world.record_in("draft")).id
    for act in (change_all, delete_all):
        with pytest.raises(DatabaseError), world.backend.engine.execution_options(write=True).begin() as connection:
            act(connection, case_id)


def delete_all(connection: Connection, case_id: int) -> None:
    connection.execute(delete(EventRow).where(EventRow.case_id == case_id))


def change_all(connection: Connection, case_id: int) -> None:
    connection.execute(update(EventRow).where(EventRow.case_id == case_id).values(step="-"))
