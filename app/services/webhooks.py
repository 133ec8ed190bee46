"""Addresses that are told of steps: each belongs to a token, is shown its key once, and hears what its token sees."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.crypto import FieldContext, KeyRing
from app.database import Database
from app.models.api import ApiToken, WebhookDelivery, WebhookSubscription
from app.models.base import new_uid
from app.models.cases import Case
from app.services.access_log import Act, write_entry
from app.services.announcing import forget_listeners
from app.services.api_callers import Caller
from app.services.outgoing import AddressRefused, Outgoing
from workflows.kit.errors import FieldError, FormIncomplete, NotFound, Refusal

#: How many addresses one token may have at a time.
MOST = 5
PAGE = 50
SECRET_PREFIX = "whsec_"
_SECRET_BYTES = 32


class TooManyWebhooks(Refusal):
    """The token has as many addresses as it may."""

    code = "TooManyWebhooks"
    status = 409

    def __init__(self) -> None:
        super().__init__(f"每个接口令牌至多设置{MOST}个办理通知地址。请先取消不用的地址。")


@dataclass(frozen=True)
class WebhookLine:
    """One address. `failures` in a row; while there are any, nothing is sent before `retry_at`."""

    uid: str
    url: str
    created_at: datetime
    failures: int
    retry_at: datetime | None
    token: str


@dataclass(frozen=True)
class DeliveryLine:
    """What came of telling an address of one event."""

    key: int
    uid: str
    case: str
    seq: int
    status: str
    attempts: int
    answer: int | None
    error: str
    first_at: datetime
    last_at: datetime


def subscribe(
    database: Database, keys: KeyRing, outgoing: Outgoing, caller: Caller, url: str, now: datetime
) -> tuple[WebhookLine, str]:
    """Let an address be told; returns it with the key that signs what it is sent, which is shown this once.

    Raises:
        FormIncomplete: the address may not be sent to.
        TooManyWebhooks: the token has as many as it may.
    """
    wanted = url.strip()
    try:
        outgoing.check(wanted)
    except AddressRefused as refusal:
        raise FormIncomplete((FieldError("url", "通知地址", str(refusal)),)) from None
    secret = secrets.token_bytes(_SECRET_BYTES)
    uid = new_uid()
    with database.write() as session:
        session.execute(select(ApiToken.id).where(ApiToken.id == caller.token_id).with_for_update())
        held = select(func.count()).where(
            WebhookSubscription.token_id == caller.token_id, WebhookSubscription.ended_at.is_(None)
        )
        if session.execute(held).scalar_one() >= MOST:
            raise TooManyWebhooks
        row = WebhookSubscription(
            uid=uid,
            token_id=caller.token_id,
            url=wanted,
            secret_sealed=keys.seal(base64.b64encode(secret).decode(), _context(uid)),
            created_at=now,
            failures=0,
        )
        session.add(row)
        write_entry(session, keys, Act.WEBHOOK_ADDED, caller.user_id, now, target=uid)
    forget_listeners(database.engine)
    return WebhookLine(uid, wanted, now, 0, None, caller.token_uid), SECRET_PREFIX + base64.b64encode(secret).decode()


def unsubscribe(database: Database, keys: KeyRing, caller: Caller, uid: str, now: datetime) -> None:
    """Tell an address nothing any more; what was sent stays in its list.

    Raises:
        NotFound: the token has no such address.
    """
    with database.write() as session:
        row = _own(session, caller, uid)
        row.ended_at = now
        write_entry(session, keys, Act.WEBHOOK_ENDED, caller.user_id, now, target=uid)
    forget_listeners(database.engine)


def list_webhooks(database: Database, token_id: int | None = None) -> list[WebhookLine]:
    """The addresses that are told, of one token or of all, oldest first."""
    statement = (
        select(WebhookSubscription, ApiToken.uid)
        .join(ApiToken, ApiToken.id == WebhookSubscription.token_id)
        .where(WebhookSubscription.ended_at.is_(None))
        .order_by(WebhookSubscription.id)
    )
    if token_id is not None:
        statement = statement.where(WebhookSubscription.token_id == token_id)
    with database.read() as session:
        return [
            WebhookLine(row.uid, row.url, row.created_at, row.failures, row.retry_at, token)
            for row, token in session.execute(statement)
        ]


def list_deliveries(
    database: Database, uid: str, caller: Caller | None = None, before: int | None = None
) -> tuple[list[DeliveryLine], int | None]:
    """What an address was told, newest first, and the key of the next page.

    Args:
        caller: whose address it has to be; None at the command line.

    Raises:
        NotFound: there is no such address, or it is another token's.
    """
    with database.read() as session:
        known = session.scalar(select(WebhookSubscription).where(WebhookSubscription.uid == uid))
        if known is None or (caller is not None and known.token_id != caller.token_id):
            raise NotFound("未找到该通知地址。")
        statement = (
            select(WebhookDelivery, Case.uid)
            .join(Case, Case.id == WebhookDelivery.case_id)
            .where(WebhookDelivery.subscription_id == known.id)
            .order_by(WebhookDelivery.id.desc())
            .limit(PAGE + 1)
        )
        if before is not None:
            statement = statement.where(WebhookDelivery.id < before)
        rows = session.execute(statement).all()
    lines = [
        DeliveryLine(
            row.id,
            row.uid,
            case,
            row.event_seq,
            row.status,
            row.attempts,
            row.answer,
            row.error,
            row.first_at,
            row.last_at,
        )
        for row, case in rows[:PAGE]
    ]
    return lines, lines[-1].key if len(rows) > PAGE else None


def secret_of(keys: KeyRing, row: WebhookSubscription) -> bytes:
    """The key that signs what this address is sent."""
    return base64.b64decode(keys.unseal(row.secret_sealed, _context(row.uid)))


def _own(session: Session, caller: Caller, uid: str) -> WebhookSubscription:
    row = session.scalar(
        select(WebhookSubscription)
        .where(WebhookSubscription.uid == uid, WebhookSubscription.token_id == caller.token_id)
        .where(WebhookSubscription.ended_at.is_(None))
        .with_for_update()
    )
    if row is None:
        raise NotFound("未找到该通知地址。")
    return row


def _context(uid: str) -> FieldContext:
    return FieldContext("webhook_subscription", "secret_sealed", uid)
