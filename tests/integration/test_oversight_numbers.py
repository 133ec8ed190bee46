"""Every number of board, statistics and 通报 equals a recount in plain Python (interface 9; R34, R55, R146).

The recount reads every row and knows nothing of the SQL: who may see a case is asked of the predicate, not the filter.
"""

import json
import math
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import pytest
from sqlalchemy import select

from app.access.capacities import may_see
from app.clock import legal_day
from app.crypto import KeyRing
from app.database import make_engine, migrate, read_transaction
from app.models.cases import Case
from app.models.history import EventRow
from app.models.imports import DossierImport
from app.models.people import Unit
from app.models.terms import TermRow
from app.services.reading.oversight import acts, bulletin, workload
from app.services.reading.oversight.board import read_board
from app.services.reading.oversight.duties import Wanted, read_duties
from app.services.reading.oversight.pace import read_pace
from app.services.reading.oversight.periods import Period, month_of, months_until, weeks_until
from app.services.reading.oversight.scope import PERSONS, Outcome
from app.services.reading.oversight.trend import read_trend
from app.services.reading.reader import Reader, reader_of
from app.services.reading.shade import Shade
from tests.support.cluster import Cluster
from tests.support.databases import PostgresSource, SqliteSource
from tests.support.overseen_world import strew
from tests.support.world import World, found_world
from workflows.kit.calendar import shipped_calendar
from workflows.kit.errors import NotFound
from workflows.registry import workflow
from workflows.roles import RELATIONS, Capacity, Post

NEAR = 3
OFFICE, HEADS = {Post.OFFICER, Post.APPROVER}, {Post.HEAD, Post.DEPUTY, Post.TOLERANCE_HEAD}
#: Offices of two levels, heads of a providing and a subject unit, and of the tolerance organ.
READERS = ("officer", "superior_officer", "head", "unit_head", "tolerance_head")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def strewn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all these tests: they only read."""
    folder = tmp_path_factory.mktemp("strewn")
    if request.param == "sqlite":
        source: SqliteSource | PostgresSource = SqliteSource(request.getfixturevalue("sqlite_folder"), migrate)
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        source = PostgresSource(cluster, migrate)
    with source.database() as url:
        engine = make_engine(url)
        world = found_world(engine, KeyRing.load_or_create(folder / "keys.json"))
        strew(world)
        yield world
        engine.dispose()


@dataclass(frozen=True)
class Recount:
    """What one reader should be told, counted row by row."""

    world: World
    reader: Reader

    @cached_property
    def cases(self) -> dict[int, Case]:
        """The cases he may see, without copies."""
        copies = set(self.reader.session.execute(select(DossierImport.dossier_id)).scalars())
        rows = self.reader.session.execute(select(Case)).scalars()
        return {
            case.id: case
            for case in rows
            if case.dossier_id not in copies and may_see(workflow(case.kind), self.reader.standing, case)
        }

    @cached_property
    def names(self) -> dict[int, str]:
        return {unit.id: unit.uid for unit in self.reader.session.execute(select(Unit)).scalars()}

    def unit(self, case: Case, capacity: str) -> int | None:
        """Whom a capacity means on a case, if it is a unit."""
        for relation in RELATIONS.get(Capacity(capacity), ()):
            if relation.posts:
                found: int | None = getattr(case, relation.column)
                return found
        return None

    def oversees(self, case: Case, unit: int | None) -> bool:
        posts = self.reader.standing.posts
        offices = {held for held, post in posts if post in OFFICE}
        own = {held for held, post in posts if post in HEADS}
        return case.handling_unit_id in offices or unit in own

    @cached_property
    def duties(self) -> list[tuple[TermRow, str]]:
        """The duties he oversees, each with the name of its unit in addresses."""
        found = []
        for row in self.reader.session.execute(select(TermRow).where(TermRow.nature == "duty")).scalars():
            case = self.cases.get(row.case_id)
            if case is None:
                continue
            unit = self.unit(case, row.holder)
            if self.oversees(case, unit):
                found.append((row, self.names[unit] if unit is not None else PERSONS))
        return found

    def standing(self, row: TermRow) -> Shade:
        if row.status == "paused" or row.due_on is None:
            return Shade.PAUSED
        if row.due_on < self.reader.today:
            return Shade.LATE
        left = sum(
            shipped_calendar().is_working_day(self.reader.today + timedelta(days=ahead))
            for ahead in range(1, (row.due_on - self.reader.today).days + 1)
        )
        return Shade.NEAR if left <= NEAR else Shade.FINE

    def outcome(self, row: TermRow) -> Outcome:
        if row.ended_on is not None:
            return Outcome.ON_TIME if row.due_on is None or row.ended_on <= row.due_on else Outcome.LATE
        late = row.status == "running" and row.due_on is not None and row.due_on < self.reader.today
        return Outcome.OVERDUE if late else Outcome.OPEN

    def due_in(self, period: Period, unit: str = "") -> Counter[Outcome]:
        return Counter(
            self.outcome(row)
            for row, of in self.duties
            if unit in ("", of) and (day := row.due_on or row.ended_on) and period.first <= day <= period.last
        )

    def acts(self, month: Period) -> list[tuple[EventRow, str]]:
        """The acts of a month that he oversees and may read, each with the name of its unit."""
        offices = {held for held, post in self.reader.standing.posts if post in OFFICE}
        found = []
        for event in self.reader.session.execute(select(EventRow)).scalars():
            case = self.cases.get(event.case_id)
            if case is None or event.sort != "step" or event.actor_id is None:
                continue
            if not month.first <= legal_day(event.at) <= month.last:
                continue
            unit = self.unit(case, json.loads(event.body)["as"])
            readable = case.handling_unit_id in offices or event.audience != "inside"
            if readable and self.oversees(case, unit):
                found.append((event, self.names[unit] if unit is not None else PERSONS))
        return found


@pytest.fixture(params=READERS)
def recount(request: pytest.FixtureRequest, strewn: World) -> Iterator[Recount]:
    with read_transaction(strewn.backend.engine) as session:
        yield Recount(strewn, reader_of(strewn.backend, session, strewn[request.param], strewn.clock()))


def every(reader: Reader, wanted: Wanted) -> list[int]:
    """The keys of a list's duties, page by page; each page says the same count."""
    keys: list[int] = []
    counts, after = set(), ""
    while True:
        page = read_duties(reader, wanted, NEAR, after)
        keys += [duty.term for duty in page.duties]
        counts.add(page.count)
        after = page.next_after
        if not after:
            break
    assert counts == {len(keys)}
    return keys


def test_the_board(recount: Recount) -> None:
    """Units × 逾期, 临期, 正常, 暂停; each number is as long as the list behind it, which is in order."""
    counted: dict[str, Counter[Shade]] = {}
    for row, unit in recount.duties:
        if row.status in ("running", "paused"):
            counted.setdefault(unit, Counter())[recount.standing(row)] += 1
    found = read_board(recount.reader, NEAR)
    assert {row.holder.uid: Counter(row.counts) for row in found.rows} == counted
    assert found.whole.total == sum(sum(numbers.values()) for numbers in counted.values()) > 0
    for of_unit in found.rows:
        for standing in Shade:
            listed = every(recount.reader, Wanted(of_unit.holder.uid, standing=standing))
            assert len(listed) == of_unit.counts[standing]
    rows = {row.id: row for row, _ in recount.duties}
    every_open = [rows[key] for key in every(recount.reader, Wanted())]
    assert [(row.due_on or date.max, row.id) for row in every_open] == sorted(
        (row.due_on or date.max, row.id) for row in rows.values() if row.status in ("running", "paused")
    )


def test_the_trend(recount: Recount) -> None:
    """按期办结 by month and by week: cohorts of the last day; what ended while paused counts by its end."""
    reader = recount.reader
    month = month_of(reader.today)
    for periods in (months_until(month, 12), weeks_until(reader.today, 12)):
        for row in read_trend(reader, periods):
            counted = recount.due_in(row.period)
            assert Counter(row.met.counts) == counted
            decided = sum(counted.values()) - counted[Outcome.OPEN]
            exact = counted[Outcome.ON_TIME] * 1000 / decided if decided else None
            assert row.met.per_mille == (None if exact is None else math.floor(exact))
    period = months_until(month, 12)[-2]
    for outcome in Outcome:
        listed = every(reader, Wanted(within=period.days, outcome=outcome))
        assert len(listed) == recount.due_in(period)[outcome]
    unit = next((unit for _, unit in recount.duties), "")
    assert Counter(read_trend(reader, [period], unit)[0].met.counts) == recount.due_in(period, unit)
    assert sum(recount.due_in(Period(date(2020, 1, 1), date(2030, 1, 1))).values()) > 0


def test_the_pace(recount: Recount) -> None:
    """Median and ninth decile of working days, days of a pause left out, beside the limits."""
    took: dict[str, list[int]] = {}
    late: Counter[str] = Counter()
    month = month_of(recount.reader.today - timedelta(days=31))
    for row, _ in recount.duties:
        if row.ended_on is None or row.anchor_on is None or not month.first <= row.ended_on <= month.last:
            continue
        days = [row.anchor_on + timedelta(days=ahead) for ahead in range(1, (row.ended_on - row.anchor_on).days + 1)]
        paused = [(date.fromisoformat(p["from"]), date.fromisoformat(p["to"])) for p in json.loads(row.pauses)]
        used = [
            day
            for day in days
            if shipped_calendar().is_working_day(day) and not any(start < day <= stop for start, stop in paused)
        ]
        took.setdefault(row.key, []).append(len(used))
        late[row.key] += row.due_on is not None and row.ended_on > row.due_on
    found = read_pace(recount.reader, month)
    assert {row.term: (row.number, row.median, row.ninth, row.late) for row in found} == {
        key: (len(days), statistics.median_low(days), sorted(days)[math.ceil(len(days) * 0.9) - 1], late[key])
        for key, days in took.items()
    }
    assert [pace.ninth for pace in found] == sorted((pace.ninth for pace in found), reverse=True)
    for pace in found:
        assert len(every(recount.reader, Wanted(term=pace.term, ended=month.days))) == pace.number


def test_the_workload(recount: Recount) -> None:
    """Open cases and acts by unit, and by person of the own office only; months begin at 00:00 in Shanghai."""
    reader, month = recount.reader, month_of(recount.reader.today)
    done = recount.acts(month)
    held = Counter(
        recount.names[case.holder_unit_id] if case.holder_unit_id is not None else PERSONS
        for case in recount.cases.values()
        if case.holder is not None and recount.oversees(case, case.holder_unit_id)
    )
    found = workload.read_workload(reader, month)
    by_unit = Counter(unit for _, unit in done)
    assert {row.holder.uid: (row.cases, row.acts) for row in found.units} == {
        uid: (held[uid], by_unit[uid]) for uid in {*held, *by_unit}
    }
    own = {recount.names[unit] for unit, post in reader.standing.posts if post in OFFICE}
    people = Counter(event.actor_id for event, unit in done if unit in own)
    uids = {actor.user_id: actor.uid for actor in recount.world.people.values()}
    assert {row.uid: row.acts for row in found.people} == {uids[person]: number for person, number in people.items()}
    for unit_row in found.units:
        assert acts.read_acts(reader, month, unit_row.holder.uid).count == unit_row.acts
        assert workload.read_cases(reader, unit_row.holder.uid).count == unit_row.cases
    for person_row in found.people:
        page = acts.read_acts(reader, month, person=person_row.uid)
        assert (page.count, {line.author for line in page.lines}) == (person_row.acts, {person_row.name})
    names = {line.author for line in acts.read_acts(reader, month).lines}
    assert names - {""} <= {row.name for row in found.people}


def test_the_bulletin_says_what_the_board_says(recount: Recount) -> None:
    """The month's numbers are those of the trend; what is overdue in it and before is what the board calls late."""
    reader, month = recount.reader, month_of(recount.reader.today)
    if not {post for _, post in reader.standing.posts} & OFFICE:
        with pytest.raises(NotFound):
            bulletin.read_bulletin(reader, month, NEAR, 500)
        return
    found = bulletin.read_bulletin(reader, month, NEAR, 500)
    assert found.whole.counts == read_trend(reader, [month])[0].met.counts
    assert {row.holder.uid: Counter(row.met.counts) for row in found.units} == {
        unit: counted
        for unit in {unit for _, unit in recount.duties}
        if (counted := recount.due_in(month, unit)).total()
    }
    late = {row.id for row, _ in recount.duties if recount.outcome(row) in (Outcome.LATE, Outcome.OVERDUE)}
    days = {row.id: row.due_on or date.max for row, _ in recount.duties}
    assert {duty.term for duty in found.late} == {key for key in late if month.first <= days[key] <= month.last}
    assert (len(found.late), len(found.carried)) == (found.late_count, found.carried_count)
    board = read_board(reader, NEAR)
    assert found.whole.counts[Outcome.OVERDUE] + found.carried_count == board.whole.counts[Shade.LATE] > 0
    few = bulletin.read_bulletin(reader, month, NEAR, 2)
    assert (few.late, few.late_count) == (found.late[:2], found.late_count)


@pytest.mark.parametrize("role", ["subject", "offline", "staff", "clerk", "review_clerk", "reviewer", "tolerance"])
def test_nobody_else_has_a_board(strewn: World, role: str) -> None:
    """Default deny: no board, no list, no number, no bulletin, whatever they may see of single cases."""
    with read_transaction(strewn.backend.engine) as session:
        reader = reader_of(strewn.backend, session, strewn[role], strewn.clock())
        month = month_of(reader.today)
        for read in (
            lambda: read_board(reader, NEAR),
            lambda: read_duties(reader, Wanted(), NEAR),
            lambda: read_trend(reader, [month]),
            lambda: read_pace(reader, month),
            lambda: workload.read_workload(reader, month),
            lambda: workload.read_cases(reader, strewn.unit_uids["provider"]),
            lambda: acts.read_acts(reader, month),
            lambda: bulletin.read_bulletin(reader, month, NEAR, 1),
        ):
            with pytest.raises(NotFound):
                read()


def test_a_head_is_told_nothing_of_another_unit(strewn: World) -> None:
    """The duties of a foreign unit are not in his counts, whichever way he asks for them."""
    with read_transaction(strewn.backend.engine) as session:
        head = reader_of(strewn.backend, session, strewn["head"], strewn.clock())
        foreign, month = strewn.unit_uids["foreign"], month_of(head.today)
        officer = reader_of(strewn.backend, session, strewn["officer"], strewn.clock())
        assert read_duties(officer, Wanted(foreign), NEAR).count > 0
        assert read_duties(head, Wanted(foreign), NEAR).count == 0
        assert sum(read_trend(head, [month], foreign)[0].met.counts.values()) == 0
        assert (acts.read_acts(head, month, foreign).count, workload.read_cases(head, foreign).count) == (0, 0)
        assert read_duties(replace(head), Wanted("no-such-unit"), NEAR).count == 0
