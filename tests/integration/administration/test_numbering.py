"""编号 and 委托代办一览 of a system administrator: series without a gap, who stands in for whom."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine, update

from app.crypto import KeyRing
from app.database import write_transaction
from app.models.history import NumberSeries
from app.services.administration.numbering import Numbering, SeriesLine, read_numbering
from app.services.delegations import Wanted, delegate_post, end_delegation
from tests.support.looking import reading
from tests.support.web_world import client_of, text_of
from tests.support.world import World, found_world
from workflows.roles import Post


def numbering_of(world: World, who: str = "officer") -> Numbering:
    with reading(world, who) as reader:
        return read_numbering(reader)


def line_of(world: World, word: str) -> SeriesLine:
    return next(line for line in numbering_of(world).lines if line.word == word)


def test_every_series_is_shown_and_a_missing_number_is_named(engine: Engine, keys: KeyRing) -> None:
    """R141: of notices by organ, of cases by procedure; how many of a kind there are is asked of each database."""
    world = found_world(engine, keys)
    world.objection_in("verifying")
    found = numbering_of(world)
    assert found.without_gap
    cases, notices = line_of(world, "示信异"), line_of(world, "示信用异受")
    assert (cases.use, cases.last, cases.borne, cases.organ) == ("异议（事项编号）", 1, 1, "")
    assert (notices.use, notices.last, notices.borne) == ("异议受理告知书", 1, 1)
    with reading(world, "officer") as reader:
        only = read_numbering(reader, found.year, notices.organ)
        assert {line.organ for line in only.lines} == {notices.organ}
    with write_transaction(world.backend.sessions) as session:
        for word in ("示信异", "示信用异受"):
            session.execute(update(NumberSeries).where(NumberSeries.key.startswith(f"{word}/")).values(last=3))
    assert line_of(world, "示信异").missing == (2, 3)
    assert line_of(world, "示信用异受").missing == (2, 3)
    assert not numbering_of(world).without_gap


def test_the_page_names_series_and_no_case(app: Flask, world: World) -> None:
    objection = world.objection_in("verifying")
    page = client_of(app, "sysadmin").get("/numbering").text
    assert "年度编号连续" in text_of(page)
    assert world.case(objection).number not in page
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(NumberSeries).where(NumberSeries.key.startswith("示信异/")).values(last=2))
    assert "缺第2号" in client_of(app, "sysadmin").get("/numbering?organ=").text


def test_stand_ins_are_listed_and_cannot_be_changed(app: Flask, world: World) -> None:
    """R143: who, for whom, until when; one that is over is found as such, and there is nothing to press."""
    today = world.today

    def wanted(first: int, last: int) -> Wanted:
        return Wanted(
            world["clerk"].uid,
            world.unit_uids["provider"],
            Post.CLERK,
            world["head"].uid,
            today + timedelta(days=first),
            today + timedelta(days=last),
            "年休假",
        )

    own = app.extensions["zhengcheng"]
    ended = delegate_post(own.database, own.keys, world["clerk"], wanted(0, 3), own.clock())
    end_delegation(own.database, own.keys, world["clerk"], ended, own.clock())
    delegate_post(own.database, own.keys, world["clerk"], wanted(0, 1), own.clock())
    delegate_post(own.database, own.keys, world["clerk"], wanted(5, 9), own.clock())
    client = client_of(app, "sysadmin")
    assert client.get("/stand-ins").text.count("年休假") == 3
    for condition, words in {"running": "代办中", "coming": "尚未开始", "ended": "提前结束"}.items():
        page = client.get("/stand-ins", query_string={"condition": condition, "q": world["head"].name}).text
        assert (page.count("年休假"), words in page) == (1, True), condition
    main = client.get("/stand-ins").text.partition("<main")[2]
    assert 'method="post"' not in main
    assert "没有符合条件的委托" in client.get("/stand-ins?q=无此人").text
