"""帮助: every screen leads to the paragraph about it, every paragraph exists, nobody needs to sign in to read."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.clock import MovableClock
from app.services.wakes import LADDER
from app.web.guides import GUIDES, PARAGRAPHS, help_address, paragraph_about, paragraphs_of
from tests.support.application import settings_for
from tests.support.source_tree import ROOT
from workflows.forms.objection import ReviewResult, Verdict
from workflows.kit.span import Span, Unit
from workflows.objection import OBJECTION
from workflows.repair import REPAIR
from workflows.roles import Capacity, Post

#: No screen of people: machines, files, and the help itself.
_NO_SCREEN = re.compile(r"^(api\.|api_page\.|health\.|static$|guides\.)")


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, clock: MovableClock) -> Flask:
    """No guide asks the database anything."""
    return create_app(settings_for(sqlite_url, tmp_path), clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_every_screen_has_a_paragraph(app: Flask) -> None:
    screens = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and not _NO_SCREEN.match(rule.endpoint)
    }
    assert len(screens) > 20
    assert sorted(screen for screen in screens if paragraph_about(screen) is None) == []


def test_every_paragraph_is_written_once_and_can_be_asked_for(app: Flask) -> None:
    with app.test_request_context():
        written = [anchor for guide in GUIDES for anchor in paragraphs_of(guide.key)]
    assert sorted(set(written)) == sorted(written)
    assert sorted(set(PARAGRAPHS.values()) - set(written)) == []


def test_every_post_that_works_here_has_a_guide() -> None:
    covered = {post for guide in GUIDES for post in guide.posts}
    assert covered >= set(Post) - {Post.ARCHIVE_READER}


@pytest.mark.parametrize("key", [guide.key for guide in GUIDES])
def test_a_guide_is_one_page_open_to_everybody(client: FlaskClient, key: str) -> None:
    answer = client.get(f"/help/{key}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    found = re.findall(r'<h2 id="([a-z-]+)">', page)
    assert found
    assert sorted(re.findall(r'<a href="#([a-z-]+)">', page)) == sorted(found)
    for picture in re.findall(r'src="(/static/own/guides/[^"]+)"', page):
        assert client.get(picture).status_code == 200


def test_an_unknown_guide_is_not_found(client: FlaskClient) -> None:
    assert client.get("/help/nothing").status_code == 404


def test_the_sign_in_page_leads_to_its_paragraph(client: FlaskClient) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    assert 'href="/help/basics#sign-in"' in page


def test_who_is_not_signed_in_is_led_by_the_screen(app: Flask) -> None:
    with app.test_request_context():
        assert help_address("oversight.show") == "/help/office#oversight"
        assert help_address(None) == "/help"


def test_the_page_of_a_sync_item_leads_to_the_guide_of_whoever_confirms_it(app: Flask) -> None:
    with app.test_request_context():
        assert help_address("cases.show", "sync") == "/help/implementer#sync"
        assert help_address("cases.show", "record") == "/help/basics#case"


def test_the_pictures_are_those_the_script_takes() -> None:
    used = {
        name
        for path in (ROOT / "templates" / "guides").glob("*.html")
        for name in re.findall(r'picture\("([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    kept = {path.stem for path in (ROOT / "app" / "web" / "static" / "own" / "guides").glob("*.png")}
    assert used == kept


def told(key: str, anchor: str) -> str:
    """The words of one paragraph of a guide."""
    text = (ROOT / "templates" / "guides" / f"{key}.html").read_text(encoding="utf-8")
    paragraph = text.split(f'paragraph("{anchor}"', 1)[1].split("{{ paragraph(", 1)[0]
    return re.sub(r"<[^>]+>", "", paragraph)


def test_the_guide_tells_the_ladder_of_a_duty_as_it_climbs() -> None:
    """procedures, section 0: T−3 and T−1 remind, T+1 calls, T+5 lists for criticism; the monthly list is none."""
    span = {name: Span(abs(days), Unit.WD).text for name, days in LADDER.items()}
    overdue = told("provider", "overdue")
    assert f"期限届满前{span['t-3']}和前{span['t-1']}会提醒" in overdue
    assert f"逾期{span['t+1']}发出催办通知书；逾期{span['t+5']}列入通报批评范围" in overdue
    for words in (overdue, told("office", "oversight")):
        assert "月度通报" in words
        assert "不论逾期几日" in words
        assert re.findall(r"列入通报(?!批评)", words) == []


def test_guide_and_page_say_the_same_of_the_rule_set_of_a_case() -> None:
    """procedures, section 0: filing fixes it on the opening day, for paper the day received."""
    page = (ROOT / "templates" / "rules" / "show.html").read_text(encoding="utf-8")
    for words in (told("rules", "rules"), page):
        assert "按照立案之日的规则" in words
        assert "书面提出的，以收到之日为立案之日" in words


def test_the_guides_name_what_can_be_answered_and_decided() -> None:
    """procedures, sections 3 and 5: every verdict of the provider, every result of a review, and no other."""
    verdicts = [verdict.label.removesuffix("为") for verdict in Verdict]
    assert f"逐项选择{'、'.join(verdicts[:-1])}或者{verdicts[-1]}" in told("provider", "answer")
    results = "或者".join(result.label for result in ReviewResult)
    assert f"拟定复核意见：{results}原处理结果；超过期限又没有正当理由的，拟不予受理复核" in told("review", "review")


def test_no_guide_promises_a_longer_review() -> None:
    """procedures, section 3: no step of the review office extends its term."""
    for flow in (OBJECTION, REPAIR):
        longer = [step for step in flow.steps if "延期" in step.label]
        assert [step.key for step in longer if {Capacity.REVIEW_OFFICE, Capacity.REVIEWER} & set(step.by)] == []
    assert "延长" not in told("review", "review-term")
