"""Builders of addresses that tests share lead to the address of their own rule (tests.support.compiled_routes)."""

from werkzeug.routing import Map, MapAdapter, Rule


def _bound(rule: str, **options: object) -> MapAdapter:
    return Map([Rule(rule, endpoint="page", **options)]).bind("example.invalid")  # type: ignore[arg-type]


def test_rules_of_the_same_words_share_a_builder_and_no_other_do() -> None:
    first, again = _bound("/cases/<uid>"), _bound("/cases/<uid>")
    assert first.build("page", {"uid": "a", "tab": "b"}) == again.build("page", {"uid": "a", "tab": "b"})
    assert _bound("/notices/<uid>").build("page", {"uid": "a"}) == "/notices/a"
    assert _bound("/cases/<int(fixed_digits=4):uid>").build("page", {"uid": 7}) == "/cases/0007"
    assert _bound("/cases/<int:uid>").build("page", {"uid": 7}) == "/cases/7"
    assert _bound("/cases/<uid>", defaults={"uid": "fixed"}).build("page", {"uid": "fixed"}) == "/cases/fixed"
    assert first.build("page", {"uid": "a"}) == "/cases/a"
