"""文书成文: how the sheets of signed notices come along, and which drafts wait for the reader's signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from app.access.capacities import visible_filter
from app.access.hands import held_by
from app.models.cases import Case
from app.models.history import OutboxRow
from app.models.kinds import Notice
from app.models.people import Unit, User
from app.models.seals import NoticeSeal
from app.services.reading.copies import not_a_copy
from app.services.reading.reader import Reader
from app.services.reading.wording import mark_of_draft, words_of
from workflows.identity import mask_name
from workflows.kit.errors import NotFound
from workflows.notice import DRAFTED, NOTICE, SEALING
from workflows.registry import workflow
from workflows.roles import Post

#: Who signs notices or sends them out has the board; a party has his notices on his own pages.
SEES_BOARD = frozenset({Post.OFFICER, Post.APPROVER, Post.HEAD, Post.DEPUTY, Post.REVIEWER, Post.TOLERANCE_HEAD})
#: Drafts shown at once, each with its full text; the rest follow when these are signed.
DRAFTS = 40
_ROWS = 200


class Making(StrEnum):
    """How far a sheet has come."""

    WAITING = "waiting"
    MAKING = "making"
    RETRYING = "retrying"
    FAILED = "failed"
    SEALING = "sealing"
    DONE = "done"

    @property
    def label(self) -> str:
        return {
            "waiting": "等待生成",
            "making": "正在生成",
            "retrying": "等待重试",
            "failed": "生成失败",
            "sealing": "等待用印",
            "done": "已成文",
        }[self.value]


@dataclass(frozen=True)
class SheetLine:
    """One notice on the board. `error` says why it could not be made, `again_at` when that is tried again."""

    uid: str
    title: str
    number: str
    recipient: str
    making: Making
    error: str = ""
    attempts: int = 0
    again_at: datetime | None = None


@dataclass(frozen=True)
class SheetBoard:
    """The board. `issued` counts what came to be yesterday and today, `lines` what is still to come."""

    lines: tuple[SheetLine, ...]
    counts: dict[Making, int]
    issued: int
    recent: tuple[SheetLine, ...]
    drafts: int

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.issued

    @property
    def moving(self) -> bool:
        """Whether the board will look different in a moment without anybody doing anything."""
        return any(self.counts[making] for making in (Making.WAITING, Making.MAKING))

    @property
    def failed(self) -> int:
        """How many wait for a person, or for the next attempt."""
        return self.counts[Making.FAILED] + self.counts[Making.RETRYING]


@dataclass(frozen=True)
class Draft:
    """A drafted notice that the reader signs. One whose text was edited is signed by itself, not with others."""

    uid: str
    version: int
    title: str
    recipient: str
    belongs_to: str
    due_on: date | None
    edited: bool
    words: str
    #: Marks the words, for the signature to hold them.
    mark: str


def demand_board(reader: Reader) -> None:
    """Raises `NotFound` for whoever signs no notices and sends none out."""
    if not reader.standing.units(SEES_BOARD):
        raise NotFound


def read_board(reader: Reader) -> SheetBoard:
    """What is being made, what failed and what was done since yesterday, as far as the reader may see it.

    Raises:
        NotFound: as `demand_board`.
    """
    demand_board(reader)
    own = select(Case.id).where(visible_filter(NOTICE, reader.standing), not_a_copy())
    waiting = (
        select(Notice, OutboxRow, NoticeSeal.sent_sha256)
        .outerjoin(OutboxRow, (OutboxRow.case_id == Notice.id) & (OutboxRow.work == "seal"))
        .outerjoin(NoticeSeal, NoticeSeal.notice_id == Notice.id)
        .where(Notice.id.in_(own), Notice.state == SEALING.key)
        .order_by(OutboxRow.id)
    )
    rows = reader.session.execute(waiting).all()
    since = reader.today - timedelta(days=1)
    done = (Notice.id.in_(own), Notice.issued_on >= since, Notice.state != SEALING.key)
    issued = reader.session.execute(select(func.count()).select_from(Notice).where(*done)).scalar_one()
    recent = reader.session.execute(select(Notice).where(*done).order_by(Notice.id.desc()).limit(20)).scalars().all()
    names = _names(reader, [*(notice for notice, _, _ in rows), *recent])
    lines = [_line(notice, work, sent is not None, reader.now, names) for notice, work, sent in rows]
    counts: dict[Making, int] = {making: sum(line.making is making for line in lines) for making in _ORDER}
    drafts = select(func.count()).select_from(Case).where(held_by(reader.standing), not_a_copy(), *_DRAFTED)
    return SheetBoard(
        lines=tuple(sorted(lines, key=lambda line: _ORDER.index(line.making))[:_ROWS]),
        counts=counts,
        issued=issued,
        recent=tuple(_done(notice, names) for notice in recent),
        drafts=reader.session.execute(drafts).scalar_one(),
    )


def read_drafts(reader: Reader) -> tuple[Draft, ...]:
    """The drafted notices that the reader has to sign, what is due first in front, each with its full text.

    Raises:
        NotFound: as `demand_board`.
    """
    demand_board(reader)
    ids = select(Case.id).where(held_by(reader.standing), not_a_copy(), *_DRAFTED)
    statement = select(Notice).where(Notice.id.in_(ids)).order_by(Notice.due_on.is_(None), Notice.due_on, Notice.id)
    notices = reader.session.execute(statement.limit(DRAFTS)).scalars().all()
    names = _names(reader, notices)
    parents = _parents(reader, notices)
    return tuple(
        Draft(
            uid=notice.uid,
            version=notice.version,
            title=notice.title,
            recipient=_recipient(notice, names),
            belongs_to=parents.get(notice.parent_id, ""),
            due_on=notice.due_on,
            edited=bool(notice.added_text or notice.edits),
            words=words_of(reader, notice.uid),
            mark=mark_of_draft(reader, notice.uid),
        )
        for notice in notices
    )


def failure_of(reader: Reader, notice: Notice) -> str:
    """Why the sheet of a notice could not be made so far; empty if nothing failed."""
    statement = select(OutboxRow.error).where(
        OutboxRow.case_id == notice.id, OutboxRow.work == "seal", OutboxRow.status != "done"
    )
    return reader.session.execute(statement).scalars().first() or ""


_DRAFTED = (Case.kind == NOTICE.key, Case.state == DRAFTED.key)
_ORDER = (Making.FAILED, Making.RETRYING, Making.MAKING, Making.WAITING, Making.SEALING)
_Names = dict[tuple[str, int], str]


def _line(notice: Notice, work: OutboxRow | None, sent: bool, now: datetime, names: _Names) -> SheetLine:
    making = _making(work, sent, now)
    failed = making in (Making.FAILED, Making.RETRYING)
    return SheetLine(
        uid=notice.uid,
        title=notice.title,
        number=notice.number or "",
        recipient=_recipient(notice, names),
        making=making,
        error=work.error if work else "",
        attempts=work.attempts if work and failed else 0,
        again_at=work.not_before if work and making is Making.RETRYING else None,
    )


def _making(work: OutboxRow | None, sent: bool, now: datetime) -> Making:
    """How far; `sent`: the sheet lies with a seal platform, which takes its time and is no failure."""
    if work is None or work.status == "stuck":
        return Making.FAILED
    if work.claimed_until is not None and work.claimed_until > now:
        return Making.MAKING
    if sent:
        return Making.SEALING
    return Making.RETRYING if work.error else Making.WAITING


def _done(notice: Notice, names: _Names) -> SheetLine:
    return SheetLine(notice.uid, notice.title, notice.number or "", _recipient(notice, names), Making.DONE)


def _recipient(notice: Notice, names: _Names) -> str:
    if notice.recipient_person_id is not None:
        return mask_name(names[("person", notice.recipient_person_id)])
    return names.get(("unit", notice.recipient_unit_id or 0), "")


def _names(reader: Reader, notices: Sequence[Notice]) -> _Names:
    people = {notice.recipient_person_id for notice in notices} - {None}
    units = {notice.recipient_unit_id for notice in notices} - {None}
    found: _Names = {}
    for kind, ids, model in (("person", people, User), ("unit", units, Unit)):
        rows = reader.session.execute(select(model.id, model.name).where(model.id.in_(sorted(ids))))
        found |= {(kind, row.id): row.name for row in rows}
    return found


def _parents(reader: Reader, notices: Sequence[Notice]) -> dict[int | None, str]:
    ids = {notice.parent_id for notice in notices}
    rows = reader.session.execute(select(Case.id, Case.kind, Case.number).where(Case.id.in_(ids)))
    return {row.id: f"{workflow(row.kind).label} {row.number or '（尚未编号）'}" for row in rows}
