"""Telling programs of steps: in the step's own transaction one outbox row for each address that may have to know.

Who is asked is kept for some seconds, so that a step costs no question; a new address hears of steps from then on.
Whether it may know is judged when it is told (`webhook_delivery`).
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models.api import ApiToken, WebhookSubscription
from app.models.cases import Case
from workflows.roles import RELATIONS, Post

#: What the rows in the outbox are called.
WORK = "webhook"
#: Seconds after which it is looked again who wants to be told.
KEPT_SECONDS = 10.0


@dataclass(frozen=True)
class _Listener:
    uid: str
    unit_id: int
    columns: tuple[str, ...]


_LISTENERS: WeakKeyDictionary[Engine, tuple[float, tuple[_Listener, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Announcement:
    """One event that an address is to be told of, as the key of its outbox row says it."""

    subscription: str
    case: str
    seq: int

    def __str__(self) -> str:
        return f"{WORK}:{self.subscription}:{self.case}:{self.seq}"

    @classmethod
    def parse(cls, key: str) -> "Announcement":
        _, subscription, case, seq = key.split(":")
        return cls(subscription, case, int(seq))


def announcements(
    session: Session, engine: Engine, cases: Iterable[Case], rows: list[dict[str, Any]]
) -> list[tuple[Announcement, int]]:
    """Whom the steps among these chained events concern by the units of their cases, with the id of the case."""
    listeners = _listeners(session, engine)
    if not listeners:
        return []
    known: Mapping[int, Case] = {case.id: case for case in cases}
    return [
        (Announcement(listener.uid, case.uid, row["seq"]), case.id)
        for row in rows
        if row["sort"] == "step"
        for case in [known[row["case_id"]]]
        for listener in listeners
        if any(getattr(case, column) == listener.unit_id for column in listener.columns)
    ]


def forget_listeners(engine: Engine) -> None:
    """Somebody has begun or ceased to listen: this process looks again at the next step."""
    _LISTENERS.pop(engine, None)


def _listeners(session: Session, engine: Engine) -> tuple[_Listener, ...]:
    now = time.monotonic()
    known = _LISTENERS.get(engine)
    if known is None or now - known[0] > KEPT_SECONDS:
        rows = session.execute(
            select(WebhookSubscription.uid, ApiToken.unit_id, ApiToken.post)
            .join(ApiToken, ApiToken.id == WebhookSubscription.token_id)
            .where(WebhookSubscription.ended_at.is_(None), ApiToken.revoked_at.is_(None))
        )
        known = (now, tuple(_Listener(row.uid, row.unit_id, _columns(Post(row.post))) for row in rows))
        _LISTENERS[engine] = known
    return known[1]


def _columns(post: Post) -> tuple[str, ...]:
    """The columns by which a case concerns the unit in which somebody holds this post."""
    found = (relation.column for relations in RELATIONS.values() for relation in relations if post in relation.posts)
    return tuple(dict.fromkeys(found))
