"""Sealing old values anew after the key changed (trust 1.7), so that the old key can one day be put away.

Batch by batch under row locks, while the system runs. Whatever already uses the active key is passed over: a run that
was interrupted goes on where it was. What cannot be opened is left as it is and reported.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, object_session

from app.crypto import FieldContext, KeyRing, SealBroken
from app.database import Database
from app.models.api import WebhookSubscription
from app.models.batches import ImportBatch, ImportRow
from app.models.entry import KeptForm
from app.models.people import ServiceAddress, User

#: Rows of one transaction.
BATCH = 100


@dataclass(frozen=True)
class SealedColumn:
    """A column that holds ciphertext; `place` tells the row it is bound to."""

    column: InstrumentedAttribute[Any]
    key: InstrumentedAttribute[Any]
    place: Callable[[Any], str]

    @property
    def model(self) -> Any:
        return self.column.class_

    def context(self, row: Any) -> FieldContext:
        return FieldContext(self.model.__tablename__, self.column.key, self.place(row))

    def old(self, keys: KeyRing) -> ColumnElement[bool]:
        """Rows whose value uses another key than the active one; an empty value is none."""
        active = f"{keys.provider.seal_algorithm}:{keys.active}:"
        return (self.column != "") & ~self.column.startswith(active, autoescape=True)


def _uid(row: Any) -> str:
    return str(row.uid)


def _place_of_row(row: Any) -> str:
    session = object_session(row)
    assert session is not None
    return f"{session.get_one(ImportBatch, row.batch_id).uid}/{row.number}"


#: Every column with ciphertext; a test compares them with the models.
COLUMNS = (
    SealedColumn(User.identity_sealed, User.id, _uid),
    SealedColumn(User.totp_sealed, User.id, _uid),
    SealedColumn(User.mail_sealed, User.id, _uid),
    SealedColumn(ServiceAddress.sealed, ServiceAddress.id, _uid),
    SealedColumn(WebhookSubscription.secret_sealed, WebhookSubscription.id, _uid),
    SealedColumn(ImportBatch.content, ImportBatch.id, _uid),
    SealedColumn(ImportRow.sealed, ImportRow.id, _place_of_row),
    SealedColumn(KeptForm.sealed, KeptForm.token_hash, lambda row: str(row.token_hash)),
)


@dataclass(frozen=True)
class Resealed:
    """What one run did; `broken` names the values that could not be opened: table, column, key of the row."""

    done: int
    broken: tuple[str, ...]


def outstanding(session: Session, keys: KeyRing) -> int:
    """How many values use another key than the active one."""
    counts = (session.scalar(select(func.count()).where(sealed.old(keys))) or 0 for sealed in COLUMNS)
    return sum(counts)


def reseal(database: Database, keys: KeyRing, tell: Callable[[int, int], None]) -> Resealed:
    """Seal every old value with the active key; the index of identity numbers follows its number.

    Args:
        tell: hears after each batch how many are done, of how many.
    """
    with database.read() as session:
        total = outstanding(session, keys)
    done, broken = 0, list[str]()
    for sealed in COLUMNS:
        for count, failed in _batches(database, keys, sealed):
            done += count
            broken += failed
            tell(done + len(broken), total)
    return Resealed(done, tuple(broken))


def _batches(database: Database, keys: KeyRing, sealed: SealedColumn) -> Iterator[tuple[int, list[str]]]:
    last: Any = None
    while True:
        with database.write() as session:
            statement = select(sealed.model).where(sealed.old(keys)).order_by(sealed.key).limit(BATCH)
            if last is not None:
                statement = statement.where(sealed.key > last)
            rows = session.scalars(statement.with_for_update(of=sealed.model)).all()
            failed = [name for row in rows if (name := _anew(keys, sealed, row))]
            last = getattr(rows[-1], sealed.key.key) if rows else None
        if not rows:
            return
        yield len(rows) - len(failed), failed


def _anew(keys: KeyRing, sealed: SealedColumn, row: Any) -> str:
    """Seal one value anew; names it if it cannot be opened."""
    context = sealed.context(row)
    try:
        value = keys.unseal(getattr(row, sealed.column.key), context)
    except SealBroken:
        return f"{context.table}.{context.column} {getattr(row, sealed.key.key)}"
    setattr(row, sealed.column.key, keys.seal(value, context))
    if sealed.column.key == "identity_sealed":
        row.identity_index = keys.blind_index(value)
    return ""
