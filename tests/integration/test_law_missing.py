"""A database without calendar or rules answers with what to do, never with an incident (architecture, section 7)."""

from flask import Flask

from app.extensions import Installation
from app.models.people import User
from tests.browser.support.people import PASSWORD, add_person
from workflows.roles import Post


def test_pages_say_what_the_administrator_has_to_do(app: Flask) -> None:
    """R140: the page names the command."""
    app.config["WTF_CSRF_ENABLED"] = False
    add_person(app, "wang", "王测试", {Post.CIVIL_SERVANT: "示例局"})
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        assert session.query(User).count() == 1
    client = app.test_client()
    client.post("/sign-in", data={"login": "wang", "password": PASSWORD})
    answer = client.get("/credit")
    assert answer.status_code == 503
    assert "calendar seed" in answer.text
