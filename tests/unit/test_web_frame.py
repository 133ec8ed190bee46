"""Lights, days, areas and addresses of the frame, without an application."""

from datetime import UTC, date, datetime

import pytest

from app.web.case_views import strip_for
from app.web.lights import NO_TERM, PAUSED, Tone, running_light
from app.web.presentation import iso, legal_date, moment, weekday
from app.web.refusals import own_path
from app.web.shell import AREAS, locality_name, navigation_for
from app.web.views import MarkStatus, TermView, TimelineEntry, strip_of
from workflows.roles import Post
from workflows.rules.model import Grade

TODAY = date(2026, 11, 21)
EVERY_ENDPOINT = [item.endpoint for item in AREAS]


@pytest.mark.parametrize(
    ("due_on", "working_days", "tone", "words"),
    [
        (date(2026, 11, 19), 2, Tone.LATE, "逾期 2 个工作日"),
        (date(2026, 11, 20), 0, Tone.LATE, "已逾期"),
        (TODAY, 0, Tone.NEAR, "今日到期"),
        (date(2026, 11, 22), 0, Tone.NEAR, "即将到期"),
        (date(2026, 11, 25), 3, Tone.NEAR, "还剩 3 个工作日"),
        (date(2026, 11, 26), 4, Tone.FINE, "还剩 4 个工作日"),
        (date(2027, 3, 1), 66, Tone.FINE, "还剩 66 个工作日"),
        (date(2027, 3, 20), 81, Tone.FINE, "还剩 3 个月以上"),
        (date(2027, 3, 21), 82, Tone.FINE, "还剩 4 个月以上"),
        (date(2027, 11, 20), 240, Tone.FINE, "还剩 11 个月以上"),
        (date(2031, 11, 10), 1242, Tone.FINE, "还剩 4 年以上"),
    ],
)
def test_a_light_says_in_words_what_its_colour_says(due_on: date, working_days: int, tone: Tone, words: str) -> None:
    """The last day runs to 24:00: on it nothing is late."""
    light = running_light(due_on, TODAY, working_days)
    assert (light.tone, light.words, light.due_on) == (tone, words, due_on)


def test_a_light_without_a_last_day_names_the_reason() -> None:
    assert (PAUSED.words, PAUSED.due_on, NO_TERM.words) == ("暂停计算", None, "无办理期限")


def test_days_are_written_as_in_documents_and_instants_by_the_clock_of_shanghai() -> None:
    late = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
    assert legal_date(date(2026, 3, 5)) == "2026年3月5日"
    assert (legal_date(late), moment(late)) == ("2026年11月21日", "2026年11月21日 00:05")
    assert (iso(date(2026, 3, 5)), iso(late)) == ("2026-03-05", "2026-11-21T00:05:00+08:00")
    assert (weekday(TODAY), weekday(late)) == ("周六", "周六")


def labels(*posts: Post, endpoints: list[str] = EVERY_ENDPOINT) -> list[str]:
    return [item.label for item in navigation_for(posts, endpoints)]


def test_areas_follow_the_posts() -> None:
    assert labels(Post.CIVIL_SERVANT) == ["我的信用记录", "规则"]
    assert labels(Post.CLERK) == ["工作台", "记录登记", "全部事项", "规则"]
    office = ["工作台", "全部事项", "文书成文", "送达台账", "发文登记簿", "督办", "规则"]
    assert labels(Post.OFFICER, Post.STAFF) == ["本单位信用记录", *office]
    assert labels(Post.CIVIL_SERVANT, Post.STAFF)[:2] == ["我的信用记录", "本单位信用记录"]
    assert labels(Post.STAFF, Post.HEAD).count("本单位信用记录") == 1
    assert labels() == []


@pytest.mark.parametrize("post", [Post.SYSADMIN, Post.SECADMIN, Post.AUDITOR])
def test_administrators_are_offered_no_case(post: Post) -> None:
    """trust 1.6: 三员分立, none of the three is led to a case."""
    assert not {"我的信用记录", "工作台", "记录登记", "全部事项", "督办"} & set(labels(post))


def test_an_area_without_pages_is_not_offered() -> None:
    assert labels(Post.CLERK, endpoints=["inbox.show"]) == ["工作台"]


def test_an_area_is_current_on_all_its_pages() -> None:
    inbox = next(item for item in AREAS if item.endpoint == "inbox.show")
    assert inbox.is_current("inbox.drafts")
    assert not inbox.is_current("credit.show")
    assert not inbox.is_current(None)
    entering = next(item for item in AREAS if item.endpoint == "records.new")
    assert entering.is_current("imports.index"), "what comes by table is entered too"


def test_a_locality_is_shown_by_its_name() -> None:
    assert (locality_name("demo"), locality_name("elsewhere")) == ("示范区", "elsewhere")


@pytest.mark.parametrize("address", ["/", "/cases/1?tab=terms", "/verify/码"])
def test_an_address_of_ours_is_followed(address: str) -> None:
    assert own_path(address, "/home") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "cases",
        "//evil.invalid",
        "/\\evil.invalid",
        "https://evil.invalid/",
        "javascript:alert(1)",
        "/a\r\nb",
        "\\\\e",
    ],
)
def test_a_foreign_address_is_not_followed(address: str) -> None:
    """trust 1.11: the sign-in page is no way out to another host."""
    assert own_path(address, "/home") == "/home"


def test_the_strip_has_one_present_step_until_all_are_done() -> None:
    assert [mark.status for mark in strip_of("甲乙丙", 1)] == [MarkStatus.DONE, MarkStatus.CURRENT, MarkStatus.AHEAD]
    assert {mark.status for mark in strip_of("甲乙丙", 3)} == {MarkStatus.DONE}


def marks(kind: str, state: str, passed: str, *, closed: bool = False) -> str:
    """The strip in one line: what is done with a tick, the present step in brackets."""
    signs = {MarkStatus.DONE: "{}✓", MarkStatus.CURRENT: "[{}]", MarkStatus.AHEAD: "{}"}
    strip = strip_for(kind, state, frozenset(passed.split()), closed=closed)
    return " ".join(signs[mark.status].format(mark.label) for mark in strip)


def test_the_strip_ticks_only_what_was_passed() -> None:
    """R148: the way that a case took; what a denial, a refusal or an early end kept from happening is not on it."""
    before = "submitted verifying signing proposed"
    assert marks("repair", "signing", "submitted verifying signing") == ("受理✓ 核实✓ [审签] 审批 同步 修复完成 办结")
    assert marks("repair", "denied", f"{before} denied") == "受理✓ 核实✓ 审签✓ 审批✓ [不予修复] 办结"
    assert marks("repair", "review_submitted", f"{before} denied review_submitted") == (
        "受理✓ 核实✓ 审签✓ 审批✓ 不予修复✓ [复核受理] 复核 办结"
    )
    assert marks("repair", "executing", f"{before} denied review_submitted reviewing executing") == (
        "受理✓ 核实✓ 审签✓ 审批✓ 不予修复✓ 复核受理✓ 复核✓ [同步] 修复完成 办结"
    )
    assert marks("repair", "refused", "submitted refused") == "受理✓ [不予受理] 办结"
    assert marks("repair", "verifying", "submitted refused review_submitted reviewing verifying") == (
        "受理✓ 不予受理✓ [核实] 审签 审批 同步 修复完成 办结"
    )
    assert marks("objection", "closed", "submitted closed", closed=True) == "受理✓ 办结✓"
    # Sent back: what has to be done again is ahead.
    assert marks("objection", "verifying", "submitted verifying signing answered") == (
        "受理✓ [核查] 审签 审定 告知结果 办结"
    )
    assert marks("sync", "pending", "pending") == ""


def test_what_rests_on_background_or_choice_is_shown_as_unconfirmed() -> None:
    shown = {grade: TermView("a", "期限", "五个工作日", "", "收到之日", grade).unconfirmed for grade in Grade}
    assert shown == {Grade.V: False, Grade.P: False, Grade.S: False, Grade.B: True, Grade.I: True}


def test_an_event_without_author_is_the_systems() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    assert TimelineEntry(at, 1, "催办").by_system
    assert not TimelineEntry(at, 1, "受理", "李测试").by_system
