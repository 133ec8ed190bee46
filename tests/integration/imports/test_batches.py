"""What may be done with a batch, by whom, and what is kept of it (T12; trust 1.7, 1.10)."""

from datetime import timedelta

import pytest

from app.database import write_transaction
from app.models.batches import ImportBatch, ImportRow
from app.models.history import AccessLog, OutboxRow
from app.models.kinds import Record
from app.services.imports import kinds, running
from app.services.imports.batches import (
    ImportRefused,
    RowStatus,
    Status,
    confirm,
    discard,
    drop,
    forget_old_rows,
    upload,
)
from app.services.outbox import claim_next
from app.services.reading.imports import Origin, batches_of, origin_of, read_batch, rows_to_mend
from app.workbooks.reading import TableRefused
from tests.support.importing import HEADINGS, PASSWORDS, reading_as, report, row_of, run, uploaded
from tests.support.workbooks import csv_with
from tests.support.world import World
from workflows.kit.errors import NotFound

STRANGERS = ("other_clerk", "head", "officer", "approver", "subject", "unit_head")


def act(world: World, what, uid: str, *given: object, role: str = "clerk", **more: object) -> None:  # type: ignore[no-untyped-def]
    with reading_as(world, role) as reader:
        what(reader, uid, *given, **more)


def test_nobody_else_sees_or_moves_a_batch(world: World) -> None:
    """T12: another unit's clerk, the own head, the office: not found, in no list."""
    page = uploaded(world, [row_of(1), row_of(2, 文书日期="无")])
    uid = page.line.uid
    for role in STRANGERS:
        with reading_as(world, role) as reader:
            assert batches_of(reader)[0] == ()
            for ask in (read_batch, rows_to_mend):
                with pytest.raises(NotFound):
                    ask(reader, uid)
        for what, given in ((confirm, ("fine",)), (discard, ()), (drop, ())):
            with pytest.raises(NotFound):
                act(world, what, uid, *given, role=role)
        with reading_as(world, role) as reader, pytest.raises(NotFound):
            upload(reader, "records", "甲.csv", b"x", world.units["provider"])
    with reading_as(world, "clerk") as reader:
        assert [line.uid for line in batches_of(reader)[0]] == [uid]
        with pytest.raises(NotFound):
            upload(reader, "unheard-of", "甲.csv", b"x")
        with pytest.raises(NotFound):
            read_batch(reader, "unheard-of")


def test_an_empty_file_is_refused_before_anything_is_kept(world: World) -> None:
    with reading_as(world, "clerk") as reader, pytest.raises(TableRefused, match="文件是空的"):
        upload(reader, "records", "甲.csv", b"")
    assert world.rows(ImportBatch) == []


def test_a_file_that_cannot_be_read_ends_as_a_refused_batch(world: World) -> None:
    page = uploaded(world, b"PK\x03\x04 no package")
    assert (page.line.status, page.line.rows) == (Status.REFUSED, 0)
    assert "已损坏" in page.refusal
    with pytest.raises(ImportRefused, match="现为“文件不能导入”"):
        act(world, confirm, page.line.uid, "all")
    act(world, drop, page.line.uid)
    assert report(world, page.line.uid).line.status == Status.DROPPED


@pytest.mark.parametrize(
    ("mode", "words"), [("all", "没有可以导入的行|有误"), ("fine", "没有可以导入"), ("x", "请选择")]
)
def test_what_cannot_be_made_is_refused(world: World, mode: str, words: str) -> None:
    page = uploaded(world, [row_of(1, 文书日期="无")])
    with pytest.raises(ImportRefused, match=words):
        act(world, confirm, page.line.uid, mode)
    assert report(world, page.line.uid).line.status == Status.CHECKED


def test_a_batch_is_made_once(world: World) -> None:
    """A second press does nothing twice."""
    page = uploaded(world, [row_of(1)])
    act(world, confirm, page.line.uid, "all")
    with pytest.raises(ImportRefused, match="现为“正在导入”"):
        act(world, confirm, page.line.uid, "all")
    run(world)
    with pytest.raises(ImportRefused, match="现为“已导入”"):
        act(world, drop, page.line.uid)
    assert len(world.rows(Record)) == 1


def test_the_same_file_twice_is_warned_of(world: World) -> None:
    """Issue 4.6: by its hash; once the first import was taken back there is nothing to warn of."""
    file = csv_with(HEADINGS, row_of(1), row_of(2))
    first = uploaded(world, file)
    act(world, confirm, first.line.uid, "all")
    run(world)
    again = uploaded(world, file)
    assert again.earlier is not None
    assert again.earlier.number == first.line.number
    with write_transaction(world.backend.sessions) as session:
        session.query(ImportRow).filter(ImportRow.batch_id != 1).update({"status": RowStatus.FINE})
    with pytest.raises(ImportRefused, match="此前已导入过同一文件"):
        act(world, confirm, again.line.uid, "fine")
    act(world, confirm, again.line.uid, "fine", again=True)
    run(world)
    act(world, discard, first.line.uid)
    run(world)
    assert uploaded(world, file, role="clerk").earlier is not None, "the second is still there"


def test_pieces_make_room_for_others_and_each_has_its_own_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are made in pieces; between them the outbox does what waited, and the page can tell how far it is."""
    small = kinds.KINDS["records"].__class__(**{**vars(kinds.KINDS["records"]), "piece": 2})
    monkeypatch.setitem(kinds.KINDS, "records", small)
    page = uploaded(world, [row_of(number) for number in range(5)])
    act(world, confirm, page.line.uid, "all")
    run(world, most=2)
    half = report(world, page.line.uid)
    assert (half.line.status, half.tried, half.fine) == (Status.MAKING, 4, 1)
    run(world)
    assert report(world, page.line.uid).line.status == Status.MADE
    keys = [row.key for row in world.outbox() if row.work == "import"]
    assert keys == [f"import:{page.line.uid}:{number}" for number in range(1, 5)]


def test_two_workers_on_one_piece_do_no_harm(world: World) -> None:
    """A lease that ended too early: the same piece is worked twice."""
    page = uploaded(world, [row_of(1), row_of(2)])
    act(world, confirm, page.line.uid, "all")
    claim = claim_next(world.backend, world.clock())
    assert claim is not None
    running.work_on_batch(world.backend, PASSWORDS, claim, world.clock)
    running.work_on_batch(world.backend, PASSWORDS, claim, world.clock)
    assert len(world.rows(Record)) == 2
    assert report(world, page.line.uid).line.status == Status.MADE


def test_who_did_what_stands_in_the_access_log(world: World) -> None:
    """trust 1.10: uploads, imports and taking back are logged by number, without content."""
    page = uploaded(world, [row_of(1)])
    act(world, confirm, page.line.uid, "all")
    run(world)
    act(world, discard, page.line.uid)
    told = [(row.user_id, row.target, row.purpose) for row in world.rows(AccessLog) if row.act == "imported"]
    who, number = world["clerk"].user_id, page.line.number
    assert told == [
        (who, page.line.uid, f"上传政务失信记录 {number}"),
        (who, page.line.uid, f"导入政务失信记录 {number} 1行"),
        (who, page.line.uid, f"整批作废政务失信记录 {number} 1行"),
    ]


def test_a_draft_knows_the_row_it_came_from(world: World) -> None:
    page = uploaded(world, [row_of(1, 失信程度="")])
    act(world, confirm, page.line.uid, "all")
    run(world)
    record = world.rows(Record)[0].uid
    with reading_as(world, "clerk") as reader:
        assert origin_of(reader, record) == Origin(
            page.line.uid, page.line.number, 2, ("提交审签前尚需补齐：失信程度",)
        )  # fmt: skip
        assert origin_of(reader, "unheard-of") is None
    with reading_as(world, "head") as reader:
        assert origin_of(reader, record) is None


def test_rows_are_forgotten_after_ninety_days_and_counts_stay(world: World) -> None:
    """PIPL: what is not needed any more is not kept."""
    page = uploaded(world, [row_of(1), row_of(2, 文书日期="无")])
    act(world, confirm, page.line.uid, "fine")
    run(world)
    for days, gone in ((89, 0), (91, 1), (91, 0)):
        with write_transaction(world.backend.sessions) as session:
            assert forget_old_rows(session, world.clock() + timedelta(days=days)) == gone
    after = report(world, page.line.uid)
    assert after.counts == {RowStatus.MADE: 1, RowStatus.WRONG: 1}
    assert (after.faults, after.rows_kept) == ((), False)
    with reading_as(world, "clerk") as reader:
        assert list(rows_to_mend(reader, page.line.uid)[1]) == []


def test_a_stuck_piece_is_said_on_the_page(world: World) -> None:
    page = uploaded(world, [row_of(1)])
    act(world, confirm, page.line.uid, "all")
    assert not report(world, page.line.uid).stuck
    with write_transaction(world.backend.sessions) as session:
        session.query(OutboxRow).filter(OutboxRow.work == "import", OutboxRow.status == "open").update(
            {"status": "stuck"}
        )
    assert report(world, page.line.uid).stuck
