"""Telling one address of one step, after the step was committed: signed, at least once, with ids and nothing else.

Signed as "Standard Webhooks" are: HMAC-SHA256 over id, time and body (https://www.standardwebhooks.com). An address
that does not answer is left alone for a while as a whole, so that it costs other work one wait and not one per step.
"""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.access.capacities import standing_of
from app.clock import legal_day
from app.database import read_transaction, write_transaction
from app.models.api import ApiToken, WebhookDelivery, WebhookSubscription
from app.models.cases import Case
from app.models.history import EventRow
from app.models.people import User
from app.services.announcing import Announcement
from app.services.api_tokens import Scope, owner_problem, scopes_of
from app.services.backend import Backend
from app.services.machine_steps import seen_besides_owner
from app.services.outbox import RETRIES, Claim, NotYet
from app.services.outgoing import AddressRefused, NotReached, Outgoing
from app.services.reading.history import audiences_of
from app.services.reading.reader import case_for, reader_of
from app.services.webhooks import secret_of
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.roles import Post

#: After so long an event is not news any more; the receiver asks for what it has missed.
GIVEN_UP_AFTER = timedelta(hours=24)
_DELIVERY = uuid.UUID("7d0c6d2e-5f0e-4b52-9a53-20b1a3f0b6c4")
_ACCEPTED = range(200, 300)


@dataclass(frozen=True)
class _Letter:
    """What is to be sent to whom."""

    subscription_id: int
    case_id: int
    seq: int
    delivery: str
    url: str
    secret: bytes
    body: bytes
    event_at: datetime
    failures: int
    retry_at: datetime | None


def signature(secret: bytes, delivery: str, sent_at: datetime, body: bytes) -> str:
    """The value of `webhook-signature` for one attempt."""
    signed = b".".join((delivery.encode(), str(int(sent_at.timestamp())).encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def deliver(backend: Backend, outgoing: Outgoing, claim: Claim, now: datetime) -> None:
    """Tell an address of an event, if it still listens and its token may see the event.

    Raises:
        NotYet: it could not be told now; it is tried again until the event is a day old.
    """
    letter = _letter(backend, Announcement.parse(claim.key), now)
    if letter is None:
        return
    overdue = now - letter.event_at > GIVEN_UP_AFTER
    if letter.retry_at is not None and letter.retry_at > now:
        if not overdue:
            raise NotYet("接收方此前未能接收，到时一并重试。", letter.retry_at - now)
        _keep(backend, letter, "given_up", None, "接收方长时间未能接收，不再重试。", now, letter.retry_at)
        return
    answer, error = _send(outgoing, letter, now)
    if not error:
        _keep(backend, letter, "delivered", answer, "", now, None)
        return
    wait = RETRIES[min(letter.failures, len(RETRIES) - 1)]
    _keep(backend, letter, "given_up" if overdue else "waiting", answer, error, now, now + wait)
    if not overdue:
        raise NotYet(error, wait)


def _send(outgoing: Outgoing, letter: _Letter, now: datetime) -> tuple[int | None, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Zhengcheng-Webhooks/1",
        "webhook-id": letter.delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(letter.secret, letter.delivery, now, letter.body),
    }
    try:
        status = outgoing.post(letter.url, letter.body, headers)
    except (AddressRefused, NotReached) as failure:
        return None, str(failure)
    return status, "" if status in _ACCEPTED else f"接收方答复的状态码为{status}，未予接收。"


def _letter(backend: Backend, told: Announcement, now: datetime) -> _Letter | None:
    """What to send; None where nobody listens any more, or the token may not see the event."""
    with read_transaction(backend.engine) as session:
        found = session.execute(
            select(WebhookSubscription, ApiToken, User)
            .join(ApiToken, ApiToken.id == WebhookSubscription.token_id)
            .join(User, User.id == ApiToken.user_id)
            .where(WebhookSubscription.uid == told.subscription, WebhookSubscription.ended_at.is_(None))
        ).one_or_none()
        if found is None:
            return None
        row, token, account = found
        today = legal_day(now)
        listens = token.revoked_at is None and token.expires_on >= today and Scope.WEBHOOKS in scopes_of(token)
        owner = session.get_one(User, token.owner_id)
        answered_for = owner.active and not owner_problem(session, owner.id, token.unit_id, Post(token.post), today)
        if not listens or not answered_for:
            return None
        reader = reader_of(backend, session, Actor(account.id, account.name, account.uid), now)
        try:
            case = case_for(reader, told.case)
        except NotFound:
            return None
        event = session.execute(
            select(EventRow).where(EventRow.case_id == case.id, EventRow.seq == told.seq)
        ).scalar_one()
        if event.audience not in audiences_of(reader, case):
            return None
        if not seen_besides_owner(reader, standing_of(session, owner.id, today), [case.uid]):
            return None
        delivery = str(uuid.uuid5(_DELIVERY, str(told)))
        return _Letter(
            row.id,
            case.id,
            told.seq,
            delivery,
            row.url,
            secret_of(backend.keys, row),
            _body(case, event, delivery),
            event.at,
            row.failures,
            row.retry_at,
        )


def _body(case: Case, event: EventRow, delivery: str) -> bytes:
    content = {
        "id": delivery,
        "type": "case.step",
        "case": case.uid,
        "kind": case.kind,
        "step": event.step,
        "seq": event.seq,
        "version": event.version,
        "at": event.at.isoformat(),
    }
    return json.dumps(content, separators=(",", ":")).encode()


def _keep(
    backend: Backend,
    letter: _Letter,
    status: str,
    answer: int | None,
    error: str,
    now: datetime,
    retry_at: datetime | None,
) -> None:
    """Enter the attempt, and whether the address is left alone for a while."""
    failures = letter.failures + 1 if error else 0
    with write_transaction(backend.sessions) as session:
        row = session.execute(
            select(WebhookDelivery).where(
                WebhookDelivery.subscription_id == letter.subscription_id,
                WebhookDelivery.case_id == letter.case_id,
                WebhookDelivery.event_seq == letter.seq,
            )
        ).scalar_one_or_none()
        if row is None:
            row = WebhookDelivery(
                uid=letter.delivery,
                subscription_id=letter.subscription_id,
                case_id=letter.case_id,
                event_seq=letter.seq,
                attempts=0,
                first_at=now,
            )
            session.add(row)
        row.status, row.answer, row.error, row.last_at = status, answer, error[:200], now
        row.attempts += 1
        session.execute(
            update(WebhookSubscription)
            .where(WebhookSubscription.id == letter.subscription_id)
            .values(failures=failures, retry_at=retry_at)
        )
