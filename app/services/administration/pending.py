"""待处理任务: what the machine gave up or is trying again, without a name and without what a case says (trust 1.6)."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update

from app.crypto import KeyRing
from app.database import Database
from app.models.api import WebhookDelivery
from app.models.history import OutboxRow
from app.models.terms import StuckClaim, TermRow
from app.services import calling, verifying
from app.services.access_log import Act, write_entry
from app.services.announcing import WORK
from app.services.imports.batches import WORK as IMPORT
from app.services.reading.reader import Reader
from workflows.registry import WORKFLOWS

_SHOWN = 200
WORKS = {
    "seal": "生成并签章文书",
    "remind": "发送邮件提醒",
    WORK: "推送办理通知",
    IMPORT: "批量导入",
    calling.WORK: "批量催办",
    verifying.WORK: "校验审计链",
}
#: What stands in quotation marks may be a name or what somebody wrote.
_QUOTED = re.compile("“[^”]*”")


@dataclass(frozen=True)
class Task:
    """One piece of work: `key` names it for a retry; `retry_at` is empty for one that was given up."""

    key: str
    label: str
    attempts: int
    error: str
    retry_at: datetime | None


@dataclass(frozen=True)
class Pending:
    """What waits: by kind of work, and each piece that failed, the given-up ones first."""

    tasks: tuple[Task, ...]
    stuck: int
    waiting: tuple[tuple[str, int], ...]
    undelivered: int


def read_pending(reader: Reader) -> Pending:
    """Everything that failed, and how much waits in line."""
    failed = or_(OutboxRow.status == "stuck", and_(OutboxRow.status == "open", OutboxRow.error != ""))
    rows = reader.session.scalars(
        select(OutboxRow).where(failed).order_by(OutboxRow.status.desc(), OutboxRow.id).limit(_SHOWN)
    )
    tasks = [
        Task(f"work-{row.id}", WORKS.get(row.work, row.work), row.attempts, unnamed(row.error),
             None if row.status == "stuck" else row.not_before)
        for row in rows
    ]  # fmt: skip
    claims = reader.session.execute(
        select(StuckClaim, TermRow.key)
        .join(TermRow, TermRow.id == StuckClaim.term_id)
        .order_by(StuckClaim.term_id)
        .limit(_SHOWN)
    )
    tasks += [
        Task(
            f"term-{claim.term_id}",
            f"期限到期处理：{_term_label(key)}",
            claim.attempts,
            unnamed(claim.error),
            claim.retry_at,
        )
        for claim, key in claims
    ]
    line = reader.session.execute(
        select(OutboxRow.work, func.count()).where(OutboxRow.status == "open").group_by(OutboxRow.work)
    )
    undelivered = reader.session.scalar(
        select(func.count()).select_from(WebhookDelivery).where(WebhookDelivery.status == "given_up")
    )
    return Pending(
        tuple(sorted(tasks, key=lambda task: task.retry_at is not None)),
        sum(task.retry_at is None for task in tasks),
        tuple((WORKS.get(work, work), count) for work, count in line),
        undelivered or 0,
    )


def retry(database: Database, keys: KeyRing, which: str, now: datetime, by: int) -> int:
    """Let one failed task (by its key), or with `all` every one, be tried again at once; returns how many."""
    kind, _, number = which.partition("-")
    one = int(number) if number.isdecimal() and len(number) < 18 else 0
    works = or_(OutboxRow.status == "stuck", and_(OutboxRow.status == "open", OutboxRow.error != ""))
    with database.write() as session:
        count = 0
        if which == "all" or (kind == "work" and one):
            wanted = works if which == "all" else and_(works, OutboxRow.id == one)
            values = {"status": "open", "attempts": 0, "not_before": now, "claimed_until": None}
            count += int(session.execute(update(OutboxRow).where(wanted).values(**values)).rowcount)  # type: ignore[attr-defined]
        if which == "all" or (kind == "term" and one):
            claims = delete(StuckClaim)
            done = session.execute(claims if which == "all" else claims.where(StuckClaim.term_id == one))
            count += int(done.rowcount)  # type: ignore[attr-defined]
        if count:
            write_entry(session, keys, Act.RETRIED, by, now, target=which, purpose=f"{count}项")
    return count


def unnamed(error: str) -> str:
    """An error without what it quotes."""
    return _QUOTED.sub("“…”", error)


def _term_label(key: str) -> str:
    return next((term.label for flow in WORKFLOWS.values() for term in flow.terms if term.key == key), key)
