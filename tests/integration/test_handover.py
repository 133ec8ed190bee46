"""移交 (R143): somebody leaves; the unit's cases go on, and the drafts bound to him are handed over by one act."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import MovableClock
from app.database import read_transaction, write_transaction
from app.models.history import AccessLog, Attachment, DraftRow
from app.models.people import User
from app.services.drafts import drafts_of, save_draft
from app.services.handing_over import hand_over_drafts
from app.services.invariants import lost_cases
from app.services.reading.desk.boxes import Box
from app.services.reading.desk.listing import read_box
from app.services.reading.left_behind import leavers_of, left_behind
from app.services.recusals import declare_recusal
from app.services.step_drafts import keep_with_form, save_step_form
from tests.support.looking import appoint, dismiss, reading
from tests.support.uploads import PDF
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.errors import FormIncomplete, NotFound
from workflows.roles import Post

TEXT = {"explanation": ["经核查属实"]}


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    """A successor sits beside the clerk of the provider."""
    made = world_on(app, clock)
    appoint(made, "other_clerk", made.units["provider"], Post.CLERK)
    return made


def answering(world: World, who: str = "clerk") -> tuple[str, DraftRow]:
    """An objection that the provider verifies, with the answer that somebody has begun to write."""
    case = world.objection_in("verifying")
    with reading(world, who) as reader:
        save_step_form(reader, case, "draft_answer", "draft_answer", "拟写核查答复", TEXT)
    return case, world.rows(DraftRow)[-1]


def close(world: World, who: str) -> None:
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(User).where(User.id == world[who].user_id).values(active=False))


def test_cases_of_the_unit_go_on_and_drafts_are_handed_over(app: Flask, world: World, tmp_path: Path) -> None:
    """One act for all; text and files lie with the taker."""
    answer, draft = answering(world)
    with reading(world, "clerk") as reader:
        kept = drafts_of(reader)[0]
        keep_with_form(reader, tmp_path, kept, "证明.pdf", PDF)
        save_draft(reader, "record", "create", "", {"facts": ["尚未报送的记录"]})
    dismiss(world, "clerk")
    with reading(world, "other_clerk") as reader:
        assert answer in {line.uid for line in read_box(reader, Box.HELD).lines}
    head, leaver = client_of(app, "head"), world["clerk"].uid
    assert "离岗移交（2件草稿待移交）" in head.get("/desk").text
    assert world["clerk"].name in head.get("/handover").text
    page = text_of(head.get(f"/handover/{leaver}").text)
    assert "拟写核查答复" in page
    ticked = {"draft": [row.uid for row in world.rows(DraftRow)], "taker": world["other_clerk"].uid}
    given = head.post(f"/handover/{leaver}", data=ticked)
    assert "已移交2件" in given.text
    with reading(world, "other_clerk") as reader:
        found = {draft.kind: draft for draft in drafts_of(reader)}
        assert found["objection"].typed == TEXT
        assert [file.name for file in found["objection"].files] == ["证明.pdf"]
        assert found["record"].typed == {"facts": ["尚未报送的记录"]}
    assert {row.uploaded_by for row in world.rows(Attachment) if row.draft_id == draft.id} == {
        world["other_clerk"].user_id
    }
    with read_transaction(world.backend.engine) as session:
        logged = session.scalars(select(AccessLog.purpose).where(AccessLog.act == "draft_handed_over")).all()
    number = world.case(answer).number
    assert sorted(logged) == sorted(
        f"{what}，由{world['clerk'].name}移交{world['other_clerk'].name}"
        for what in ("政务失信记录“起草”", f"{number}“拟写核查答复”")
    )
    assert "件草稿待移交" not in head.get("/desk").text
    again = head.post(f"/handover/{leaver}", data=ticked)
    assert again.status_code == 422
    assert "已经移交的不再列出" in again.text


def test_what_he_wrote_for_himself_or_for_another_unit_is_not_handed_over(world: World) -> None:
    """His objection to his own record stays his, his account closed or not; so does a record of one unit or another."""
    own = world.record_in("listed", "other_clerk")
    with reading(world, "other_clerk") as reader:
        save_draft(reader, "objection", "submit", own, {"reason": ["本人的异议"]})
        save_draft(reader, "record", "create", "", {"facts": ["他在两个单位报送记录"]})
    close(world, "other_clerk")
    with reading(world, "head") as reader:
        assert left_behind(reader, world["other_clerk"].uid).drafts == ()


def test_each_draft_has_its_result(world: World) -> None:
    """R147: who declared himself out, or writes the same form already, does not take it; the others pass."""
    first, _ = answering(world)
    second, _ = answering(world)
    third, _ = answering(world)
    declare_recusal(world.backend, world["other_clerk"], first, "与当事人是近亲属", world.clock())
    with reading(world, "other_clerk") as reader:
        save_step_form(reader, second, "draft_answer", "draft_answer", "拟写核查答复", {"explanation": ["他写的"]})
    dismiss(world, "clerk")
    with reading(world, "head") as reader:
        behind = left_behind(reader, world["clerk"].uid)
        results = hand_over_drafts(
            reader, world["clerk"].uid, [draft.uid for draft in behind.drafts], world["other_clerk"].uid
        )
        refused = {result.draft.number: result.refused for result in results}
    assert "不能办理这一步" in refused[world.case(first).number]
    assert "已有同一表单的草稿" in refused[world.case(second).number]
    assert refused[world.case(third).number] == ""
    owners = {row.case_id: row.author_id for row in world.rows(DraftRow) if row.author_id != world["clerk"].user_id}
    assert owners[world.case(third).id] == world["other_clerk"].user_id


def test_a_proposal_stands_and_is_shown_to_its_decider(app: Flask, world: World) -> None:
    """A closed account: the approver sees the proposal, and decides on it."""
    case = world.objection_in("answered")
    world.take("officer", "propose", case, step="decide", form={"reasons": "成立"}, opinion="拟同意")
    close(world, "officer")
    approver = client_of(app, "approver")
    page = text_of(approver.get(f"/handover/{world['officer'].uid}").text)
    assert f"退回后由在岗的经办人重新拟办。 {world.case(case).number}" in page
    world.take("approver", "decide", case, reasons="成立")
    assert world.state(case) == "decided"


def test_who_left_alone_leaves_his_cases_to_be_assigned(world: World) -> None:
    """Nothing is lost where nobody follows: the case lies in 待分派 of the head, the draft waits for a successor."""
    dismiss(world, "other_clerk")
    case, draft = answering(world)
    dismiss(world, "clerk")
    with reading(world, "head") as reader:
        assert case in {line.uid for line in read_box(reader, Box.UNASSIGNED).lines}
        behind = left_behind(reader, world["clerk"].uid)
        assert [(one.uid, one.takers) for one in behind.drafts] == [(draft.uid, ())]
        assert [post.successors for post in behind.leaver.posts] == [()]
        with pytest.raises(FormIncomplete, match="请选择接手的人"):
            hand_over_drafts(reader, world["clerk"].uid, [draft.uid], world["head"].uid)
        assert lost_cases(reader.session, reader.today) == []


def test_only_one_who_lost_his_post_is_listed(world: World) -> None:
    """Whoever is still in the same post, or was appointed to it anew, has left nothing."""
    with reading(world, "head") as reader:
        assert leavers_of(reader) == ()
    dismiss(world, "clerk")
    with reading(world, "head") as reader:
        assert [one.uid for one in leavers_of(reader)] == [world["clerk"].uid]
    appoint(world, "clerk", world.units["provider"], Post.CLERK)
    with reading(world, "head") as reader:
        assert leavers_of(reader) == ()


def test_nobody_else_looks_or_hands_over(app: Flask, world: World) -> None:
    """Only whoever answers for the unit, only from people who left it, only to whoever may go on with it."""
    _, draft = answering(world)
    leaver, head = world["clerk"].uid, client_of(app, "head")
    assert head.get(f"/handover/{leaver}").status_code == 404
    dismiss(world, "clerk")
    for who in ("other_head", "approver", "officer", "subject", "other_clerk"):
        client = client_of(app, who)
        assert client.get(f"/handover/{leaver}").status_code == 404
        answered = client.post(f"/handover/{leaver}", data={"draft": draft.uid, "taker": world[who].uid})
        assert answered.status_code == 404
    for who in ("officer", "subject"):
        assert client_of(app, who).get("/handover").status_code == 404
    for taker in ("", world["officer"].uid, leaver, world["head"].uid):
        assert head.post(f"/handover/{leaver}", data={"draft": draft.uid, "taker": taker}).status_code == 422
    with reading(world, "other_head") as reader, pytest.raises(NotFound):
        hand_over_drafts(reader, leaver, [draft.uid], world["other_head"].uid)
    assert world.rows(DraftRow)[0].author_id == world["clerk"].user_id
