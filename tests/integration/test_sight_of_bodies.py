"""复核机关 and 容错认定机关 see what came before them, from that day on and to its end, and nothing else."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import false, select

from app.access.capacities import may_see, standing_of, visible_filter
from app.database import alembic_config
from app.models.cases import Case
from app.models.search import ENTRIES
from app.services.checks import Verdict
from app.services.lawbook import current_calendar
from app.services.reading.desk.boxes import Box
from app.services.reading.desk.listing import read_box
from app.services.reading.lines import lines_of
from app.services.reading.record_at_issue import record_read_through
from app.services.search_index.health import search_index
from app.services.search_index.keeping import refresh_all
from app.services.search_index.said import said_by
from app.services.search_index.tokens import as_words
from tests.support.importing import reading_as
from tests.support.looking import page_for
from tests.support.mergers import database
from tests.support.paths import FINDINGS
from tests.support.waiting_sheets import drafted
from tests.support.world import World
from workflows.registry import workflow

REVIEW, TOLERANCE = ("review_clerk", "reviewer"), ("tolerance", "tolerance_head")


def seen_by(world: World, role: str) -> set[str]:
    """The uid of every case that somebody may see."""
    with world.backend.sessions() as session:
        standing = standing_of(session, world[role].user_id or 0, world.today)
        rows = session.scalars(select(Case))
        return {row.uid for row in rows if may_see(workflow(row.kind), standing, row)}


def of_case(world: World, uid: str) -> set[str]:
    """A case with all notices made of it."""
    return {uid} | {notice.uid for notice in world.notices(uid)}


def letters(world: World, uid: str) -> set[str]:
    return of_case(world, uid) - {uid}


@pytest.mark.parametrize("kind", ["objection", "repair"])
def test_a_case_comes_into_sight_with_the_request_for_review(world: World, kind: str) -> None:
    """R37, R133: before, neither the case nor a letter of it or its record; then both, with what was made before."""
    case = world.objection_in("decided") if kind == "objection" else world.repair_in("denied")
    record = next(one for one in world.dossier(case) if one.kind == "record")
    assert letters(world, case)
    assert letters(world, record.uid)
    for role in (*REVIEW, *TOLERANCE):
        assert seen_by(world, role) == set(), role
    world.take("subject", "request_review", case, reason="仍与事实不符")
    for role in REVIEW:
        assert seen_by(world, role) == of_case(world, case), role
    for role in TOLERANCE:
        assert seen_by(world, role) == set(), role


def test_what_was_granted_in_review_stays_in_sight_to_its_end(world: World) -> None:
    """Whoever decided finds it again: while its targets take it over, and when it is repaired."""
    repair = world.repair_in("denied")
    world.take("subject", "request_review", repair, reason="义务已经履行")
    world.take("review_clerk", "accept_review", repair)
    world.decide("decide_review", repair, ("review_clerk", "reviewer"), result="变更", reasons="修复条件全部满足")
    assert world.state(repair) == "executing"
    for role in REVIEW:
        with reading_as(world, role) as reader:
            case = reader.session.scalars(select(Case).where(Case.uid == repair)).one()
            assert [line.uid for line in read_box(reader, Box.DONE).lines] == [repair], role
            assert record_read_through(reader, case) is None, "it has decided; the record is its no longer"
    for item in [one for one in world.children(repair, "sync") if one.phase != "closed"]:
        world.take("officer", "confirm", item.uid, note="已更新")
    assert world.state(repair) == "completed"
    assert repair in seen_by(world, "reviewer")


def test_what_the_office_proposes_after_a_review_is_not_its_reviewers_to_read(world: World) -> None:
    """R37: 变更为受理 begins the handling anew, and its decision may be put before the same body again."""
    repair = world.repair_in("refused")
    world.take("subject", "request_review", repair, reason="义务已经履行")
    world.take("review_clerk", "accept_review", repair)
    asked = page_for(world, "reviewer", repair)
    world.decide("decide_review", repair, ("review_clerk", "reviewer"), result="变更", reasons="应当受理")
    world.take("clerk", "draft_finding", repair, findings=FINDINGS, explanation="逐项核实")
    world.take("head", "verify", repair)
    world.take("officer", "propose", repair, step="approve", form={"reasons": "修复条件全部满足"}, opinion="拟准予修复")
    office, review = page_for(world, "approver", repair), page_for(world, "reviewer", repair)
    assert asked is not None
    assert office is not None
    assert review is not None
    assert office.proposal is not None
    assert (review.proposal, review.approval) == (None, None)
    assert "拟准予修复" not in str(review.events)
    assert "拟准予修复" in str(office.events)


def test_a_claim_of_exemption_and_its_letters_are_the_organs_of_tolerance_and_nobody_elses(world: World) -> None:
    """R44: of the record itself it sees no letter."""
    exemption = world.exemption_in("correcting")
    assert letters(world, exemption)
    for role in TOLERANCE:
        assert seen_by(world, role) == of_case(world, exemption), role
    for role in REVIEW:
        assert seen_by(world, role) == set(), role


def test_a_letter_without_a_number_names_only_what_its_reader_may_see(world: World) -> None:
    """R133: neither the case it came of nor the record on which that hangs, where those are not his."""
    letters = drafted(world)
    with reading_as(world, "clerk") as reader:
        rows = reader.session.scalars(select(Case).where(Case.id.in_([one.id for one in letters]))).all()
        calendar, sees = current_calendar(reader.session), visible_filter(workflow("objection"), reader.standing)
        for seen, told in ((sees, True), (false(), False)):
            lines = lines_of(reader.session, rows, calendar, reader.today, with_records=True, seen=seen)
            assert all(bool(line.came_of) is told for line in lines)
            assert {line.about for line in lines} == {""}, "its record is no objection"


def test_older_data_is_narrowed_to_what_came_before_them(world: World) -> None:
    """T16: the migration leaves what the program itself would have written; the way back opens it as it was."""
    asked, unasked = world.objection_in("reviewing"), world.repair_in("denied")
    claim = world.exemption_in("correcting")
    roles = (*REVIEW, *TOLERANCE)
    today = {role: seen_by(world, role) for role in roles}
    move(world, command.downgrade, "0028")
    assert of_case(world, unasked) <= seen_by(world, "reviewer"), "as it was before"
    assert {letter.tolerance_unit_id for letter in world.notices(asked)} == {world.organs.tolerance.id}
    move(world, command.upgrade, "head")
    assert {role: seen_by(world, role) for role in roles} == today
    assert {letter.tolerance_unit_id for letter in world.notices(asked)} == {None}
    assert of_case(world, asked) == today["reviewer"]
    assert of_case(world, claim) == today["tolerance"]


def test_the_search_index_follows_who_sees_a_case(world: World) -> None:
    """R146: with the request its letters are found by whoever reviews; what a migration narrows is indexed anew."""
    asked = world.objection_in("decided")
    refresh_all(database(world))
    world.take("subject", "request_review", asked, reason="仍与事实不符")
    assert of_case(world, asked) <= behind(world)
    for way, to in ((command.downgrade, "0028"), (command.upgrade, "head")):
        refresh_all(database(world))
        assert behind(world) == set()
        move(world, way, to)
        assert behind(world), to
        with database(world).read() as session:
            assert [check.verdict for check in search_index(session)] == [Verdict.OK]
    refresh_all(database(world))
    assert behind(world) == set()


def move(world: World, way: Callable[[Config, str], None], to: str) -> None:
    """Bring the tables to another revision."""
    with world.backend.engine.execution_options(write=True).begin() as connection:
        way(alembic_config(connection), to)


def behind(world: World) -> set[str]:
    """The uid of every case whose entry in the index is not what it says today."""
    with database(world).read() as session:
        kept = dict(session.execute(select(ENTRIES.c.case_id, ENTRIES.c.words)).all())
        uids = dict(session.execute(select(Case.id, Case.uid)).all())
        return {
            uids[said.case_id]
            for said in said_by(session, list(uids))
            if as_words(said.row()) != kept.get(said.case_id)
        }
