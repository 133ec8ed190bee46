"""Importing records: what a row costs in the dry run, and what it costs to be made, beside the same step by itself.

Each row becomes a draft by the step that a clerk's press takes, in a transaction of its own with event, history and
marks; the import may add little to it. Processor time of this process and of PostgreSQL's, which company does not grow.
"""

import time
from collections.abc import Callable, Iterator

from sqlalchemy import text

from app.services.commands import TakeStep
from app.services.imports.batches import confirm, upload
from app.services.steps import take_step
from bench.places import DATABASES, Places
from bench.processor import spent_by
from bench.report import Line
from tests.support.importing import HEADINGS, reading_as, row_of, run
from tests.support.workbooks import csv_with
from tests.support.world import World

ROWS = 500
_UNIT = "ms of a processor a row"


def measure(places: Places, rows: int = ROWS) -> Iterator[Line]:
    """The dry run of so many rows; then all of them made, beside bare steps."""
    for database in DATABASES:
        with places.world(database) as world:
            yield from _measured(world, f"{database}, {rows:,} rows", rows)


def _measured(world: World, name: str, rows: int) -> Iterator[Line]:
    file = csv_with(HEADINGS, *(row_of(number) for number in range(1, rows + 1)))
    with reading_as(world, "clerk") as reader:
        uid = upload(reader, "records", "bench.csv", file)
    yield Line(f"{name}: dry run", _spent(world, lambda: run(world)) / rows, None, _UNIT)
    with reading_as(world, "clerk") as reader:
        confirm(reader, uid, "all")
    made = _spent(world, lambda: run(world)) / rows
    yield Line(f"{name}: made", made, _spent(world, lambda: _bare(world, rows)) / rows, _UNIT)


def _bare(world: World, rows: int) -> None:
    """The same records, each by its step alone."""
    subject = world["subject"].uid
    for number in range(rows):
        form = {
            "subject": subject, "source_type": "penalty", "source_number": f"示裸〔2026〕{number}号",
            "source_on": "2026-06-01", "source_organ": "示例乙局", "effective_on": "2026-06-01", "behaviour": "B30",
            "facts": "未按承诺的期限办结，造成企业损失。", "conduct_ended_on": "2026-05-01", "severity": "general",
            "exemption": "none", "secret_free": True,
        }  # fmt: skip
        command = TakeStep(
            "create", world["clerk"], form, opens="record", unit_id=world.units["provider"], key=f"bare-{number}"
        )
        take_step(world.backend, command, world.clock())


def _spent(world: World, act: Callable[[], object]) -> float:
    """Milliseconds of a processor; on PostgreSQL with those of its processes for this database."""
    servers = _servers(world)
    before = time.process_time() * 1000 + sum(map(spent_by, servers))
    act()
    return time.process_time() * 1000 + sum(map(spent_by, servers)) - before


def _servers(world: World) -> list[int]:
    engine = world.backend.engine
    if engine.dialect.name != "postgresql":
        return []
    own = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    with engine.connect() as connection:
        return list(connection.execute(text(own)).scalars())
