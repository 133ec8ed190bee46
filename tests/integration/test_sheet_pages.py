"""文书成文 through the pages: drafts signed together, progress, failures in a person's queue (documents.md 8; R142)."""

import re
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock
from app.extensions import Installation
from app.jobs.rounds import RUSH, Rounds
from app.models.history import OutboxRow
from app.models.kinds import Notice
from app.services.outbox import Claim, Failed, drain
from tests.support.english_pages import english
from tests.support.waiting_sheets import REASON, drafted, fail, signed
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def own(app: Flask) -> Installation:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    return found


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def tick(client: FlaskClient, notices: list[Notice], **changed: str) -> str:
    """Tick these drafts on the page and send it; the text of where it leads."""
    page = client.get("/sheets/signing").text
    data = {"key": key_of(page), "notice": [notice.uid for notice in notices]}
    data |= {f"version-{notice.uid}": str(notice.version) for notice in notices}
    data |= dict(re.findall(r'<input type="hidden" name="(text-[^"]+)" value="([^"]*)">', page)) | changed
    answer = client.post("/sheets/signing", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return text_of(answer.text)


def test_the_board_counts_what_is_made_and_looks_again(app: Flask, world: World, own: Installation) -> None:
    """Documents 8: batch issue shows progress, without JavaScript; once all is done the page rests."""
    first, second = signed(world, 2)
    client = client_of(app, "officer")
    answer = client.get("/sheets")
    assert answer.headers["Refresh"]
    assert "昨天以来已生成0件，共2件" in text_of(answer.text)
    assert first.number
    assert first.number in answer.text
    assert drain(own.backend, own.clock, {"seal": lambda claim: world.issue(claim.case_id or 0)}, limit=1) == 1
    assert "昨天以来已生成1件，共2件" in text_of(client.get("/sheets").text)
    world.seal()
    answer = client.get("/sheets")
    assert "Refresh" not in answer.headers
    assert "昨天以来已生成2件，共2件" in text_of(answer.text)
    assert "已签发的文书全部成文" in answer.text
    assert {world.state(first.uid), world.state(second.uid)} == {"served"}


def test_a_failed_sheet_lies_with_a_person_who_has_it_made_again_under_its_number(
    app: Flask, world: World, own: Installation
) -> None:
    """Documents 8: what cannot be made is shown with its reason at once, never lost, and keeps its number."""
    (notice,) = signed(world)
    fail(own)
    (row,) = [row for row in world.outbox() if row.work == "seal" and row.case_id == notice.id]
    assert (row.status, row.attempts) == ("stuck", 1)
    client = client_of(app, "approver")
    board = text_of(client.get("/sheets").text)
    assert "生成失败" in board
    assert REASON in board
    sheet = text_of(client.get(f"/documents/{notice.uid}.pdf").text)
    assert REASON in sheet
    assert "文号已经保留" in sheet
    answer = client.post("/sheets/retry", data={"notice": notice.uid}, follow_redirects=True)
    assert "已重新生成1件文书，文号不变。" in text_of(answer.text)
    Rounds(own).drain()
    made = world.case(notice.uid)
    assert (made.state, made.number) == ("served", notice.number)
    answer = client.post("/sheets/retry", data={"notice": notice.uid}, follow_redirects=True)
    assert "没有需要重试的文书" in answer.text


def test_a_failure_that_may_pass_is_tried_again_and_can_be_hurried(app: Flask, world: World, own: Installation) -> None:
    """Documents 8: tries with back-off; the board says how often and when again."""
    (notice,) = signed(world)

    def slow(_claim: Claim) -> None:
        raise Failed("文书成文超过10秒未完成，已中止。")

    drain(own.backend, own.clock, {"seal": slow})
    client = client_of(app, "officer")
    board = text_of(client.get("/sheets").text)
    assert "等待重试" in board
    assert "已尝试1次" in board
    assert "再次尝试" in board
    assert world.seal() == 0
    client.post("/sheets/retry", data={"notice": notice.uid})
    assert world.seal() == 1


def test_nobody_sees_or_retries_what_is_not_his(app: Flask, world: World, own: Installation) -> None:
    """Trust T12: a party has no board; the head of a foreign unit has one without these notices, and retries none."""
    (notice,) = signed(world)
    fail(own)
    for role in ("subject", "clerk"):
        stranger = client_of(app, role)
        for path in ("/sheets", "/sheets/signing"):
            assert stranger.get(path).status_code == 404
        assert stranger.post("/sheets/retry", data={"notice": notice.uid}).status_code == 404
        assert stranger.post("/sheets/signing", data={"notice": notice.uid}).status_code == 404
    foreign = client_of(app, "other_head")
    assert notice.title not in foreign.get("/sheets").text
    answer = foreign.post("/sheets/retry", data={"notice": notice.uid}, follow_redirects=True)
    assert "没有需要重试的文书" in answer.text
    assert [row.status for row in world.rows(OutboxRow) if row.case_id == notice.id] == ["stuck"]


def test_drafts_are_read_and_signed_together(app: Flask, world: World) -> None:
    """Interface 8, R142: each draft with its full text; those ticked are signed, one step and one number each."""
    one, two, three = drafted(world, 3)
    client = client_of(app, "approver")
    page = client.get("/sheets/signing").text
    assert page.count("<details>") == page.count('name="notice"') >= 3
    assert all(page.count(f'value="{notice.uid}"') == 1 for notice in (one, two, three))
    assert "checked" not in page
    assert "督办" in text_of(page)
    told = tick(client, [one, two])
    assert "已签发2件" in told
    assert [world.state(notice.uid) for notice in (one, two, three)] == ["sealing", "sealing", "drafted"]
    numbers = [world.case(notice.uid).number for notice in (one, two)]
    assert len(set(numbers)) == 2
    assert all(numbers)


def test_a_letter_is_read_in_its_own_words_on_english_pages(app: Flask, world: World) -> None:
    """What is signed is the Chinese sheet: its title does not turn English in the midst of it."""
    notice = drafted(world, 1)[0]
    client = english(app, "approver")
    for address in (f"/cases/{notice.uid}", "/sheets/signing"):
        letter = client.get(address).text.split('class="sheet-words"')[1].split("</div>")[0]
        assert 'lang="zh-CN"' in letter
        assert "<p>督办通知书</p>" in letter, address


def test_a_draft_that_changed_since_it_was_read_is_not_signed(app: Flask, world: World) -> None:
    """Trust T3, R142: the version that was read counts; an edited draft is signed by itself, where it is shown."""
    one, two = drafted(world)
    client = client_of(app, "approver")
    told = tick(client, [one], **{f"version-{one.uid}": "1" if one.version != 1 else "2"})
    assert one.title in told
    assert world.state(one.uid) == "drafted"
    world.take("officer", "edit", two.uid, added_text="请于三日内书面说明原因。")
    page = text_of(client.get("/sheets/signing").text)
    assert "正文有改动" in page
    assert "没有选定可以签发的文书" in tick(client, [world.case(two.uid)])
    assert world.state(two.uid) == "drafted"


def test_whoever_may_not_sign_is_offered_no_draft(app: Flask, world: World) -> None:
    """R142: drafts lie with their signer alone; a posted uid changes nothing."""
    notices = drafted(world)
    client = client_of(app, "officer")
    assert "没有待签发的文书" in client.get("/sheets/signing").text
    data = {"key": "0" * 24, "notice": [notice.uid for notice in notices]}
    client.post("/sheets/signing", data=data)
    assert {world.state(notice.uid) for notice in notices} == {"drafted"}


def test_a_rush_is_made_by_two_hands_each_sheet_once(
    app: Flask, world: World, own: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents 8: a long queue is shared; every notice is issued by exactly one step, whoever was faster."""
    monkeypatch.setattr("app.jobs.rounds.cores", lambda: 2)
    notices = signed(world, RUSH + 2)
    rounds = Rounds(own)
    hands: set[str] = set()
    made = rounds._drain_to_rest

    def watched() -> None:
        hands.add(threading.current_thread().name)
        made()

    monkeypatch.setattr(rounds, "_drain_to_rest", watched)
    rounds.drain()
    rounds.close()
    assert len(hands) == 2
    for notice in notices:
        assert world.steps(notice.uid).count("issue") == 1
        assert world.state(notice.uid) == "served"
    assert {row.status for row in world.outbox() if row.work == "seal"} == {"done"}
