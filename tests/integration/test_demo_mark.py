"""A demo says that it is one, whatever the settings: the database carries the mark."""

from flask import Flask

from app.extensions import installation
from app.services.database_purpose import ensure_marked

STRIP = "演示环境"


def test_every_page_of_a_demo_database_says_so(app: Flask) -> None:
    with app.app_context():
        ensure_marked(installation().database, "demo")
    assert STRIP in app.test_client().get("/", follow_redirects=True).get_data(as_text=True)


def test_a_database_of_another_purpose_does_not(app: Flask) -> None:
    with app.app_context():
        ensure_marked(installation().database, "production")
    assert STRIP not in app.test_client().get("/", follow_redirects=True).get_data(as_text=True)
