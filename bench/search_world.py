"""A million cases to search among: copies of one real record with other numbers, parties, days and texts.

Rows are copied by the database itself; entries are written in bulk, with the tokens that the product itself cuts.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import Engine, select, text

from app.database import Database
from app.models.cases import Case
from app.models.kinds import Record
from app.models.people import Unit, User
from app.services.founding import NewPerson, found_person
from app.services.search_index.readings import readings_of
from app.services.search_index.said import said_by
from app.services.search_index.tokens import (
    as_words,
    day_tokens,
    grams_of,
    number_tokens,
    place_tokens,
    reading_token,
    relation_token,
    stream,
    tokens_of,
    unit_token,
)
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.roles import Post

_FIRST = 1_000_000
_BATCH = 20_000
_TEXTS = 400
#: The cases begin on this day, a thousandth of them on each of the days after it.
FIRST_DAY, DAYS = date(2023, 9, 1), 1000
#: Every twentieth case has a last day, from thirty days before this day on.
_DUE_AROUND = date(2026, 9, 1)
_NOUNS = (
    "工程款项", "政府采购", "招商引资", "拆迁补偿", "奖励资金", "土地出让", "特许经营", "承诺期限", "行政许可",
    "税收返还", "道路改造", "学校建设",
)  # fmt: skip
_VERBS = ("未按约定支付", "拖延办理", "擅自变更", "逾期未答复", "单方面解除", "未依法公开", "重复收取", "未履行承诺")

#: What some of the cases say besides: as SQL, as Python, and the word.
_SORTS: tuple[tuple[str, Callable[[int, int], bool], str], ...] = (
    ("n % 2 = 1", lambda n, cases: n % 2 == 1, "半数事项"),
    ("n % 100 = 3", lambda n, cases: n % 100 == 3, "百里挑一"),
    ("n % 1000 = 7", lambda n, cases: n % 1000 == 7, "千分之一"),
    ("n < {cases} * 3 / 10", lambda n, cases: n < cases * 3 // 10, "陈年旧事"),
    ("n = {cases} / 3", lambda n, cases: n == cases // 3, "独一无二"),
)
#: Which unit provides a case: one in a thousand the foreign one, a tenth (all of them even) the one of `tenth_clerk`.
_PROVIDERS = (("n % 1000 = 7", lambda n: n % 1000 == 7, "foreign"), ("n % 10 = 4", lambda n: n % 10 == 4, "employer"))
#: Whom a case is about: one in a hundred is about somebody else.
_SUBJECTS = (("n % 100 = 3", lambda n: n % 100 == 3, "offline"),)


def fill(world: World, cases: int) -> None:
    """Fill a founded world with so many listed records and their entries, in the order of their keys."""
    uid = world.record_in("draft", facts="示例事实")
    engine = world.backend.engine
    with world.backend.sessions() as session, session.begin():
        unit = session.get(Unit, world.units["employer"])
        tenth = found_person(session, NewPerson("tenth_clerk", "严测试", unit, (Post.CLERK,)))
        world.people["tenth_clerk"] = Actor(tenth.id, tenth.name, tenth.uid)
    chance = random.Random(1)
    texts = [_text(chance) for _ in range(_TEXTS)]
    with Database.on(engine).read() as session:
        template = session.execute(select(Case.id).where(Case.uid == uid)).scalar_one()
        (said,) = said_by(session, [template])
    _triggers(engine, on=False)
    _copy_cases(engine, world, template, texts, cases)
    spoken = tuple(tuple(tokens_of(told)) for label, told in said.texts if label != "事实")
    write = _write_postgresql if engine.dialect.name == "postgresql" else _write_sqlite
    entries = _Entries(world, cases, texts, spoken)
    for start in range(0, cases, _BATCH):
        write(engine, [(_FIRST + n, entries.row(n)) for n in range(start, min(start + _BATCH, cases))])
    _triggers(engine, on=True)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def people_of(engine: Engine) -> dict[str, Actor]:
    """The people of a world that was filled before, by their parts."""
    with Database.on(engine).read() as session:
        return {user.login: Actor(user.id, user.name, user.uid) for user in session.execute(select(User)).scalars()}


class _Entries:
    """The tokens of each case, as `said_by` and `Said.row` would have them."""

    def __init__(self, world: World, cases: int, texts: Sequence[str], spoken: Sequence[Sequence[str]]) -> None:
        self._world, self._cases, self._texts, self._spoken = world, cases, texts, spoken
        self._facts = cache(tokens_of)
        self._marks = cache(self._marks_of)

    def row(self, n: int) -> list[str]:
        said = "".join(f"，{word}" for _sql, holds, word in _SORTS if holds(n, self._cases))
        subject = next((name for _sql, holds, name in _SUBJECTS if holds(n)), "subject")
        provider = next((name for _sql, holds, name in _PROVIDERS if holds(n)), "provider")
        fields = [
            *number_tokens(f"示信记〔2024〕{n}号"),
            tokens_of(self._world[subject].name),
            *self._spoken,
            self._facts(f"{self._texts[n % _TEXTS]}{said}"),
        ]
        day = FIRST_DAY + timedelta(days=n * DAYS // self._cases)
        due = [_DUE_AROUND + timedelta(days=n // 20 % 97 - 30)] if n % 20 == 0 else []
        days = [token for one in (day, *due) for token in day_tokens(one)]
        return stream(fields, [*self._marks(subject, provider), *days])

    def _marks_of(self, subject: str, provider: str) -> tuple[str, ...]:
        unit, office = self._world.units[provider], self._world.organs.office.id
        person = self._world[subject]
        return (
            *(reading_token(reading) for reading in readings_of(person.name)),
            unit_token(unit),
            unit_token(office),
            relation_token("subject_person_id", person.user_id or 0),
            relation_token("handling_unit_id", office),
            relation_token("provider_unit_id", unit),
            relation_token("finder_unit_id", unit),
        )


def _copy_cases(engine: Engine, world: World, template: int, texts: Sequence[str], cases: int) -> None:
    """The rows of `cases` and `record`, all made from one row by two statements."""
    postgresql = engine.dialect.name == "postgresql"
    numbers = (
        f"SELECT generate_series(0, {cases - 1}) AS n"
        if postgresql
        else f"WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i LIMIT {cases}) SELECT n FROM i"
    )
    unit_ids = [(sql, world.units[name]) for sql, _holds, name in _PROVIDERS]
    provider = _choice(unit_ids, world.units["provider"])
    subject = _choice([(sql, world[name].user_id or 0) for sql, _holds, name in _SUBJECTS], world["subject"].user_id)
    said = " || ".join(
        f"CASE WHEN {sql.format(cases=cases)} THEN '，{word}' ELSE '' END" for sql, _holds, word in _SORTS
    )
    day = _day_plus(postgresql, FIRST_DAY, f"n * {DAYS} / {cases}")
    due = f"CASE WHEN n % 20 = 0 THEN {_day_plus(postgresql, _DUE_AROUND, 'n / 20 % 97 - 30')} END"
    changed = {
        "id": f"{_FIRST} + n", "uid": "'bench-' || n", "number": "'示信记〔2024〕' || n || '号'", "filed": "1",
        "state": "'listed'", "phase": "'decided'", "decided_on": day, "opened_on": day, "received_on": day,
        "event_count": "0", "chain_head": "''", "holder": "NULL", "due_on": due, "provider_unit_id": provider,
        "finder_unit_id": provider, "handling_unit_id": str(world.organs.office.id), "rule_set_id": "1",
        "subject_person_id": subject, "subject_sees": "true" if postgresql else "1", "facts": f"t.said || {said}",
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


def _choice(choices: Sequence[tuple[str, int]], otherwise: int | None) -> str:
    return f"CASE {' '.join(f'WHEN {sql} THEN {value}' for sql, value in choices)} ELSE {otherwise} END"


def _day_plus(postgresql: bool, day: date, days: str) -> str:
    return f"DATE '{day}' + ({days})::integer" if postgresql else f"date('{day}', ({days}) || ' days')"


def _text(chance: random.Random) -> str:
    """About a hundred characters of make-believe facts; every noun in some twelfth of them."""
    said = f"{chance.choice(_VERBS)}{chance.choice(_NOUNS)}，涉及金额{chance.randint(2, 900)}万元。"
    return f"{said}该项目由示例单位负责实施，企业多次书面催告，至今没有办理完毕，造成资金周转困难，影响较大。"


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
            "INSERT INTO search_entry (case_id, words, grams) VALUES (?, ?, ?)",
            [(key, as_words(row), " ".join(grams_of(row))) for key, row in rows],
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
                grams = grams_of([*row, *place_tokens(key)])
                copy.write_row((key, as_words(row), " ".join(f"'{gram}'" for gram in grams)))
        connection.commit()
    finally:
        raw.close()
