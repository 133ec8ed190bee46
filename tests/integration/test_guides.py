"""帮助: every screen leads to the paragraph about it, every paragraph exists, nobody needs to sign in to read."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.clock import MovableClock
from app.web.guides import GUIDES, PARAGRAPHS, help_address, paragraph_about, paragraphs_of
from tests.support.application import settings_for
from tests.support.source_tree import ROOT
from workflows.roles import Post

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
