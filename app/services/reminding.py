"""催办提醒 by mail. The reminder itself is the event on the case, which the inbox shows; the mail only calls to it.

A mail says which case and until when, and where to sign in. No name, no matter, no field of the case leaves the system.
"""

import hashlib
import smtplib
from collections.abc import Iterable
from datetime import date
from email.message import EmailMessage

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.database import read_transaction
from app.documents.text import day
from app.models.cases import Case
from app.models.people import PostHolding, User
from app.models.terms import TermRow
from app.services.backend import Backend
from app.services.mail_addresses import mail_address_of
from app.services.outbox import Claim
from app.settings import MailSettings
from workflows.roles import HEAD_OF, RELATIONS, Capacity

_SECONDS = 20.0


class MailNotSent(RuntimeError):
    """The mail server did not take every mail; says which way it failed and never to whom."""


def remind(backend: Backend, mail: MailSettings, claim: Claim, today: date) -> None:
    """Mail everybody who must act on the term of one reminder; nothing to do without a mail server.

    A second attempt sends the same mails under the same Message-ID, so that a mail program shows them once.

    Raises:
        MailNotSent: the row is counted and comes back.
    """
    if not mail.host:
        return
    messages = _messages(backend, mail, claim, today)
    if not messages:
        return
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS) as server:
            if mail.starttls:
                server.starttls()
            if mail.login:
                server.login(mail.login, mail.password)
            refused = [failure for message in messages if (failure := _send(server, message))]
    except (smtplib.SMTPException, OSError) as error:
        raise MailNotSent(f"邮件服务器不可用（{type(error).__name__}）") from None
    if refused:
        raise MailNotSent(f"{len(messages)}封提醒邮件中有{len(refused)}封被拒收（{'、'.join(sorted(set(refused)))}）")


def _send(server: smtplib.SMTP, message: EmailMessage) -> str:
    """Send one mail; returns how it was refused, so that one bad address does not keep the others waiting."""
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        return "、".join(sorted({str(code) for code, _text in refusal.recipients.values()}))
    return ""


def _messages(backend: Backend, mail: MailSettings, claim: Claim, today: date) -> list[EmailMessage]:
    _work, _uid, term, arming, rung = claim.key.split(":")
    with read_transaction(backend.engine) as session:
        case = session.get(Case, claim.case_id)
        row = session.scalar(
            select(TermRow).where(TermRow.case_id == claim.case_id, TermRow.key == term, TermRow.arming == int(arming))
        )
        if case is None or row is None or row.status != "running" or row.due_on is None:
            # Done meanwhile: there is nothing left to remind of.
            return []
        people = {
            user.id: user
            for capacity in _reminded(Capacity(row.holder), rung)
            for user in _who_must_act(session, case, capacity, today)
        }.values()
        addresses = {user.uid: mail_address_of(backend.keys, user) for user in people}
        text = _text(case, row.due_on, backend.base_url)
        subject = f"办理提醒：{case.number}" if case.number else "办理提醒：您有一项事项待办"
    return [_message(mail, claim, uid, to, subject, text) for uid, to in addresses.items() if to]


def _reminded(holder: Capacity, rung: str) -> tuple[Capacity, ...]:
    """The holder, and on the last working day but one his head as well (ladder, procedures, section 0)."""
    head = HEAD_OF.get(holder)
    return (holder, head) if rung == "t-1" and head is not None else (holder,)


def _who_must_act(session: Session, case: Case, capacity: Capacity, today: date) -> Iterable[User]:
    found: dict[int, User] = {}
    for relation in RELATIONS.get(capacity, ()):
        value = getattr(case, relation.column)
        if value is None:
            continue
        statement = select(User).where(User.active).order_by(User.id)
        if relation.posts:
            statement = statement.join(PostHolding, PostHolding.user_id == User.id).where(
                PostHolding.unit_id == value,
                PostHolding.post.in_(sorted(post.value for post in relation.posts)),
                PostHolding.from_on <= today,
                or_(PostHolding.until_on.is_(None), PostHolding.until_on >= today),
            )
        else:
            statement = statement.where(User.id == value)
        found |= {user.id: user for user in session.scalars(statement)}
    return found.values()


def _text(case: Case, due_on: date, base_url: str) -> str:
    number = f"（{case.number}）" if case.number else ""
    return (
        f"您有一项政务诚信事项{number}待办理，办理期限至{day(due_on)}。\n"
        f"请登录系统办理：{base_url.rstrip('/')}/cases/{case.uid}\n\n"
        "本邮件由系统自动发送，仅作提醒，不作为送达，请勿回复。\n"
    )


def _message(mail: MailSettings, claim: Claim, uid: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender or mail.login, to, subject
    message["Message-ID"] = f"<{hashlib.sha256(f'{claim.key}:{uid}'.encode()).hexdigest()[:40]}@zhengcheng>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
