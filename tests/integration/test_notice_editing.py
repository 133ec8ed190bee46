"""改稿: where a draft may be edited, what its signer then sees, and that nothing typed becomes code (issue 3)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import MovableClock
from app.database import read_transaction
from app.documents.context import NoticeContext
from app.documents.text import notice_html, notice_text
from app.models.kinds import Notice
from app.services.reading.draft_view import Mark, differences, draft_of
from app.services.reading.reader import reader_of
from tests.support.notice_scenes import said, with_switch
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.kit.errors import GuardRefused, NotPermitted

HOSTILE = "{{7*7}} {% raw %} {{ config }} <script>alert(1)</script> {# 注 #}"


def drafted(world: World) -> Notice:
    """A 督办通知书 that the clock drafted, waiting for the approver."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    return next(notice for notice in world.notices(objection, "supervision") if notice.state == "drafted")


def seen_by(world: World, who: str, notice: Notice) -> Any:
    with read_transaction(world.backend.engine) as session:
        reader = reader_of(world.backend, session, world[who], world.clock())
        return draft_of(reader, session.get(Notice, notice.id))  # type: ignore[arg-type]


EDITS = {
    "added_text": "请一并报送台账。\n逾期将约谈主要负责人。",
    "reason": "该事项群众反映强烈",
    "contact_person": "甲测试",
    "contact_phone": "0000-1234567",
    "copies_to": ["示例甲局"],
}


def test_every_allowed_place_is_printed(world: World) -> None:
    """R142: paragraphs, reason, contact and copies stand where an office puts them; the rest is the standard text."""
    notice = drafted(world)
    standard = notice_text(said(world, notice)).splitlines()
    world.take("officer", "edit", notice.uid, **EDITS)
    words = notice_text(said(world, world.case(notice.uid)))
    for line in (
        "请一并报送台账。",
        "逾期将约谈主要负责人。",
        "该事项群众反映强烈",
        "联系人：甲测试",
        "联系电话：0000-1234567",
        "抄送：示例甲局。",
    ):
        assert line in words
    kept = [line for line in standard if line not in words]
    assert kept == []


def test_a_place_that_the_notice_does_not_have_is_refused(world: World) -> None:
    """Issue 3, 8: the whitelist of the catalogue decides, in Chinese."""
    notice = drafted(world)
    with pytest.raises(GuardRefused) as refused:
        world.take("officer", "edit", notice.uid, hearing_place="示范路1号")
    assert "听取意见地点" in refused.value.unmet[0].text


def test_what_is_typed_is_never_code(world: World) -> None:
    """1.9: template marks and markup are printed as they were typed, in every place."""
    notice = drafted(world)
    typed = {place: [HOSTILE] if place == "copies_to" else HOSTILE for place in EDITS}
    world.take("officer", "edit", notice.uid, **typed)
    context = said(world, world.case(notice.uid))
    html, words = notice_html(context), notice_text(context)
    assert "<script>" not in html
    assert words.count("{{7*7}} {% raw %} {{ config }} <script>alert(1)</script> {# 注 #}") == len(EDITS)
    world.take("approver", "sign", notice.uid)
    assert "{{7*7}}" in NoticeContext.from_json(world.case(notice.uid).context).reason


def test_each_version_stands_in_the_history(world: World) -> None:
    """R142: who wrote what, version by version; the newest counts."""
    notice = drafted(world)
    world.take("officer", "edit", notice.uid, added_text="第一稿。")
    world.take("officer", "edit", notice.uid, contact_person="甲测试")
    forms = [json.loads(event.body)["form"] for event in world.events(notice.uid, "step") if event.step == "edit"]
    assert [(form["added_text"], form["contact_person"]) for form in forms] == [("第一稿。", ""), ("", "甲测试")]
    assert "第一稿" not in notice_text(said(world, world.case(notice.uid)))


def test_the_signer_sees_every_difference_from_the_standard_text(world: World) -> None:
    """R142: added paragraphs and changed lines, character by character; unedited drafts differ in nothing."""
    notice = drafted(world)
    assert not seen_by(world, "approver", notice).edited
    world.take("officer", "edit", notice.uid, **EDITS)
    view = seen_by(world, "approver", notice)
    added = [text for line in view.lines for mark, text in line if mark is Mark.ADDED]
    assert view.edited
    assert "请一并报送台账。" in added
    assert any("该事项群众反映强烈" in text for text in added)
    assert not any("督办" in text for text in added)


@pytest.mark.parametrize(
    ("standard", "present", "line"),
    [
        (
            "限三日内办结。",
            "限五日内办结。",
            ((Mark.KEPT, "限"), (Mark.REMOVED, "三"), (Mark.ADDED, "五"), (Mark.KEPT, "日内办结。")),
        ),
        ("甲。", "甲。\n乙。", ((Mark.ADDED, "乙。"),)),
        ("甲。\n乙。", "甲。", ((Mark.REMOVED, "乙。"),)),
    ],
)
def test_differences_are_told_by_the_character(standard: str, present: str, line: Any) -> None:
    """Issue 3, 8: Chinese has no blanks between words; the smallest changed piece is a character."""
    assert line in differences(standard, present)


def test_who_edited_does_not_sign(world: World) -> None:
    """R142: four eyes."""
    notice = drafted(world)
    world.take("approver", "edit", notice.uid, added_text="请于三日内书面说明原因。")
    with pytest.raises((GuardRefused, NotPermitted)):
        world.take("approver", "sign", notice.uid)


def test_an_edited_notice_of_the_office_goes_to_the_approver(world: World) -> None:
    """Documents 1: the standing authorisation covers the standard text alone."""
    with_switch(world, "notices.office_signs", False)
    objection = world.objection_in("incomplete")
    (notice,) = world.notices(objection, "supplement_notice")
    world.take("officer", "edit", notice.uid, contact_person="甲测试")
    assert world.case(notice.uid).signer == "supervisor"
    with pytest.raises((GuardRefused, NotPermitted)):
        world.take("officer", "sign", notice.uid)
    world.take("approver", "sign", notice.uid)
    assert "联系人：甲测试" in notice_text(NoticeContext.from_json(world.case(notice.uid).context))


# ---------------------------------------------------------------------------------------------------------- pages


@pytest.fixture
def district(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


def test_the_form_asks_for_the_places_of_this_notice_only(app: Flask, district: World) -> None:
    """Issue 3, 8: what is not to be edited is not asked for; what stands there is filled in."""
    notice = drafted(district)
    district.take("officer", "edit", notice.uid, contact_person="甲测试")
    page = client_of(app, "officer").get(f"/cases/{notice.uid}").text
    assert 'name="edit-copies_to' in page
    assert 'name="edit-reason"' in page
    assert 'name="edit-hearing_place"' not in page
    assert "甲测试" in page


def test_the_signers_page_marks_the_differences(app: Flask, district: World) -> None:
    """R142: marks that do not rest on colour, with words for screen readers."""
    notice = drafted(district)
    district.take("officer", "edit", notice.uid, added_text="请一并报送台账。")
    page = client_of(app, "approver").get(f"/cases/{notice.uid}").text
    sign = page.split('id="act-sign"')[1].split("</form>")[0]
    assert "请一并报送台账。</ins>" in sign
    assert '<ins><span class="visually-hidden">增加：</span>请一并报送台账。</ins>' in page
    assert "本稿已经改写" in text_of(page)


def test_the_sign_form_says_so_where_nothing_differs(app: Flask, district: World) -> None:
    """R142: an unedited draft is all standard text."""
    notice = drafted(district)
    page = client_of(app, "approver").get(f"/cases/{notice.uid}").text
    assert "没有差异：本稿全部为标准文本。" in page.split('id="act-sign"')[1].split("</form>")[0]
