"""The history: events collected during a transaction are written into the chain of each case at its end."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.models.cases import Case
from app.models.history import EventRow

ALGORITHM = "HMAC-SM3"
_WRITE = insert(cast(Table, EventRow.__table__))


def canonical(value: Any) -> str:
    """Canonical JSON text: sorted keys, no spaces, dates as ISO; equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot be written canonically: {type(value).__name__}")


def form_hash(given: Any) -> str:
    """Fingerprint of a form: the same idempotency key with another form is refused."""
    return hashlib.sha256(canonical(given).encode()).hexdigest()


@dataclass
class PendingEvent:
    """One event to be written. `sort` is step, or what an event that is no step is called."""

    case: Case
    sort: str
    step: str
    actor_id: int | None
    at: datetime
    audience: str
    content: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    form_hash: str = ""
    version: int = 0
    round: int = 1
    #: For whom he acted (委托代办).
    principal_id: int | None = None


def chain_events(keys: KeyRing, pending: list[PendingEvent]) -> list[dict[str, Any]]:
    """Chain the events case by case; the cases get their new chain heads, the rows are returned for the insert."""
    by_case: dict[int, list[PendingEvent]] = defaultdict(list)
    for event in pending:
        by_case[event.case.id].append(event)
    return [_row(event.case, event, keys) for events in by_case.values() for event in events]


def number_to_be(event: PendingEvent, pending: list[PendingEvent]) -> int:
    """The number that a collected event will have in its case: those of a case keep the order of their collection."""
    place = next(place for place, one in enumerate(pending) if one is event)
    return event.case.event_count + 1 + sum(one.case.id == event.case.id for one in pending[:place])


def write_events(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert chained events with one `executemany`."""
    if rows:
        session.execute(_WRITE, rows)


def _row(case: Case, event: PendingEvent, keys: KeyRing) -> dict[str, Any]:
    seq = case.event_count + 1
    body = canonical(
        {
            **event.content,
            "case": case.uid,
            "seq": seq,
            "sort": event.sort,
            "step": event.step,
            "actor": event.actor_id,
            "at": event.at,
            "audience": event.audience,
            "version": event.version,
            "round": event.round,
            **({} if event.principal_id is None else {"principal": event.principal_id}),
        }
    )
    mac = keys.chain_mac(case.chain_head, body)
    case.chain_head, case.event_count = mac, seq
    return {
        "case_id": case.id,
        "seq": seq,
        "sort": event.sort,
        "step": event.step,
        "actor_id": event.actor_id,
        "principal_id": event.principal_id,
        "at": event.at,
        "audience": event.audience,
        "version": event.version,
        "round": event.round,
        "idempotency_key": event.key,
        "form_hash": event.form_hash,
        "body": body,
        "mac": mac,
        "key_id": keys.active,
        "algorithm": ALGORITHM,
    }
