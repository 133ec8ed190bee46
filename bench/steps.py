"""One step: `take_step` beside the raw driver writing the same rows in the same run (performance 1)."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg

from bench.places import DATABASES, Places
from bench.report import Line
from bench.rows import Identity, RawWriter, Written, identity, snapshot, written_between
from tests.support import paths
from tests.support.world import World

WARM = 9
_FIELDS = ("facts", "behaviour", "severity", "source_document", "effective_on", "conduct_ended_on", "subject")
Act = Callable[[World, str], object]
Form = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """A step to measure: how cases come into the state before it, who takes it, and the form he has filled in."""

    name: str
    step: str
    by: str
    prepare: Act
    form: Callable[[World, str], Form]

    def take(self, world: World, case: str, form: Form) -> object:
        return world.step(self.by, self.step, case, form)


def _nothing(world: World, case: str) -> None:
    """A submitted objection is where `accept` begins."""


def _no_form(world: World, case: str) -> Form:
    return {}


def _answer(world: World, case: str) -> Form:
    verdicts = {item["field"]: {"verdict": "keep"} for item in world.case(case).fields}
    return {"verdicts": verdicts, "explanation": "核查属实"}


def _accept_and_seal(world: World, case: str) -> None:
    world.take("officer", "accept", case)


STEPS = (
    Measured("plain step (draft_answer)", "draft_answer", "clerk", _accept_and_seal, _answer),
    Measured("step that drafts two notices (accept)", "accept", "officer", _nothing, _no_form),
)


def objections(world: World, count: int) -> list[str]:
    """Submitted objections, several to a record, each to another field."""
    records = [world.record_in("listed") for _ in range(-(-count // len(_FIELDS)))]
    made = []
    for place in range(count):
        field = _FIELDS[place % len(_FIELDS)]
        form = paths.objection_form(fields=[{"field": field, "ground": "错误", "wanted": "-"}], reason=f"理由{place}")
        taken = world.open("subject", "objection", "submit", records[place // len(_FIELDS)], **form)
        made.append(taken.uid)
    return made


def measure(places: Places, count: int) -> Iterator[Line]:
    """Lines for both databases; half of the cases are stepped by us, half are written raw, in turns."""
    for database in DATABASES:
        for step in STEPS:
            with places.world(database) as world:
                cases = objections(world, 2 * count + 1 + WARM)
                for case in cases:
                    step.prepare(world, case)
                for case in [cases.pop() for _ in range(WARM)]:  # statements compiled and prepared, law read
                    step.take(world, case, step.form(world, case))
                before = snapshot(world.backend.engine)
                template = cases.pop()
                known = identity(world.backend.engine, template)
                step.take(world, template, step.form(world, template))
                written = written_between(before, snapshot(world.backend.engine))
                ours, raw = _in_turns(world, step, cases, written, known)
                yield Line(f"{database}: {step.name}, {written.rows} rows", 1 / ours, 1 / raw, "per second")


def _in_turns(
    world: World, step: Measured, cases: list[str], written: Written, template: Identity
) -> tuple[float, float]:
    writer = RawWriter(world.backend.engine, written, template)
    ours, raw = [], []
    connection = _connect(world)
    try:
        for mine, other in zip(cases[::2], cases[1::2], strict=True):
            form = step.form(world, mine)
            began = time.perf_counter()
            step.take(world, mine, form)
            ours.append(time.perf_counter() - began)
            calls = writer.prepare(world.backend.engine, other)
            began = time.perf_counter()
            _write(connection, calls)
            raw.append(time.perf_counter() - began)
    finally:
        connection.close()
    return median(ours), median(raw)


def _connect(world: World) -> "sqlite3.Connection | psycopg.Connection":
    url = world.backend.engine.url
    if url.drivername.startswith("sqlite"):
        made = sqlite3.connect(url.database or "", isolation_level=None)
        made.execute("PRAGMA synchronous = FULL")
        made.execute("PRAGMA foreign_keys = ON")
        return made
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _write(
    connection: "sqlite3.Connection | psycopg.Connection", calls: "list[tuple[str, list[tuple[object, ...]]]]"
) -> None:
    cursor = connection.cursor()
    if isinstance(connection, sqlite3.Connection):
        cursor.execute("BEGIN IMMEDIATE")
    for statement, rows in calls:
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
            assert cursor.rowcount == 1
        else:
            cursor.executemany(statement, rows)
    connection.commit()
