"""The rows that a step writes, found by comparing the database before and after it, and a raw driver writing them.

The raw side knows everything beforehand: it reads nothing, checks the version, and commits once.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from app.models.base import Base
from app.models.cases import Case
from app.models.terms import TermRow

Row = Mapping[str, Any]
Identity = list[tuple[str, int]]
Snapshot = dict[str, dict[tuple[Any, ...], Row]]
_FOUNDING = {"calendar_version", "rule_set", "case_state"}


def snapshot(engine: Engine) -> Snapshot:
    """Every row of every table by its key."""
    found: Snapshot = {}
    with engine.connect() as connection:
        for table in _tables():
            keys = [column.name for column in table.primary_key.columns]
            rows = connection.execute(select(table)).mappings()
            found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return found


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in _FOUNDING]


@dataclass(frozen=True)
class Written:
    """What one step wrote: new rows, and the changed columns of old ones, per table in an order that keys allow."""

    inserted: Mapping[str, Sequence[Row]]
    updated: Mapping[str, Sequence[tuple[Row, Row]]]

    @property
    def rows(self) -> int:
        return sum(map(len, self.inserted.values())) + sum(map(len, self.updated.values()))


def written_between(before: Snapshot, after: Snapshot) -> Written:
    """The difference of two snapshots."""
    inserted: dict[str, list[Row]] = {}
    updated: dict[str, list[tuple[Row, Row]]] = {}
    for name, rows in after.items():
        for key, row in rows.items():
            old = before[name].get(key)
            if old is None:
                inserted.setdefault(name, []).append(row)
            elif changed := {column: value for column, value in row.items() if old[column] != value}:
                updated.setdefault(name, []).append((old, changed))
    return Written(inserted, updated)


class RawWriter:
    """Writes the rows of a template step on other cases in the same situation, with the driver alone."""

    def __init__(self, engine: Engine, written: Written, template: Identity) -> None:
        self._written = written
        self._postgresql = engine.dialect.name == "postgresql"
        self._dialect: Any = postgresql.psycopg.dialect() if self._postgresql else sqlite.dialect()
        self._tables = {table.name: table for table in _tables()}
        self._template = template
        self._next_id = 10_000_000

    def prepare(self, engine: Engine, uid: str) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """The statements for one case with their parameters: made outside the measured time."""
        same = {old: new for old, (_, new) in zip(self._template, identity(engine, uid), strict=True)}
        new_ids: dict[Any, int] = {}
        calls: list[tuple[str, list[tuple[Any, ...]]]] = []
        for name, pairs in self._written.updated.items():
            for old, changed in pairs:
                calls.append(self._update(self._tables[name], old, changed, same))
        for name, rows in self._written.inserted.items():
            calls.append(self._insert(self._tables[name], rows, same, new_ids))
        return calls

    def _update(self, table: Table, old: Row, changed: Row, same: Mapping[Any, Any]) -> tuple[str, list[Any]]:
        if table.name == "number_series":
            more = changed["last"] - old["last"]
            return f"UPDATE number_series SET last = last + {more} WHERE key = {self._mark}", [(old["key"],)]
        sets = ", ".join(f'"{column}" = {self._mark}' for column in changed)
        keys = [column.name for column in table.primary_key.columns]
        where = [(key, same.get((table.name, old[key]), old[key])) for key in keys]
        if table.name == "cases":
            where.append(("version", old["version"]))
        statement = f"UPDATE {table.name} SET {sets} WHERE {' AND '.join(f'{key} = {self._mark}' for key, _ in where)}"
        values = [self._value(table, column, value) for column, value in changed.items()]
        return statement, [(*values, *(value for _, value in where))]

    def _insert(
        self, table: Table, rows: Sequence[Row], same: Mapping[Any, Any], new_ids: dict[Any, int]
    ) -> tuple[str, list[Any]]:
        columns = list(rows[0])
        marks = ", ".join([self._mark] * len(columns))
        names = ", ".join(f'"{column}"' for column in columns)
        values = [
            tuple(
                self._value(table, column, self._moved(table, column, row[column], same, new_ids)) for column in columns
            )
            for row in rows
        ]
        return f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values

    @property
    def _mark(self) -> str:
        return "%s" if self._postgresql else "?"

    def _moved(self, table: Table, column: str, value: Any, same: Mapping[Any, Any], new_ids: dict[Any, int]) -> Any:
        """A value of the template as it is in the other case: new keys, and keys of its own rows."""
        own = table.c[column]
        if column == "id" and not own.foreign_keys:
            return new_ids.setdefault((table.name, value), self._new_id())
        for key in own.foreign_keys:
            target = (key.column.table.name, value)
            if target in new_ids:
                return new_ids[target]
            return same.get(target, value)
        if column in {"uid", "code", "key"} and table.name in {"cases", "notice", "outbox"} and value:
            return value if (table.name, column) == ("notice", "key") else uuid.uuid4().hex[:20]
        if (table.name, column) == ("cases", "number") and value:
            return uuid.uuid4().hex
        if (table.name, column) == ("notice", "number_serial") and value:
            return self._new_id()
        return value

    def _new_id(self) -> int:
        self._next_id += 1_000  # room for the rows that the measured step makes in between
        return self._next_id

    def _value(self, table: Table, column: str, value: Any) -> Any:
        process = table.c[column].type.dialect_impl(self._dialect).bind_processor(self._dialect)
        return process(value) if process is not None else value


def identity(engine: Engine, uid: str) -> Identity:
    """What tells a case from another in the same situation: its own key, its dossier's, its terms'."""
    with engine.connect() as connection:
        case = connection.execute(select(Case.id, Case.dossier_id).where(Case.uid == uid)).one()
        terms = connection.execute(
            select(TermRow.id).where(TermRow.case_id == case.id).order_by(TermRow.key, TermRow.arming)
        ).scalars()
        return [("cases", case.id), ("dossier", case.dossier_id), *(("term", term) for term in terms)]
