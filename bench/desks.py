"""The desk among a million cases (performance 5): each box's first page and count, and the whole page as it is read.

Of a hundred cases three are held: by the office with a last day and without one, and by a provider; an officer has
worked on a third of all cases. So his 待办 grows with the world, and its first page must not.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from flask import Flask, render_template
from flask.testing import FlaskClient
from flask_login import login_required
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select, text, update

from app import create_app
from app.clock import MovableClock, shanghai
from app.database import Database
from app.extensions import Installation
from app.models.base import db
from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import User
from app.models.terms import TermRow
from app.services.backend import Backend
from app.services.lawbook import current_calendar
from app.services.reading.desk.boxes import Box, count_of, held_parts, late_in_charge, unassigned
from app.services.reading.desk.listing import Order, read_box
from app.services.reading.desk.sieve import Sieve
from app.services.reading.desk.week import dues_of_the_week
from app.services.reading.desk.worked import count_worked
from app.services.reading.lines import CaseLine, lines_of
from app.services.reading.reader import Reader, reader_of
from app.services.reading.shade import Shade
from app.web.case_views import light_of
from app.web.reading import current_reader
from bench.places import DATABASES, Places
from bench.processor import spent_by
from bench.report import Line
from bench.search_world import people_of
from tests.support.application import settings_for
from tests.support.web_world import PASSWORD, client_of
from tests.support.world import START, World
from workflows.kit.context import Actor

_READERS = ("officer", "approver", "clerk")
_TEMPLATES = Path(__file__).with_name("templates")
_UNIT = "ms of a processor"
CASES = 1_000_000
_FIRST = 1_000_000
_ROUNDS = 15
#: Last days lie around this one.
_DUE_AROUND = date(2026, 9, 1)


def measure(places: Places, cases: int = CASES) -> Iterator[Line]:
    """Whole pages over HTTP beside a bare list page in the same frame; then each part of the desk by itself."""
    for database in DATABASES:
        with places.filled(database, cases, lambda world: fill(world, cases), "desks") as (backend, took):
            yield Line(f"{database}: filled {cases:,} cases", took, None, "s")
            yield from _pages(database, backend)
            people = people_of(backend.engine)
            bare = _median(backend, people["officer"], _bare_rows)
            yield Line(f"{database}: bare list of 50", bare, None, _UNIT)
            for who in _READERS:
                for name, read in _parts().items():
                    yield Line(f"{database}: {who}: {name}", _median(backend, people[who], read), bare, _UNIT)


def _pages(database: str, backend: Backend) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        url = backend.engine.url.render_as_string(hide_password=False)
        app = create_app(settings_for(url, Path(folder)), MovableClock(shanghai(START, 9)))
        _let_in(app)
        app.add_url_rule("/bare", "bare", login_required(_bare_page))
        app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(_TEMPLATES)])  # type: ignore[list-item]
        for who in _READERS:
            client = client_of(app, who)
            bare = _spent_on(client, "/bare", backend)
            for path in ("/desk", *(f"/desk?box={box.value}" for box in Box)):
                yield Line(f"{database}: {who}: GET {path}", _spent_on(client, path, backend), bare, _UNIT)
        with app.app_context():
            db.engine.dispose()


def _let_in(app: Flask) -> None:
    own: Installation = app.extensions["zhengcheng"]
    with own.database.write() as session:
        session.execute(update(User).values(password_hash=own.passwords.hasher.hash(PASSWORD)))


def _bare_page() -> str:
    with current_reader() as reader:
        lines, today = _bare_rows(reader), reader.today
    return render_template("bare_list.html", rows=[(line, light_of(line.term, today)) for line in lines])


def _spent_on(client: FlaskClient, path: str, backend: Backend) -> float:
    def get() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, path

    return _median_of(get, backend)


def _parts() -> dict[str, Callable[[Reader], object]]:
    sieve = Sieve(kind="record", shade=Shade.LATE, party="王测试")
    return {
        "待办, first page": lambda reader: read_box(reader, Box.HELD),
        "待办, sifted": lambda reader: read_box(reader, Box.HELD, sieve),
        "待办, newest first": lambda reader: read_box(reader, Box.HELD, order=Order.NEWEST),
        "待办, count": lambda reader: count_of(reader, held_parts(reader)),
        "本周到期": dues_of_the_week,
        "督办, count": lambda reader: count_of(reader, [late_in_charge(reader)]),
        "待分派, count": lambda reader: count_of(reader, unassigned(reader)),
        "已办, count": lambda reader: count_worked(reader, begun=False),
        "我发起的, count": lambda reader: count_worked(reader, begun=True),
    }


def _bare_rows(reader: Reader) -> list[CaseLine]:
    cases = reader.session.execute(select(Case).order_by(Case.id.desc()).limit(50)).scalars().all()
    return lines_of(reader.session, cases, current_calendar(reader.session), reader.today)


def _median(backend: Backend, actor: Actor, read: Callable[[Reader], object]) -> float:
    with Database.on(backend.engine).read() as session:

        def once() -> None:
            read(reader_of(backend, session, actor, shanghai(START, 9)))
            session.rollback()

        return _median_of(once, backend)


def _median_of(act: Callable[[], None], backend: Backend) -> float:
    """Milliseconds of a processor that an act takes in warm rounds, in this process and in those of the database."""
    spent = []
    for _ in range(3):
        act()
    servers = _servers(backend)
    for _ in range(_ROUNDS):
        before = _processor(servers)
        act()
        spent.append(_processor(servers) - before)
    return statistics.median(spent)


def _processor(servers: Sequence[int]) -> float:
    return time.process_time() * 1000 + sum(spent_by(pid) for pid in servers)


def _servers(backend: Backend) -> list[int]:
    """The processes of PostgreSQL that serve this database."""
    if backend.engine.dialect.name != "postgresql":
        return []
    with backend.engine.connect() as connection:
        own = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        return list(connection.execute(text(own)).scalars())


def fill(world: World, cases: int) -> None:
    """Copies of one record with their first events, made by the database itself."""
    uid = world.record_in("screening")
    engine = world.backend.engine
    postgresql = engine.dialect.name == "postgresql"
    numbers = (
        f"SELECT generate_series(0, {cases - 1}) AS n"
        if postgresql
        else f"WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i LIMIT {cases}) SELECT n FROM i"
    )
    with engine.execution_options(write=True).begin() as connection:
        if postgresql:
            connection.execute(text("ALTER TABLE cases DISABLE TRIGGER USER"))
        template = connection.execute(select(Case.id).where(Case.uid == uid)).scalar_one()
        for table, changed in _copies(world, postgresql).items():
            columns = [column.name for column in table.columns if column.name in changed or column.name != "id"]
            named = ", ".join(f'"{name}"' for name in columns)
            taken = ", ".join(changed.get(name, f'b."{name}"') for name in columns)
            key = "id" if table is Case.__table__ else "case_id"
            which = changed.get("only", "1 = 1")
            connection.execute(
                text(
                    f"INSERT INTO {table} ({named}) SELECT {taken} FROM {table} b, ({numbers}) c "
                    f"WHERE b.{key} = {template} AND {which} ORDER BY c.n"
                )
            )
        if postgresql:
            connection.execute(text("ALTER TABLE cases ENABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM search_mark"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE" if postgresql else "ANALYZE"))


def _copies(world: World, postgresql: bool):  # type: ignore[no-untyped-def]
    """For each table what differs from row to row, as SQL over `n`; `only` says of which cases it has rows."""
    days = "n / 100 % 97 - 30"
    due = f"DATE '{_DUE_AROUND}' + ({days})::integer" if postgresql else f"date('{_DUE_AROUND}', ({days}) || ' days')"
    office, provider = world.organs.office.id, world.units["provider"]
    cases = {
        "id": f"{_FIRST} + n", "uid": "'desk-' || n", "number": "'示信记〔2024〕' || n || '号'",
        "state": "CASE WHEN n % 100 IN (1, 2) THEN 'screening' WHEN n % 100 = 3 THEN 'returned' ELSE 'listed' END",
        "phase": "CASE WHEN n % 100 IN (1, 2, 3) THEN 'open' ELSE 'decided' END",
        "decided_on": f"CASE WHEN n % 100 IN (1, 2, 3) THEN NULL ELSE {_as_day(postgresql)} END",
        "holder": "CASE WHEN n % 100 IN (1, 2) THEN 'office' WHEN n % 100 = 3 THEN 'provider' END",
        "holder_unit_id": f"CASE WHEN n % 100 IN (1, 2) THEN {office} WHEN n % 100 = 3 THEN {provider} END",
        "due_on": f"CASE WHEN n % 100 IN (1, 3) THEN {due} END",
        "event_count": "2", "chain_head": "''",
    }  # fmt: skip
    terms = {
        "case_id": f"{_FIRST} + n", "due_on": due, "wakes_on": "NULL", "only": "n % 100 IN (1, 3)",
        "status": "'running'",
    }  # fmt: skip
    officer, clerk = world["officer"].user_id, world["clerk"].user_id
    events = {
        "case_id": f"{_FIRST} + n", "idempotency_key": "NULL", "body": "'{}'", "mac": "''",
        "actor_id": f"CASE WHEN b.seq = 1 THEN {clerk} WHEN n % 3 = 0 THEN {officer} END", "only": "b.seq <= 2",
    }  # fmt: skip
    return {Case.__table__: cases, TermRow.__table__: terms, EventRow.__table__: events}


def _as_day(postgresql: bool) -> str:
    return f"DATE '{_DUE_AROUND}'" if postgresql else f"'{_DUE_AROUND}'"
