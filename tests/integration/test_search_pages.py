"""Pages and counts of the list of cases, with words and without: newest first, nothing twice, nothing lost (R146)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text, update

from app.database import Database, write_transaction
from app.models.cases import Case
from app.services.reading.search import COUNTED, PAGE
from app.services.search_index import by_relation, figures, newest_first, tokens
from app.services.search_index.keeping import rebuild
from app.services.search_index.query import Due
from tests.support.searching import look
from tests.support.world import World


def test_pages_follow_each_other_newest_first_and_counts_stop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever way is gone (each case read, the newest stretch, the sample, down the eras), the pages are the same."""
    made = [world.record_in("draft", facts="分页用的一件。" if place % 3 else "另外一件。") for place in range(13)]
    wanted = [uid for place, uid in enumerate(made) if place % 3][::-1]
    monkeypatch.setattr("app.services.reading.search.PAGE", 3)
    for module in (tokens, newest_first):
        monkeypatch.setattr(module, "ERA", 4)
        monkeypatch.setattr(module, "SMALL_ERA", 2)
    monkeypatch.setattr(tokens, "SAMPLED", 2)
    rebuild(Database.on(world.backend.engine), lambda done, total: None)
    for counted, few, enough, telling, narrow in (
        (1000, 100, 100, 40, 12), (1000, 0, 100, 40, 12), (1000, 0, 1, 40, 0), (1000, 0, 1, 1, 12),
        (3, 100, 100, 40, 12), (3, 0, 1, 40, 12), (3, 0, 2, 1, 0),
    ):  # fmt: skip
        monkeypatch.setattr("app.services.reading.search.COUNTED", counted)
        monkeypatch.setattr(by_relation, "FEW", few)
        monkeypatch.setattr(newest_first, "_ENOUGH", enough)
        monkeypatch.setattr(newest_first, "_TELLING", telling)
        monkeypatch.setattr(newest_first, "_NARROW", narrow)
        found, counts = _through(world, "分页用的")
        assert [len(page) for page in found] == [3, 3, 2]
        assert [uid for page in found for uid in page] == wanted, (counted, few, enough, telling)
        assert counts == {min(len(wanted), counted + 1)}


def test_words_with_a_last_day_find_what_is_due_then_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R146: the index narrows by the days of a case, and the last day itself decides; also far back and far apart."""
    days = (-500, -40, -1, 0, 2, 400)
    made = [world.record_in("draft", facts="期限用的一件。") for _day in days]
    with write_transaction(world.backend.sessions) as session:
        for uid, day in zip(made, days, strict=True):
            due_on = world.today + timedelta(days=day)
            session.execute(update(Case).where(Case.uid == uid).values(due_on=due_on))
    for few in (100, 0):
        monkeypatch.setattr(by_relation, "FEW", few)
        assert _through(world, "期限用的 超期")[0] == [made[2::-1]]
        assert _through(world, "期限用的 今日到期")[0] == [[made[3]]]
        assert _through(world, "期限用的 本周到期 超期")[0] == [made[2::-1]]
        assert _through(world, "另外一件 超期")[0] == [[]]


def test_lists_without_words_are_paged_and_counted_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R146: by kind, state and last day, stretch by stretch or all at once; nothing twice, nothing lost."""
    records = [world.record_in("listed" if place % 3 else "draft") for place in range(7)]
    open_ones = [uid for place, uid in enumerate(records) if place % 3]
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(Case).where(Case.uid.in_(open_ones)).values(due_on=world.today))
    monkeypatch.setattr("app.services.reading.search.PAGE", 2)
    ways: Sequence[dict[str, Any]] = (
        {"kind": "record"},
        {"kind": "record", "state": "listed"},
        {"kind": "record", "due": Due.TODAY},
        {},
    )
    none: list[list[str]] = [[], [], [], []]
    told = {"clerk": [records, open_ones, open_ones, records], "other_clerk": none}
    for stretch, few, counted in ((1000, 100, 1000), (1, 0, 1000), (2, 0, 3)):
        monkeypatch.setattr(by_relation, "_STRETCH", stretch)
        monkeypatch.setattr(by_relation, "FEW", few)
        monkeypatch.setattr("app.services.reading.search.COUNTED", counted)
        for who, expected in told.items():
            for way, uids_of_way in zip(ways, expected, strict=True):
                found, counts = _through(world, "", who, **way)
                assert [uid for page in found for uid in page] == uids_of_way[::-1], (who, way, stretch)
                assert counts == {min(len(uids_of_way), counted + 1)}, (who, way, stretch)


def test_what_an_office_handles_is_not_asked_where_it_is_nearly_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R146: on PostgreSQL, by its own figures. The same is found, and a clerk's relations narrow as before.

    So with the words of a text that is read anyway: of those that stand nearly everywhere one is asked.
    """
    monkeypatch.setattr(figures, "_KEPT_FOR", 0.0)
    made = [world.record_in("screening", facts="几乎全部的一件。") for _place in range(6)]
    monkeypatch.setattr(by_relation, "FEW", 0)
    engine, asked = world.backend.engine, list[str]()
    # Without the sign before them, which no text shows as itself.
    office = tokens.relation_token("handling_unit_id", world.organs.office.id)[1:]
    provider = tokens.relation_token("provider_unit_id", world.units["provider"])[1:]

    def note(_connection: object, _cursor: object, _statement: str, parameters: object, *_rest: object) -> None:
        asked.append(str(parameters))

    event.listen(engine, "before_cursor_execute", note)
    wanted = ([made[::-1]], {len(made)})
    assert _through(world, "几乎全部的", "officer") == wanted
    assert any(office in one for one in asked), "without figures it is asked"
    pairs = ("'几乎'", "'全部'", "'部的'")
    assert all(any(pair in one for one in asked) for pair in pairs) or engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    asked.clear()
    assert _through(world, "几乎全部的", "officer") == wanted
    assert any(office in one for one in asked) == (engine.dialect.name == "sqlite")
    assert sum(any(pair in one for one in asked) for pair in pairs) == (engine.dialect.name == "postgresql")
    assert _through(world, "几乎全部的", "other_clerk") == ([[]], {0})
    assert _through(world, "几乎全部的", "clerk") == wanted
    assert any(provider in one for one in asked)


def _through(world: World, words: str, who: str = "clerk", **filters: Any) -> tuple[list[list[str]], set[int]]:
    """The pages of a list to the last, and the counts that they told."""
    pages: list[list[str]] = []
    counts: set[int] = set()
    before = None
    while True:
        found = look(world, who, words, before, **filters)
        pages.append([row.line.uid for row in found.lines])
        counts.add(found.count)
        before = found.next_before
        if before is None:
            return pages, counts


def test_the_constants_of_the_page_are_those_that_are_promised() -> None:
    assert (PAGE, COUNTED) == (50, 1000)
