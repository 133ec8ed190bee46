"""Who may act: openings, SYSTEM steps, paper, recusal, two pairs of eyes, keys (procedures 0; T12, T13, R25, R37)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.database import read_transaction, write_transaction
from app.models.cases import Case
from app.models.people import Recusal, Unit
from app.services.commands import Paper
from tests.support.looking import appoint, dismiss
from tests.support.paths import VERDICTS, objection_form, order_form, record_content
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.kit.errors import (
    FormIncomplete,
    GuardRefused,
    KeyReused,
    NotFound,
    NotPermitted,
    Refusal,
    WrongState,
)
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity, Post

APPLICATION = {"situation": "改革创新中的失误", "circumstances": "经集体研究，没有谋取私利。"}
OPENINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "objection": ("submit", objection_form()),
    "repair": ("submit", {"correction": "已兑现承诺", "commitment": True}),
    "exemption": ("submit", APPLICATION),
    "rectification": ("order", order_form()),
}


def refusal_of(world: World, who: str | Actor, step: str, case: str = "", **more: Any) -> Refusal:
    """Why a step is refused; nothing has come of it."""
    before = len(world.rows(Case))
    with pytest.raises(Refusal) as refused:
        world.step(who, step, case, more.pop("form", {}), **more)
    assert len(world.rows(Case)) == before
    return refused.value


# ------------------------------------------------------------------------------------------------------ openings


@pytest.mark.parametrize("kind", OPENINGS)
def test_nobody_opens_a_case_on_a_record_he_may_not_see(world: World, kind: str) -> None:
    """T12: the answer is the one that a record which does not exist would get."""
    record = world.record_in("listed")
    step, form = OPENINGS[kind]
    for who in ("offline", "staff", "unit_head", "other_clerk", "superior_approver", "reviewer"):
        there = refusal_of(world, who, step, form=form, opens=kind, parent=record)
        nowhere = refusal_of(world, who, step, form=form, opens=kind, parent="5f1d6c9e-0000-4000-8000-000000000000")
        assert isinstance(there, NotFound)
        assert there.message == nowhere.message


@pytest.mark.parametrize("kind", OPENINGS)
def test_who_sees_a_record_without_being_its_subject_opens_nothing_on_it(world: World, kind: str) -> None:
    record = world.record_in("listed")
    step, form = OPENINGS[kind]
    for who in ("clerk", "officer"):
        assert isinstance(refusal_of(world, who, step, form=form, opens=kind, parent=record), NotPermitted)


def test_a_second_record_is_not_put_into_the_dossier_of_another(world: World) -> None:
    """One record, one dossier: else nothing of that dossier could be handled any more."""
    record = world.record_in("listed")
    refusal = refusal_of(world, "clerk", "create", form=record_content(world), opens="record", parent=record)
    assert isinstance(refusal, NotFound)


@pytest.mark.parametrize("kind", OPENINGS)
def test_a_case_hangs_on_a_record_and_on_nothing_else(world: World, kind: str) -> None:
    case = world.objection_in("decided")
    (notice,) = [row for row in world.notices(case, "objection_decision") if row.recipient_person_id is not None]
    step, form = OPENINGS[kind]
    appoint(world, "subject", world.units["provider"], Post.CLERK)
    for parent in ("", case, notice.uid):
        assert isinstance(refusal_of(world, "subject", step, form=form, opens=kind, parent=parent), NotFound)


def test_a_step_that_opens_nothing_cannot_open_a_case(world: World) -> None:
    record = world.record_in("listed")
    refusal = refusal_of(world, "subject", "withdraw", form={"reason": "无"}, opens="objection", parent=record)
    assert isinstance(refusal, WrongState)
    assert isinstance(refusal_of(world, "subject", "submit", opens="nothing", parent=record), NotFound)


def test_nothing_that_the_system_does_is_done_by_hand(world: World) -> None:
    """Nobody may act as SYSTEM (procedures, section 0)."""
    record = world.record_in("listed")
    appoint(world, "officer", world.organs.office.id, Post.APPROVER)
    for kind, step in (("notice", "draft"), ("sync", "open")):
        refusal = refusal_of(world, "officer", step, form={}, opens=kind, parent=record)
        assert isinstance(refusal, NotPermitted)
    by_the_clock = [row.key for row in WORKFLOWS["record"].steps_from("listed") if row.by == {Capacity.SYSTEM}]
    assert by_the_clock
    for key in by_the_clock:
        assert isinstance(refusal_of(world, "officer", key, record), NotPermitted), key


# --------------------------------------------------------------------------------------------------------- paper


def paper(world: World, who: str, received: date | None = None, posted: date | None = None) -> Paper:
    person = world[who].user_id
    assert person is not None
    return Paper(person, received or world.today, posted)


def test_only_the_handling_office_enters_paper(world: World) -> None:
    record = world.record_in("listed")
    for who in ("clerk", "head", "approver", "subject"):
        refusal = refusal_of(
            world, who, "submit", form=objection_form(), opens="objection", parent=record, paper=paper(world, "subject")
        )
        assert isinstance(refusal, NotPermitted), who


@pytest.mark.parametrize("who", ["offline", "officer", "clerk", "unit_head"])
def test_paper_of_somebody_who_is_not_the_subject_opens_nothing(world: World, who: str) -> None:
    record = world.record_in("listed")
    refusal = refusal_of(
        world, "officer", "submit", form=objection_form(), opens="objection", parent=record, paper=paper(world, who)
    )
    assert isinstance(refusal, (GuardRefused, NotPermitted))


def test_paper_does_not_tell_a_subject_of_a_record_before_its_notice(world: World) -> None:
    """R25: between signing and dispatch of the notice nothing is taken in for him either."""
    record = world.record_in("noticing")
    refusal = refusal_of(
        world, "officer", "submit", form=objection_form(), opens="objection", parent=record,
        paper=paper(world, "offline"),
    )  # fmt: skip
    assert isinstance(refusal, GuardRefused)


def test_an_organ_on_the_system_does_not_act_on_paper(world: World) -> None:
    """代录 is for whoever is outside the system: the office does not answer in the provider's place."""
    case = world.objection_in("verifying")
    form = {"verdicts": VERDICTS, "explanation": "核查属实"}
    refusal = refusal_of(world, "officer", "draft_answer", case, form=form, paper=paper(world, "clerk"))
    assert isinstance(refusal, NotPermitted)
    off_the_system(world)
    world.step("officer", "draft_answer", case, form, paper=paper(world, "clerk"))
    assert world.state(case) == "signing"


def off_the_system(world: World) -> None:
    with write_transaction(world.backend.sessions) as session:
        session.get_one(Unit, world.units["provider"]).on_system = False


def test_on_paper_too_the_drafter_does_not_sign(world: World) -> None:
    """经办与审批分离 is about the people on the paper, not about who types it in."""
    case = world.objection_in("verifying")
    off_the_system(world)
    appoint(world, "clerk", world.units["provider"], Post.HEAD)
    form = {"verdicts": VERDICTS, "explanation": "核查属实"}
    world.step("officer", "draft_answer", case, form, paper=paper(world, "clerk"))
    refusal = refusal_of(world, "second_officer", "answer", case, paper=paper(world, "clerk"))
    assert isinstance(refusal, GuardRefused)
    world.step("officer", "answer", case, paper=paper(world, "head"))
    assert world.state(case) == "answered"


def test_nobody_enters_paper_in_his_own_matter(world: World) -> None:
    """回避: the day that counts is not set by the one whom it serves."""
    record = world.record_in("listed")
    appoint(world, "subject", world.organs.office.id, Post.OFFICER)
    refusal = refusal_of(
        world, "subject", "submit", form=objection_form(), opens="objection", parent=record,
        paper=paper(world, "subject", world.today, world.today - timedelta(days=2)),
    )  # fmt: skip
    assert isinstance(refusal, GuardRefused)
    assert "回避" in refusal.message


IMPOSSIBLE = {
    "tomorrow": (lambda today: (today + timedelta(days=1), None)),
    "year 1": (lambda today: (date.min, None)),
    "year 9999": (lambda today: (date.max, date.max)),
    "before the record": (lambda today: (today - timedelta(days=900), None)),
    "posted after it came": (lambda today: (today - timedelta(days=1), today)),
    "posted in year 1": (lambda today: (today, date.min)),
}


@pytest.mark.parametrize("days", IMPOSSIBLE)
def test_paper_comes_on_a_possible_day(world: World, days: str) -> None:
    """A postmark decides whether a right was used in time: it lies between the matter and the receipt."""
    record = world.record_in("listed")
    received, posted = IMPOSSIBLE[days](world.today)
    refusal = refusal_of(
        world, "officer", "submit", form=objection_form(), opens="objection", parent=record,
        paper=paper(world, "subject", received, posted),
    )  # fmt: skip
    assert isinstance(refusal, FormIncomplete)
    assert {error.field for error in refusal.errors} <= {"received_on", "posted_on"}


# ------------------------------------------------------------------------------------------------------- recusal


def test_no_official_acts_on_the_record_about_himself_or_out_of_which_he_declared_himself(world: World) -> None:
    """回避, for each official of an objection and for the notice that waits to be signed."""
    record = world.record_in("listed")
    case = world.objection_in("submitted", record)
    appoint(world, "subject", world.organs.office.id, Post.OFFICER)
    assert "当事人" in refusal_of(world, "subject", "accept", case).message
    declare(world, case, "officer")
    assert "自行回避" in refusal_of(world, "officer", "accept", case).message
    world.take("second_officer", "accept", case)
    declare(world, case, "clerk")
    form = {"verdicts": VERDICTS, "explanation": "核查属实"}
    assert "自行回避" in refusal_of(world, "clerk", "draft_answer", case, form=form).message


def test_who_declared_himself_out_signs_no_notice_of_the_dossier(world: World) -> None:
    case = world.objection_in("terminated")
    (notice,) = world.notices(case, "termination_notice")
    declare(world, case, "approver")
    assert world.state(notice.uid) == "drafted"
    assert "自行回避" in refusal_of(world, "approver", "sign", notice.uid).message


def test_who_works_in_the_recorded_unit_does_not_act_on_it(world: World) -> None:
    """Also by a post that has no say there (a civil servant of the unit)."""
    record = world.record_in("screening", "unit")
    appoint(world, "officer", world.units["subject"], Post.CIVIL_SERVANT)
    form = {"step": "approve", "form": {}, "opinion": "拟同意"}
    assert "当事单位" in refusal_of(world, "officer", "propose", record, form=form).message


def declare(world: World, case: str, who: str) -> None:
    with write_transaction(world.backend.sessions) as session:
        dossier = session.execute(select(Case.dossier_id).where(Case.uid == case)).scalar_one()
        person = world[who].user_id
        session.add(Recusal(dossier_id=dossier, user_id=person, reason="近亲属", declared_at=world.clock()))


# ----------------------------------------------------------------------------------------------------- four eyes


def test_the_return_of_a_proposal_does_not_make_the_drafter_somebody_else(world: World) -> None:
    """审签: a proposal of the office that comes back in between ends the round, not the authorship of the draft."""
    record = world.record_in("returned")
    appoint(world, "clerk", world.units["provider"], Post.HEAD)
    world.take("clerk", "submit", record)
    form = {"ground": "duplicate", "reason": "重复报送"}
    world.take("officer", "propose", record, step="decline", form=form, opinion="拟不予记录")
    world.take("approver", "return_proposal", record, reason="继续审查")
    assert "拟稿人" in refusal_of(world, "clerk", "report", record).message
    world.take("head", "report", record)


def test_one_person_with_two_posts_neither_proposes_and_decides_nor_drafts_and_signs(world: World) -> None:
    record = world.record_in("screening")
    appoint(world, "officer", world.organs.office.id, Post.APPROVER)
    world.take("officer", "propose", record, step="approve", form={}, opinion="拟同意")
    assert "拟办人" in refusal_of(world, "officer", "approve", record).message
    case = world.objection_in("verifying")
    appoint(world, "clerk", world.units["provider"], Post.HEAD)
    world.take("clerk", "draft_answer", case, verdicts=VERDICTS, explanation="核查属实")
    assert "拟稿人" in refusal_of(world, "clerk", "answer", case).message


def test_who_proposed_the_decision_takes_no_part_in_its_review(world: World) -> None:
    """R37: review lies with people who had no hand in what is reviewed, also not in preparing it."""
    case = world.objection_in("review_submitted")
    appoint(world, "officer", world.organs.review.id, Post.REVIEW_CLERK)
    assert "原处理" in refusal_of(world, "officer", "accept_review", case).message
    world.take("review_clerk", "accept_review", case)
    form = {"step": "decide_review", "form": {"result": "维持", "reasons": "审定正确"}, "opinion": "拟维持"}
    assert "原处理" in refusal_of(world, "officer", "propose", case, form=form).message


def test_who_left_his_post_acts_no_more(world: World) -> None:
    case = world.objection_in("submitted")
    dismiss(world, "officer")
    assert isinstance(refusal_of(world, "officer", "accept", case), NotFound)


# ---------------------------------------------------------------------------------------------------------- keys


def test_a_key_of_somebody_else_is_no_success_of_ones_own(world: World) -> None:
    """T13: who did nothing is not told that he did."""
    case = world.objection_in("submitted")
    world.step("officer", "accept", case, key="k1")
    assert isinstance(refusal_of(world, "second_officer", "accept", case, key="k1"), KeyReused)
    assert isinstance(refusal_of(world, "other_clerk", "accept", case, key="k1"), NotFound)


def test_a_key_that_filed_on_one_record_does_not_stand_for_filing_on_another(world: World) -> None:
    """Nobody loses a right because his browser sent the same key twice."""
    first, second = world.record_in("listed"), world.record_in("listed")
    world.step("subject", "submit", form=objection_form(), opens="objection", parent=first, key="k1")
    refusal = refusal_of(world, "subject", "submit", form=objection_form(), opens="objection", parent=second, key="k1")
    assert isinstance(refusal, KeyReused)


def test_a_key_with_another_paper_is_another_act(world: World) -> None:
    record = world.record_in("listed")
    more = {"opens": "objection", "parent": record, "key": "k1"}
    world.step("officer", "submit", form=objection_form(), paper=paper(world, "subject"), **more)
    again = world.step("officer", "submit", form=objection_form(), paper=paper(world, "subject"), **more)
    assert again.repeated
    earlier = paper(world, "subject", world.today, world.today - timedelta(days=1))
    assert isinstance(refusal_of(world, "officer", "submit", form=objection_form(), paper=earlier, **more), KeyReused)


@pytest.mark.parametrize("key", ["k" * 81, "一", "a\x00b", "", "a b"])
def test_a_key_that_cannot_be_kept_is_refused(world: World, key: str) -> None:
    """PostgreSQL keeps eighty characters and no U+0000."""
    case = world.objection_in("submitted")
    assert isinstance(refusal_of(world, "officer", "accept", case, key=key), FormIncomplete)


def test_a_repair_is_reviewed_by_others_than_those_who_found_and_decided(world: World) -> None:
    """R37, R50: the finder's clerk neither."""
    case = world.repair_in("review_submitted")
    appoint(world, "clerk", world.organs.review.id, Post.REVIEW_CLERK)
    assert "原处理" in refusal_of(world, "clerk", "accept_review", case).message


def test_a_guessed_uid_is_not_found(world: World) -> None:
    with read_transaction(world.backend.engine) as session:
        assert session.execute(select(Case.id)).first() is None
    for uid in ("", "1", "' OR 1=1 --", "一" * 200, "../../etc/passwd"):
        assert isinstance(refusal_of(world, "officer", "accept", uid), NotFound)
