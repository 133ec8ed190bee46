"""访问日志 as an auditor finds it: who signed in, looked, took out or administrated, when and why (trust 1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, or_, select

from app.clock import start_of_day
from app.models.cases import Case
from app.models.history import AccessLog
from app.models.people import User
from app.services.access_log import Act
from app.services.reading.access_targets import named_targets
from app.services.reading.audit_trail import MOST_EXPORTED, PAGE, Wanted, demand_auditor
from app.services.reading.reader import Reader
from app.workbooks.values import Content

#: Acts of which the program says why or how; what is said of any other somebody wrote as his reason.
_WORDS_OF_OURS = frozenset(
    act.value
    for act in (
        Act.SIGN_IN, Act.SIGN_IN_REFUSED, Act.SESSIONS_ENDED, Act.RETRIED, Act.SIGN_ON_LINKED, Act.POST_ADDED,
        Act.POST_ENDED, Act.TOKEN_CREATED, Act.TOKEN_REVOKED, Act.DELEGATED, Act.DRAFT_HANDED_OVER, Act.IMPORTED,
    )
)  # fmt: skip


@dataclass(frozen=True)
class AccessLine:
    """One row of the access log; `target` says what it is about, in words."""

    id: int
    at: datetime
    act: str
    actor: str
    target: str
    purpose: str
    address: str


def read_access(
    reader: Reader, wanted: Wanted, act: str, before: int | None = None
) -> tuple[tuple[AccessLine, ...], int | None]:
    """One page of what fits, the newest first, and the key of the next page.

    Raises:
        NotFound: the reader is no auditor.
    """
    demand_auditor(reader)
    statement = _wanted(wanted, act).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(AccessLog.id < before)
    rows = reader.session.execute(statement).all()
    return _lines(reader, rows[:PAGE]), rows[PAGE - 1][0].id if len(rows) > PAGE else None


def export_access(reader: Reader, wanted: Wanted, act: str) -> tuple[AccessLine, ...]:
    """Everything that fits, at most MOST_EXPORTED, the newest first.

    Raises:
        NotFound: the reader is no auditor.
    """
    demand_auditor(reader)
    return _lines(reader, reader.session.execute(_wanted(wanted, act).limit(MOST_EXPORTED)).all())


def _wanted(wanted: Wanted, act: str) -> Select[AccessLog, str | None]:
    statement = (
        select(AccessLog, User.name)
        .outerjoin(User, User.id == AccessLog.user_id)
        .outerjoin(Case, Case.uid == AccessLog.target)
        .order_by(AccessLog.id.desc())
    )
    if act in {one.value for one in Act}:
        statement = statement.where(AccessLog.act == act)
    if wanted.number:
        statement = statement.where(Case.number.contains(wanted.number, autoescape=True))
    if wanted.actor:
        statement = statement.where(or_(User.name.contains(wanted.actor, autoescape=True), User.login == wanted.actor))
    if wanted.from_on:
        statement = statement.where(AccessLog.at >= start_of_day(wanted.from_on))
    if wanted.until_on:
        statement = statement.where(AccessLog.at < start_of_day(wanted.until_on + timedelta(days=1)))
    return statement


def _lines(reader: Reader, rows: Sequence[Row[AccessLog, str | None]]) -> tuple[AccessLine, ...]:
    named = named_targets(reader.session, ((row.act, row.target) for row, _ in rows))
    known = {one.value for one in Act}
    return tuple(
        AccessLine(
            id=row.id,
            at=row.at,
            act=Act(row.act).label if row.act in known else row.act,
            actor=Content(actor or ""),
            target=named[row.act, row.target],
            purpose=row.purpose if row.act in _WORDS_OF_OURS else Content(row.purpose),
            address=row.address,
        )
        for row, actor in rows
    )
