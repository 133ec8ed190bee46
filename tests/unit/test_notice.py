"""文书: who signs, serves and voids, and when (R28, R141, R142)."""

from typing import Any

import pytest

from tests.support.judging import taken, unmet
from tests.support.situation import TODAY, situation
from workflows.catalogue import NOTICES, Signing
from workflows.kit.context import Context
from workflows.kit.definition import Recipient
from workflows.notice import NOTICE, SIGNERS
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity as C


def notice(state: str, *capacities: C, signer: C = C.SUPERVISOR, **more: Any) -> Context:
    """A notice in a state, to be signed by `signer`, whose recipient agreed to electronic service."""
    return situation(
        state,
        *capacities,
        **({"key": "supervision", "signer": signer.value, "electronic": True, "issued_on": None} | more),
    )


def test_every_signer_of_the_catalogue_may_sign() -> None:
    """R141: no notice waits for somebody whom the table does not let sign."""
    named = {row.signer for row in NOTICES.values()} - {"SYSTEM"}
    assert named <= {who.name for who in SIGNERS}


@pytest.mark.parametrize(("signed", "state"), [(True, "sealing"), (False, "drafted")])
def test_a_notice_signed_with_the_step_is_born_signed(signed: bool, state: str) -> None:
    """Procedures 2: 随步骤签发."""
    ctx = notice("opening", C.SYSTEM, form={"key": "objection_decision", "signed": signed})
    assert taken(NOTICE, "draft", ctx).to_state.key == state


def test_the_signer_that_the_catalogue_names_signs_and_nobody_else() -> None:
    """R141: 由目录规定的签发人签发."""
    assert taken(NOTICE, "sign", notice("drafted", C.SUPERVISOR)).to_state.key == "sealing"
    wrong = unmet(NOTICE, "sign", notice("drafted", C.PROVIDER_HEAD))
    assert wrong["signed_by_the_named"] == "本文书应当由信用管理部门审批人签发"


def test_who_edited_a_notice_does_not_sign_it() -> None:
    """R141, 经办与审批分离."""
    ctx = notice("drafted", C.SUPERVISOR, told={"takers_in_round": lambda step: frozenset({1})})
    assert list(unmet(NOTICE, "sign", ctx)) == ["not_the_drafter"]


def test_a_text_with_a_missing_glyph_is_not_signed() -> None:
    """R141: every character has a glyph, every blank is filled in."""
    ctx = notice("drafted", C.SUPERVISOR, told={"notice_text_problem": "缺字：𰻝"})
    assert unmet(NOTICE, "sign", ctx) == {"text_complete": "缺字：𰻝"}


@pytest.mark.parametrize(
    ("signer", "editor", "allowed"),
    [
        (C.SUPERVISOR, C.OFFICE, True),
        (C.SUPERVISOR, C.PROVIDER, False),
        (C.PROVIDER_HEAD, C.PROVIDER, True),
        (C.REVIEWER, C.REVIEW_OFFICE, True),
        (C.TOLERANCE_HEAD, C.OFFICE, False),
    ],
)
def test_a_notice_is_edited_in_the_organ_that_signs_it(signer: C, editor: C, allowed: bool) -> None:
    """R141: the clerk of the signer, or the signer."""
    found = unmet(NOTICE, "edit", notice("drafted", editor, signer=signer, form={"added_text": "请携带证件"}))
    assert ("edit_is_by_the_signing_organ" not in found) is allowed


def test_the_day_of_service_is_corrected_by_another_while_it_still_matters() -> None:
    """R142: not who registered it, and only while the state that it opened lasts."""
    form = {"served_on": TODAY, "evidence": "邮件回执"}
    over = notice("served", C.SUPERVISOR, form=form)
    assert "parent_still_there" in unmet(NOTICE, "correct_service", over)
    told = {"parent_state_opened_by_service": True}
    assert not taken(NOTICE, "correct_service", notice("served", C.SUPERVISOR, form=form, told=told)).moved
    own = notice("served", C.SUPERVISOR, form=form, told={**told, "takers_in_round": lambda step: frozenset({1})})
    assert "not_the_drafter" in unmet(NOTICE, "correct_service", own)


@pytest.mark.parametrize(
    ("signer", "who", "allowed"),
    [
        (C.SUPERVISOR, C.SUPERVISOR, True),
        (C.OFFICE, C.SUPERVISOR, True),
        (C.SUPERVISOR, C.PROVIDER_HEAD, False),
        (C.PROVIDER_HEAD, C.PROVIDER_HEAD, True),
        (C.PROVIDER_HEAD, C.SUPERVISOR, False),
        (C.SUPERVISOR, C.SYSTEM, True),
    ],
)
def test_a_notice_is_voided_by_the_organ_that_signs_it(signer: C, who: C, allowed: bool) -> None:
    """Procedures 2: SUPERVISOR, for another organ's its head."""
    found = unmet(NOTICE, "void", notice("issued", who, signer=signer, form={"reason": "文号错误"}))
    assert ("voided_by_its_organ" not in found) is allowed


def test_a_notice_that_something_waits_for_is_voided_only_with_its_replacement() -> None:
    """Procedures 2: a cascade brings the replacement, a hand does not."""
    told = {"parent_waits_for_notice": True}
    by_hand = notice("dispatched", C.SUPERVISOR, form={"reason": "文号错误"}, told=told)
    assert "只能随替换的文书一并作废" in unmet(NOTICE, "void", by_hand)["nothing_hangs_on_it"]
    assert taken(NOTICE, "void", notice("dispatched", C.SYSTEM, form={"reason": "替换"}, told=told)).moved


@pytest.mark.parametrize(
    ("key", "form", "word"),
    [
        ("record_notice", {"hearing_place": "示范路1号"}, ""),
        ("supervision", {"reason": "屡催不办", "copies_to": ["示例甲局"], "contact_person": "甲测试"}, ""),
        ("supervision", {"hearing_place": "示范路1号"}, "听取意见地点"),
        ("record_decision", {"reason": "另有理由"}, "补充理由"),
        ("record_decision", {"copies_to": ["示例甲局"]}, "抄送"),
        ("objection_receipt", {"added_text": "另行通知"}, "补充说明"),
    ],
)
def test_a_draft_is_edited_in_the_allowed_places_only(key: str, form: dict[str, Any], word: str) -> None:
    """Issue 3, 8: free paragraphs and the named places of the notice, never its standard text."""
    found = unmet(NOTICE, "edit", notice("drafted", C.SUPERVISOR, key=key, form=form))
    assert word in found.get("edits_only_the_allowed_places", "")
    assert bool(found) is bool(word)


def test_what_a_party_does_makes_papers_for_that_party_alone() -> None:
    """R142: a preview shows whoever takes a step every notice of it, so a party's step makes only his receipt."""
    steps = [step for flow in WORKFLOWS.values() for step in flow.steps if step.by & {C.SUBJECT, C.SUBJECT_HEAD}]
    made = [draft for step in steps for draft in step.notices]
    assert {draft.to for draft in made} == {Recipient.APPLICANT}
    assert {NOTICES[draft.notice].signing for draft in made} == {Signing.SYSTEM}
    assert not [step.key for step in steps if step.cascades]
