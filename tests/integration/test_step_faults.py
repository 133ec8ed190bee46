"""T2: whatever call to the database fails, a step happens wholly or not at all, and the retry succeeds.

Every statement and the commit of the step's transaction is made to fail in turn.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.clock import shanghai
from app.database import read_transaction, write_transaction
from app.models.terms import StuckClaim
from app.services.invariants import breaches
from app.services.sweeping import sweep
from tests.support import paths
from tests.support.faults import contents, fails_at_every_point, faults
from tests.support.world import World

Prepare = Callable[[World], Callable[[], object]]


def accepting(world: World) -> Callable[[], object]:
    case = world.objection_in("submitted")
    return lambda: world.step("officer", "accept", case)


def deciding(world: World) -> Callable[[], object]:
    """A decision: two notices, and the record is corrected in the same transaction."""
    case = world.objection_in("answered")
    form = {"reasons": "异议成立"}
    world.take("officer", "propose", case, step="decide", form=form, opinion="拟同意")
    return lambda: world.step("approver", "decide", case, form)


def opening(world: World) -> Callable[[], object]:
    record = world.record_in("listed")
    command = {"opens": "objection", "parent": record, "key": "k1"}
    return lambda: world.step("subject", "submit", "", paths.objection_form(), **command)


def annulling(world: World) -> Callable[[], object]:
    """The end of a record ends what hangs on it."""
    case = world.objection_in("verifying")
    record = next(one.uid for one in world.dossier(case) if one.kind == "record")
    form = {"reason": "来源文书已撤销", "document": "示撤〔2026〕1号"}
    world.take("clerk", "draft_annulment", record, **form)
    world.take("head", "report_annulment", record)
    return lambda: world.step("approver", "annul", record, form)


@pytest.mark.parametrize("prepare", [accepting, deciding, opening, annulling])
def test_a_step_that_fails_anywhere_leaves_nothing_and_succeeds_on_retry(world: World, prepare: Prepare) -> None:
    act = prepare(world)
    points = fails_at_every_point(world.backend.engine, act)
    assert points > 15
    with read_transaction(world.backend.engine) as session:
        assert breaches(session) == []


def test_a_sweep_that_fails_anywhere_fires_the_term_once(world: World) -> None:
    """T2, T4: the claim is counted in a transaction of its own and comes back later; nothing else is left."""
    case = world.objection_in("submitted")
    due = world.terms(case)["objection.acceptance"].due_on
    assert due is not None
    world.clock.set(shanghai(due + timedelta(days=1), 1))
    before, point, counted = world.terms(case).keys(), 0, 0
    while world.state(case) == "submitted":
        assert world.terms(case).keys() == before
        counted += forget_failures(world)
        point += 1
        with faults(world.backend.engine, point), suppress(OperationalError):
            # Before anything is claimed the error is the database's and is raised.
            sweep(world.backend, world.clock, limit=1)
    world.seal()
    assert point > 15
    assert counted >= point - 5
    rungs = [(rung.term_id, rung.rung) for rung in world.rungs(case)]
    assert len(rungs) == len(set(rungs))
    assert world.steps(case).count("accept") == 1
    with read_transaction(world.backend.engine) as session:
        assert breaches(session) == []


def forget_failures(world: World) -> int:
    """What an operator does with a stuck term; returns how many failures had been counted."""
    with write_transaction(world.backend.sessions) as session:
        rows = list(session.execute(select(StuckClaim)).scalars())
        for row in rows:
            session.delete(row)
    return sum(row.attempts for row in rows)


def test_a_fault_that_is_not_undone_would_be_seen(world: World) -> None:
    """The check bites: a change that survives a fault is noticed."""
    case = world.record_in("draft")
    engine = world.backend.engine

    def careless() -> None:
        world.step("clerk", "edit", case, paths.record_content(world))
        raise OperationalError("-", {}, OSError("after the commit"))

    with pytest.raises(AssertionError, match="left something behind"):
        fails_at_every_point(engine, careless)
    assert contents(engine) == contents(engine)
