"""Which rows are a dossier, and how a row is written so that it means the same in another database.

Ids of the dossier's own rows are written as their place in the bundle (1, 2, 3, …); rule sets by locality and number.
People and units keep their ids: the sealed bodies of the history cite them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Table, null, select
from sqlalchemy.orm import Session

from app.models.base import Base, Instant
from app.models.registry import MODELS

KINDS = tuple(str(model.__tablename__) for model in MODELS.values())
#: In the order in which they can be inserted, with the column that says to which dossier or case a row belongs.
OWN: dict[str, str] = {
    "dossier": "id",
    "cases": "dossier_id",
    **dict.fromkeys(KINDS, "id"),
    "record_revision": "record_id",
    "statement": "record_id",
    "notice_seal": "notice_id",
    "term": "dossier_id",
    "rung": "case_id",
    "event": "case_id",
    "proposal": "case_id",
    "recusal": "dossier_id",
    "attachment": "case_id",
}
#: Work that is going on, and what belongs to this installation: not part of what is handed over.
LEFT_OUT = frozenset({"outbox", "webhook_delivery", "stuck_claim", "draft", "dossier_import", "opened_case"})
#: Columns that say something about this installation only.
_LOCAL_COLUMNS = frozenset({("dossier", "imported_at"), ("term", "wakes_on"), ("attachment", "draft_id")})
#: Columns that older bundles do not know; they are written only where they say something.
_ADDED = frozenset({("event", "principal_id"), ("proposal", "principal_id")})
_KEPT_IDS = frozenset({"user_account", "unit"})
#: Columns that hold the id of a person or a unit without a foreign key saying so.
_PEOPLE = frozenset({"actor_id", "principal_id", "holder_person_id", "author_id", "uploaded_by"})
_UNITS = frozenset({"holder_unit_id"})

Row = dict[str, Any]
Ids = dict[str, dict[int, int]]


def table(name: str) -> Table:
    """A table by its name."""
    return Base.metadata.tables[name]


def columns_of(name: str) -> list[Column[Any]]:
    """The columns of a table that are part of a bundle, in their order."""
    return [column for column in table(name).columns if (name, column.name) not in _LOCAL_COLUMNS]


def target_of(column: Column[Any]) -> str:
    """The table whose id the column holds (a kind counts as `cases`); empty for any other column."""
    if column.name in _PEOPLE:
        return "user_account"
    if column.name in _UNITS:
        return "unit"
    for key in column.foreign_keys:
        name = key.target_fullname.partition(".")[0]
        if key.target_fullname.endswith(".id"):
            return "cases" if name in KINDS else name
    return ""


def hash_columns(name: str) -> list[str]:
    """The columns of a table that name a stored file by its hash."""
    return [
        column.name
        for column in columns_of(name)
        if column.name == "sha256" or any(key.target_fullname == "stored_file.sha256" for key in column.foreign_keys)
    ]


def read_own(session: Session, dossier_id: int) -> dict[str, list[Row]]:
    """Every row of a dossier by table, as the database holds it, oldest first."""
    found: dict[str, list[Row]] = {}
    cases: list[int] = []
    for name, column in OWN.items():
        own = table(name)
        by_dossier = name == "dossier" or column == "dossier_id"
        wanted: ColumnElement[bool] = own.c[column] == dossier_id if by_dossier else own.c[column].in_(cases)
        rows = session.execute(select(*columns_of(name)).where(wanted).order_by(*own.primary_key.columns))
        found[name] = [dict(row) for row in rows.mappings()]
        if name == "cases":
            cases = [row["id"] for row in found[name]]
    return found


def numbered(rows: Mapping[str, list[Row]]) -> Ids:
    """The place in the bundle of each row that has an id of its own, by table and id."""
    return {
        name: {row["id"]: place for place, row in enumerate(rows[name], 1)}
        for name in OWN
        if name not in KINDS and "id" in table(name).columns
    }


def written(name: str, row: Row, ids: Ids, rule_sets: Mapping[int, str]) -> Row:
    """A row as the bundle holds it: plain JSON values, ids as places."""
    out: Row = {}
    for column in columns_of(name):
        value, target = row[column.name], target_of(column)
        if value is None:
            if (name, column.name) not in _ADDED:
                out[column.name] = None
        elif target == "rule_set":
            out[column.name] = rule_sets[value]
        elif target in ids or (column.name == "id" and name in ids):
            out[column.name] = ids[target or name][value]
        elif isinstance(value, (date, datetime)):
            out[column.name] = value.isoformat()
        else:
            out[column.name] = value
    return out


def restored(name: str, row: Mapping[str, Any], ids: Ids, rule_sets: Mapping[str, int]) -> Row:
    """A row of a bundle as it can be inserted here: places as new ids; without its own id where it gets a new one.

    Raises:
        KeyError, ValueError, TypeError: the row is not one of this table.
    """
    row = {**{column: None for table_name, column in _ADDED if table_name == name}, **row}
    made: Row = {}
    for column in columns_of(name):
        value, target = row[column.name], target_of(column)
        if column.name == "id" and name not in KINDS:
            continue
        if value is None:
            made[column.name] = null()
        elif target == "rule_set":
            made[column.name] = rule_sets[value]
        elif target in ids:
            made[column.name] = ids[target][value]
        elif isinstance(column.type, Instant):
            made[column.name] = datetime.fromisoformat(value)
        elif isinstance(column.type, Date):
            made[column.name] = date.fromisoformat(value)
        else:
            made[column.name] = value
    if set(row) != {column.name for column in columns_of(name)}:
        raise KeyError(name)
    return made


def cited(rows: Mapping[str, Iterable[Row]], wanted: str) -> set[int]:
    """Ids of the people (`user_account`) or units (`unit`) that the rows name."""
    found: set[int] = set()
    for name, kept in rows.items():
        columns = [column.name for column in columns_of(name) if target_of(column) == wanted]
        found |= {row[column] for row in kept for column in columns if row[column] is not None}
        if wanted == "unit" and name == "objection":
            found |= {unit for row in kept for unit in row["transferred_by"] or ()}
    return found
