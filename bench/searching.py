"""Search among a million cases: the first page of words of every frequency, beside the bare list page (performance 5).

The cases are copies of one real record with other numbers, subjects and texts; entries are written in bulk, with the
tokens that the product itself cuts.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import psycopg
from sqlalchemy import Engine, select, text

from app.database import Database
from app.models.cases import Case
from app.models.kinds import Record
from app.services.lawbook import current_calendar
from app.services.reading.lines import lines_of
from app.services.reading.reader import reader_of
from app.services.reading.search import Sought, search
from app.services.search_index.said import said_by
from app.services.search_index.tokens import (
    as_words,
    day_tokens,
    era_tokens,
    grams_of,
    number_tokens,
    reading_token,
    relation_token,
    stream,
    tokens_of,
    unit_token,
)
from bench.places import DATABASES, Places
from bench.report import Line
from tests.support.world import World

CASES = 1_000_000
_FIRST = 1_000_000
_BATCH = 20_000
_DAY = date(2024, 3, 1)
_MOVED = ("provider_unit_id", "finder_unit_id", "handling_unit_id")
_TEXTS = 400
_NOUNS = (
    "工程款项", "政府采购", "招商引资", "拆迁补偿", "奖励资金", "土地出让", "特许经营", "承诺期限", "行政许可",
    "税收返还", "道路改造", "学校建设",
)  # fmt: skip
_VERBS = ("未按约定支付", "拖延办理", "擅自变更", "逾期未答复", "单方面解除", "未依法公开", "重复收取", "未履行承诺")
#: What is searched for, with how many of a million cases hold it.
WORDS = (
    ("full number", "示信记〔2024〕{half}号"),
    ("rare word (1 case)", "独一无二"),
    ("word of 0.1 %", "千分之一"),
    ("word of 1 %", "百里挑一"),
    ("word of 8 %", "特许经营"),
    ("word of 50 %", "半数事项"),
    ("word only in old cases (30 %)", "陈年旧事"),
    ("two words", "特许经营 半数事项"),
    ("seven characters", "擅自变更特许经营"),
    ("pinyin of the subject", "wangceshi"),
    ("a month", "2024年3月"),
    ("unit", "示例乙局"),
    ("nothing", "查无此词"),
)


def measure(places: Places, cases: int = CASES) -> Iterator[Line]:
    """First pages as an officer sees them (nearly all) and as a clerk of another unit does (one in a thousand)."""
    for database in DATABASES:
        with places.world(database) as world:
            began = time.perf_counter()
            _fill(world, cases)
            yield Line(f"{database}: filled and indexed {cases:,} cases", time.perf_counter() - began, None, "s")
            bare = _bare(world)
            yield Line(f"{database}: bare list page of 50", bare, None, "ms")
            for who in ("officer", "other_clerk"):
                for name, words in WORDS:
                    took, count = _first_page(world, who, words.format(half=cases // 2))
                    yield Line(f"{database}: {who}: {name} ({count} found)", took, bare, "ms")


def _first_page(world: World, who: str, words: str, rounds: int = 7) -> tuple[float, int]:
    """Milliseconds until a page is read with its reasons, without drawing it; how many were found.

    The fastest of several rounds: it is the one that other work on the machine disturbed least.
    """
    took, count = [], 0
    database = Database.on(world.backend.engine)
    for _ in range(rounds):
        with database.read() as session:
            began = time.perf_counter()
            found = search(reader_of(world.backend, session, world[who], world.clock()), Sought(words=words))
            took.append((time.perf_counter() - began) * 1000)
            count = found.count
    return min(took), count


def _bare(world: World, rounds: int = 9) -> float:
    """The lines of the newest 50 cases by key, without any filter; the fastest round."""
    took = []
    for _ in range(rounds):
        with Database.on(world.backend.engine).read() as session:
            began = time.perf_counter()
            cases = session.execute(select(Case).order_by(Case.id.desc()).limit(50)).scalars().all()
            lines_of(session, cases, current_calendar(session), date(2026, 9, 1))
            took.append((time.perf_counter() - began) * 1000)
    return min(took)


def _fill(world: World, cases: int) -> None:
    """Copies of a draft made in the database itself, listed, with entries in the order of their keys."""
    uid = world.record_in("draft", facts="示例事实")
    engine = world.backend.engine
    with engine.connect() as connection:
        base = dict(connection.execute(select(Case.__table__).where(Case.uid == uid)).mappings().one())
    with Database.on(engine).read() as session:
        (said,) = said_by(session, [base["id"]])
    own = {*era_tokens(base["id"]), *(relation_token(column, base[column]) for column in _MOVED)}
    tail = [token for token in said.row() if token.startswith(reading_token("")[0]) and token not in own]
    chance = random.Random(1)
    texts = [_text(chance) for _ in range(_TEXTS)]
    _triggers(engine, on=False)
    _copy_cases(engine, world, base["id"], texts, cases)
    units = {name: world.units[name] for name in ("foreign", "provider")}
    marks = {
        name: [
            *tail, *day_tokens(_DAY), unit_token(unit), relation_token("handling_unit_id", world.organs.office.id),
            relation_token("provider_unit_id", unit), relation_token("finder_unit_id", unit),
        ]
        for name, unit in units.items()
    }  # fmt: skip
    said_once: dict[tuple[int, str], list[str]] = {}
    for start in range(0, cases, _BATCH):
        rows = []
        for place in range(start, min(start + _BATCH, cases)):
            words = "，".join(word for _sql, holds, word in _SORTS if holds(place, cases))
            once = (place % _TEXTS, words)
            if once not in said_once:
                said_once[once] = tokens_of(f"{texts[once[0]]}{words}")
            fields = [*number_tokens(f"示信记〔2024〕{place}号"), said_once[once]]
            whose = marks["foreign" if place % 1000 == 7 else "provider"]
            rows.append((_FIRST + place, stream(fields, [*whose, *era_tokens(_FIRST + place)])))
        (_write_postgresql if engine.dialect.name == "postgresql" else _write_sqlite)(engine, rows)
    _triggers(engine, on=True)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _copy_cases(engine: Engine, world: World, template: int, texts: Sequence[str], cases: int) -> None:
    """The rows of `cases` and `record`, all made from one row by two statements."""
    postgresql = engine.dialect.name == "postgresql"
    numbers = (
        f"SELECT generate_series(0, {cases - 1}) AS n"
        if postgresql
        else f"WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i LIMIT {cases}) SELECT n FROM i"
    )
    provider = f"CASE WHEN n % 1000 = 7 THEN {world.units['foreign']} ELSE {world.units['provider']} END"
    said = " || ".join(
        f"CASE WHEN {sql.format(cases=cases)} THEN '，{word}' ELSE '' END" for sql, _holds, word in _SORTS
    )
    day = f"{'DATE ' if postgresql else ''}'{_DAY.isoformat()}'"
    changed = {
        "id": f"{_FIRST} + n", "uid": "'bench-' || n", "number": "'示信记〔2024〕' || n || '号'", "filed": "1",
        "state": "'listed'", "phase": "'decided'", "decided_on": day, "opened_on": day,
        "event_count": "0", "chain_head": "''", "holder": "NULL", "due_on": "NULL", "provider_unit_id": provider,
        "finder_unit_id": provider, "handling_unit_id": str(world.organs.office.id), "rule_set_id": "1",
        "facts": f"t.said || {said}",
    }  # fmt: skip
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE bench_text (k INTEGER, said TEXT)"))
        values = [{"k": place, "said": one} for place, one in enumerate(texts)]
        connection.execute(text("INSERT INTO bench_text (k, said) VALUES (:k, :said)"), values)
        for table in (Case.__table__, Record.__table__):
            columns = [column.name for column in table.columns]
            named = ", ".join(f'"{name}"' for name in columns)
            taken = ", ".join(changed.get(name, f'b."{name}"') for name in columns)
            connection.execute(
                text(
                    f"INSERT INTO {table} ({named}) SELECT {taken} FROM {table} b, ({numbers}) c "
                    f"JOIN bench_text t ON t.k = c.n % {_TEXTS} WHERE b.id = {template} ORDER BY c.n"
                )
            )


def _text(chance: random.Random) -> str:
    """About a hundred characters of make-believe facts; every noun in some twelfth of them."""
    said = f"{chance.choice(_VERBS)}{chance.choice(_NOUNS)}，涉及金额{chance.randint(2, 900)}万元。"
    return f"{said}该项目由示例单位负责实施，企业多次书面催告，至今没有办理完毕，造成资金周转困难，影响较大。"


#: What else some of the cases say: as SQL, as Python, and the word.
_SORTS: tuple[tuple[str, Callable[[int, int], bool], str], ...] = (
    ("n % 2 = 1", lambda n, cases: n % 2 == 1, "半数事项"),
    ("n % 100 = 3", lambda n, cases: n % 100 == 3, "百里挑一"),
    ("n % 1000 = 7", lambda n, cases: n % 1000 == 7, "千分之一"),
    ("n < {cases} * 3 / 10", lambda n, cases: n < cases * 3 // 10, "陈年旧事"),
    ("n = {cases} / 3", lambda n, cases: n == cases // 3, "独一无二"),
)


def _triggers(engine: Engine, *, on: bool) -> None:
    """The fill writes entries itself; marks for a million cases would only be worked again."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE cases {'ENABLE' if on else 'DISABLE'} TRIGGER USER"))
            if on:
                connection.execute(text("CREATE INDEX ix_search_entry_grams ON search_entry USING gin (grams)"))
            else:
                connection.execute(text("DROP INDEX ix_search_entry_grams"))
    elif on:
        with engine.execution_options(write=True).begin() as connection:
            connection.execute(text("DELETE FROM search_mark"))


Rows = Sequence[tuple[int, list[str]]]


def _write_sqlite(engine: Engine, rows: Rows) -> None:
    with engine.execution_options(write=True).begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO search_entry (case_id, words) VALUES (?, ?)", [(key, as_words(row)) for key, row in rows]
        )


def _write_postgresql(engine: Engine, rows: Rows) -> None:
    raw = engine.raw_connection()
    try:
        connection: psycopg.Connection[Any] = raw.driver_connection  # type: ignore[assignment]
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY search_entry (case_id, words, grams) FROM STDIN") as copy,
        ):
            for key, row in rows:
                copy.write_row((key, as_words(row), " ".join(f"'{gram}'" for gram in grams_of(row))))
        connection.commit()
    finally:
        raw.close()
