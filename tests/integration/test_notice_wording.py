"""Whoever signs a notice reads it first (procedures, section 2; R142)."""

from datetime import timedelta

from app.database import read_transaction
from app.services.reading.reader import reader_of
from app.services.reading.wording import words_of
from tests.support.world import World


def _words(world: World, role: str, uid: str) -> str:
    with read_transaction(world.backend.engine) as session:
        return words_of(reader_of(world.backend, session, world[role], world.clock()), uid)


def test_the_signer_reads_the_draft_with_what_was_added_to_it(world: World) -> None:
    """R142: the text of a drafted notice, and the free paragraph once somebody wrote it."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    draft = next(notice for notice in world.notices(objection, "supervision") if notice.state == "drafted")
    assert "督办" in _words(world, "approver", draft.uid)
    world.take("officer", "edit", draft.uid, added_text="请于三日内书面说明原因。")
    assert "请于三日内书面说明原因。" in _words(world, "approver", draft.uid)


def test_what_was_signed_reads_as_it_was_signed(world: World) -> None:
    """R142: number, title and recipient stand in the stored words."""
    record = world.record_in("listed")
    decision = world.notices(record, "record_decision")[0]
    words = _words(world, "subject", decision.uid)
    assert decision.number
    assert decision.number in words
    assert decision.title in words
