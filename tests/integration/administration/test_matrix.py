"""T12: role × route for every page of the administration; trust 1.6: each of the three sees only his own."""

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.administrators import CAST
from tests.support.mergers import propose
from tests.support.web_world import client_of
from tests.support.world import World
from workflows.roles import Post

SYSADMIN = {"people", "stand_ins", "units", "mergers", "numbering", "upkeep"}
#: Blueprint → the posts to which all its pages belong. A blueprint of the administration that is missing here fails.
OWNERS: dict[str, frozenset[Post]] = {name: frozenset({Post.SYSADMIN}) for name in SYSADMIN} | {
    "notice_templates": frozenset({Post.SYSADMIN, Post.RULES_KEEPER}),
    "security_desk": frozenset({Post.SECADMIN}),
    "rule_changes": frozenset({Post.RULES_KEEPER}),
    "working_days": frozenset({Post.RULES_KEEPER}),
}
#: Law is read by everybody who has signed in.
FOR_ALL = {"rule_changes.versions", "rule_changes.compare"}
ROLES = ("subject", "clerk", "head", "officer", "approver", "reviewer", "tolerance", *CAST)


ANY = "<any(terms, switches):section>"


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, address) of every page that belongs to posts, with made-up parameters."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "posts", None) is None:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield (
                rule.endpoint,
                method,
                re.sub(r"<int:[^>]+>", "1", re.sub(r"<(?!int:)[^>]+>", "none", rule.rule.replace(ANY, "terms"))),
            )


def said(answer: TestResponse) -> str:
    """What an answer says; of a workbook or a sheet, what can be read of it as it is."""
    return answer.get_data().decode(errors="replace")


def posts_of(login: str) -> frozenset[Post]:
    return frozenset({CAST[login][1]}) if login in CAST else frozenset()


def test_every_page_of_the_administration_names_its_posts(app: Flask) -> None:
    """Default deny: a route in one of these blueprints without posts, or with other ones, fails here."""
    found = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "posts", None)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in OWNERS and rule.endpoint not in FOR_ALL
    }
    assert found
    assert {endpoint: posts for endpoint, posts in found.items() if posts != OWNERS[endpoint.partition(".")[0]]} == {}
    modules = {app.view_functions[rule.endpoint].__module__ for rule in app.url_map.iter_rules()}
    administration = {module for module in modules if module.startswith("app.web.administration.")}
    named = {app.blueprints[name].import_name for name in OWNERS}
    assert administration <= named


def test_a_route_is_there_for_its_posts_and_for_nobody_else(app: Flask, world: World) -> None:
    """Every cell of role × route × method, in one world."""
    for login in ROLES:
        client = client_of(app, login)
        for endpoint, method, address in routes(app):
            answer, cell = client.open(address, method=method), (login, endpoint, method)
            refused = "没有这一页，或者您无权查看" in said(answer)
            if posts_of(login) & OWNERS[endpoint.partition(".")[0]]:
                assert (answer.status_code in {200, 303, 404, 422}, refused) == (True, False), cell
            else:
                assert (answer.status_code, refused) == (404, True), cell


def test_who_has_not_signed_in_is_asked_to(app: Flask, world: World) -> None:
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    for endpoint, method, address in routes(app):
        assert client.open(address, method=method).status_code == (302 if method == "GET" else 401), endpoint


def test_what_has_parameters_opens_for_its_owner(app: Flask, world: World) -> None:
    """The matrix above asks with made-up ones; these exist."""
    client, merger = client_of(app, "sysadmin"), propose(world)
    for address in (
        f"/people/{world['clerk'].uid}",
        f"/units/{world.unit_uids['provider']}",
        f"/units/{world.unit_uids['provider']}/merger",
        f"/units/mergers/{merger}",
    ):
        assert client.get(address).status_code == 200, address


def test_no_administrator_sees_a_case(app: Flask, world: World) -> None:
    """trust 1.6, 1.7: not on its page, in lists, search, counts or exports."""
    record = world.record_in("listed")
    number = world.case(record).number
    of_cases = (f"/cases/{record}", "/inbox", "/oversight", "/dispatch-register", f"/credit/records/{record}/objection")
    for login in CAST:
        client = client_of(app, login)
        for address in of_cases:
            assert client.get(address).status_code in {403, 404}, (login, address)
        assert record not in client.get("/cases", query_string={"q": number}).text
        for endpoint, method, address in routes(app):
            page = said(client.get(address)) if method == "GET" else ""
            assert record not in page, (login, endpoint)
            assert number not in page or login == "auditor", (login, endpoint)
