"""Who sees what: a case, a list, a proposal, a finding, a notice; before and after he was told (T12, R25, R33, R35)."""

from datetime import date

import pytest

from app.services.drafts import drafts_of, save_draft
from app.services.reading.desk.boxes import Box
from app.services.reading.desk.listing import Key, Order, read_box
from app.services.reading.search import Sought, search
from tests.support.looking import appoint, dismiss, listed_for, page_for, reading
from tests.support.paths import FINDINGS, VERDICTS, record_content
from tests.support.world import World
from workflows.kit.errors import GuardRefused
from workflows.roles import Post

STRANGERS = ("other_clerk", "other_head", "superior_officer", "superior_approver", "staff", "unit_head", "offline")


def test_strangers_see_nothing_of_a_dossier_on_any_page_or_list(world: World) -> None:
    """T12: another unit's case is not found, in no list, in no count."""
    case = world.objection_in("decided")
    uids = {row.uid for row in world.dossier(case)}
    for who in STRANGERS:
        assert [uid for uid in uids if page_for(world, who, uid) is not None] == [], who
        assert not uids & listed_for(world, who), who


@pytest.mark.parametrize("post", [Post.OFFICER, Post.APPROVER])
def test_an_official_of_the_office_does_not_read_the_record_about_himself(world: World, post: Post) -> None:
    """R25: the subject sees a record from the dispatch of its notice; a post in the office does not change that."""
    appoint(world, "subject", world.organs.office.id, post)
    record = world.record_in("screening")
    world.take("officer", "propose", record, step="approve", form={}, opinion="拟同意")
    assert page_for(world, "subject", record) is None
    assert record not in listed_for(world, "subject")


def test_a_clerk_of_the_provider_does_not_read_the_record_about_himself(world: World) -> None:
    """R25: nor does a post in the unit that reports him."""
    appoint(world, "subject", world.units["provider"], Post.CLERK)
    record = world.record_in("head_review")
    assert page_for(world, "subject", record) is None
    assert record not in listed_for(world, "subject")


def test_an_official_reads_his_own_matter_as_a_party_only(world: World) -> None:
    """R33: no proposal, no inside event, no unsigned answer, no notice that is not sent."""
    case = world.objection_in("answered")
    world.take("officer", "propose", case, step="decide", form={"reasons": "异议成立"}, opinion="拟认定异议成立")
    appoint(world, "subject", world.organs.office.id, Post.OFFICER)
    page = page_for(world, "subject", case)
    assert page is not None
    assert page.proposal is None
    assert "提交拟办意见" not in {event.act for event in page.events}
    assert page_for(world, "officer", case).proposal is not None  # type: ignore[union-attr]


def test_the_provider_does_not_read_what_the_office_proposes(world: World) -> None:
    """拟办 stays inside the organ that decides (procedures, section 0)."""
    case = world.objection_in("answered")
    world.take("officer", "propose", case, step="decide", form={"reasons": "异议成立"}, opinion="拟认定异议成立")
    for who in ("clerk", "head", "subject"):
        page = page_for(world, who, case)
        assert page is not None
        assert page.proposal is None, who


def test_the_provider_reads_the_request_that_it_signed(world: World) -> None:
    record = world.record_in("listed")
    world.take("clerk", "draft_correction", record, changes={"severity": "minor"}, reason="程度较轻")
    page = page_for(world, "head", record)
    assert page is not None
    assert page.proposal is not None
    assert page_for(world, "subject", record).proposal is None  # type: ignore[union-attr]


def test_the_objector_does_not_read_an_answer_before_its_head_has_signed(world: World) -> None:
    """R35: what the provider's clerk drafts is nobody's answer yet."""
    case = world.objection_in("verifying")
    world.take("clerk", "draft_answer", case, verdicts=VERDICTS, explanation="拟稿：核查属实")
    assert "拟稿：核查属实" not in str(page_for(world, "subject", case))
    assert page_for(world, "subject", case).summary.dispute[0].answer == ""  # type: ignore[union-attr]
    assert "拟稿：核查属实" in str(page_for(world, "officer", case))
    world.take("head", "answer", case)
    assert page_for(world, "subject", case).summary.dispute[0].answer != ""  # type: ignore[union-attr]


def test_the_objector_does_not_read_a_decision_before_its_notice_is_sent(world: World) -> None:
    """Architecture 3: the subject sees a decision when its notice is issued."""
    case = world.objection_in("answered")
    form = {"reasons": "审定的理由在此"}
    world.take("officer", "propose", case, step="decide", form=form, opinion="拟同意")
    world.step("approver", "decide", case, form)
    page = page_for(world, "subject", case)
    assert page is not None
    assert "审定的理由在此" not in str(page)
    assert page.summary.dispute[0].decision == ""
    world.seal()
    assert "审定的理由在此" in str(page_for(world, "subject", case))


def test_the_applicant_does_not_read_a_finding_in_hand(world: World) -> None:
    """R50: neither in the words of the case nor in the conditions."""
    case = world.repair_in("verifying")
    findings = {**FINDINGS, "corrected": {"met": False, "reason": "拟稿：尚未履行"}}
    world.take("clerk", "draft_finding", case, findings=findings, explanation="拟稿：逐项核实")
    assert "拟稿：" not in str(page_for(world, "subject", case))
    assert "拟稿：" in str(page_for(world, "officer", case))


def test_a_notice_that_was_never_sent_stays_unseen_when_it_is_voided(world: World) -> None:
    """R28: a record that is declined before its subject was told leaves no trace with him."""
    record = world.record_in("noticing")
    (notice,) = world.notices(record, "record_notice")
    assert page_for(world, "offline", notice.uid) is None
    world.decide("decline", record, ground="duplicate", reason="重复报送")
    assert world.state(notice.uid) == "voided"
    assert page_for(world, "offline", notice.uid) is None
    assert not {notice.uid, record} & listed_for(world, "offline")


def test_an_exemption_that_the_unit_asks_for_does_not_tell_the_subject_of_the_record(world: World) -> None:
    """R22, R25: he learns of both by the record's notice."""
    record = world.record_in("screening", exemption="claimed")
    (exemption,) = world.children(record, "exemption")
    assert page_for(world, "subject", exemption.uid) is None
    assert exemption.uid not in listed_for(world, "subject")
    world.take("tolerance", "accept", exemption.uid)
    finding = {"clause": "第三条", "motive": "无", "decision_procedure": "集体研究", "corrective_measures": "已纠正"}
    world.take("tolerance", "draft_finding", exemption.uid, **finding, proposed="不予容错")
    decision = {"outcome": "不予容错", "document_number": "示容〔2026〕1号", "reasons": "不符合容错条件"}
    world.take("tolerance_head", "decide", exemption.uid, **decision)
    world.decide("approve", record)
    assert page_for(world, "subject", exemption.uid) is not None


def test_a_draft_without_a_clerk_is_not_shown_to_the_office(world: World) -> None:
    """Procedures 0: a draft record is seen by its unit only, also where nobody is left to write it."""
    record = world.record_in("draft")
    dismiss(world, "clerk")
    with reading(world, "approver") as reader:
        assert record not in {line.uid for line in read_box(reader, Box.UNASSIGNED).lines}


def test_who_left_his_post_sees_nothing_more(world: World) -> None:
    """A unit's access ends with the post (procedures, section 0)."""
    record = world.record_in("listed")
    assert page_for(world, "clerk", record) is not None
    dismiss(world, "clerk")
    assert page_for(world, "clerk", record) is None
    assert listed_for(world, "clerk") == set()


def test_a_head_does_not_read_drafts_of_an_official_who_once_worked_in_his_unit(world: World) -> None:
    """Drafts belong to their author; a head goes on with those of the people who speak for his unit today."""
    record = world.record_in("listed", "unit")
    appoint(world, "officer", world.units["subject"], Post.STAFF, until=date(2025, 1, 1))
    with reading(world, "officer") as reader:
        save_draft(reader, "record", "propose", record, {"opinion": ["拟责令整改"]})
    with reading(world, "staff") as reader:
        save_draft(reader, "objection", "submit", record, {"reason": ["拟提出异议"]})
    with reading(world, "unit_head") as reader:
        assert [draft.kind for draft in drafts_of(reader)] == ["objection"]


@pytest.mark.parametrize("key", [-1, 0, 10**18, 10**19 - 1, 10**30, -(10**30)])
def test_a_key_out_of_an_address_never_breaks_a_list(world: World, key: int) -> None:
    """Negative keys and numbers beyond 64 bits are answered with a list, and so is a day that does not exist."""
    world.record_in("screening")
    with reading(world, "officer") as reader:
        keys = [Key.read(text) for text in (f".{key}", f"2026-11-21.{key}", f"2026-02-30.{key}")]
        pages = [read_box(reader, box, order=order, after=place) for box in Box for order in Order for place in keys]
        assert all(len(page.lines) <= 1 for page in pages)
        assert search(reader, Sought(), before=key) is not None


def test_the_recipient_of_a_copy_sees_the_notice_and_nothing_else(world: World) -> None:
    """Who works in the unit that got a copy reads the sheet, not the matter nor other sheets of it."""
    case = world.objection_in("decided")
    appoint(world, "staff", world.units["provider"], Post.STAFF)
    copies = {row.uid for row in world.notices(case) if row.recipient_unit_id == world.units["provider"]}
    assert copies
    assert listed_for(world, "staff") == copies
    for uid in copies:
        page = page_for(world, "staff", uid)
        assert page is not None
        assert (page.parent, page.related, page.proposal) == (None, (), None)
    for row in world.dossier(case):
        assert (page_for(world, "staff", row.uid) is not None) is (row.uid in copies), row.kind


@pytest.mark.parametrize("state", ["incomplete", "lapsed"])
@pytest.mark.parametrize("kind", ["objection", "repair"])
def test_letters_of_an_application_reach_the_provider_with_the_application(world: World, kind: str, state: str) -> None:
    """R133, T12: what was asked of the applicant before it was accepted is not the provider's to read."""
    uid = world.objection_in(state) if kind == "objection" else world.repair_in(state)
    letters = {notice.uid for notice in world.notices(uid)}
    assert letters
    for role in ("clerk", "head"):
        assert page_for(world, role, uid) is None
        assert [letter for letter in letters if page_for(world, role, letter)] == [], role
        with reading(world, role) as reader:
            found = search(reader, Sought(kind="notice"))
        assert letters.isdisjoint(row.line.uid for row in found.lines), role


def test_with_its_acceptance_the_provider_reads_what_was_written_before(world: World) -> None:
    uid = world.objection_in("incomplete")
    world.take("subject", "supplement", uid, statement="补充提交办结凭证")
    world.take("officer", "accept", uid)
    letters = {notice.uid for notice in world.notices(uid)}
    assert all(page_for(world, "clerk", letter) for letter in letters)
    with reading(world, "clerk") as reader:
        assert letters <= {row.line.uid for row in search(reader, Sought(kind="notice")).lines}


def test_a_record_about_oneself_cannot_be_written(world: World) -> None:
    """回避 holds from the first step: whoever types his own name is told so."""
    with pytest.raises(GuardRefused, match="回避"):
        world.open("clerk", "record", "create", **record_content(world, "clerk"))
