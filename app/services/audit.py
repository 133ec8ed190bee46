"""`audit verify`: every history recomputed from its stored bodies, compared with columns, heads and anchors.

One pass over the events in the order of their cases; nothing is kept but the head of the case being read and the
places that anchors name, so a million rows need little memory.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.crypto.keys import KeyFileRefused
from app.models.cases import Case
from app.models.history import AnchorRow, EventRow
from app.services.events import ALGORITHM

_BATCH = 5_000
#: More faults than this are counted, not listed: one wrong row in a chain makes every later one wrong.
_LISTED = 200
#: Columns that are copies of what the body says, in the order in which they are read after case, MAC and body.
_COPIES = ("seq", "sort", "step", "actor", "audience", "version", "round", "at", "principal")
_copies_of = itemgetter(*_COPIES[:-2])

#: What the anchors sealed: by the uid of a case, the MAC at each place of its history.
SealedHeads = dict[str, dict[int, str]]


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold: in which case, at which event (0: the case as a whole), and what."""

    case: str
    seq: int
    what: str

    def __str__(self) -> str:
        place = f"第{self.seq}条" if self.seq else "整条链"
        return f"事项{self.case}{place}：{self.what}"


@dataclass
class AuditReport:
    """What was read and what does not hold."""

    cases: int = 0
    events: int = 0
    anchors: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.fault_count == 0

    def found(self, case: str, seq: int, what: str) -> None:
        self.fault_count += 1
        if len(self.faults) < _LISTED:
            self.faults.append(Fault(case, seq, what))


@dataclass
class _Head:
    """How far the chain of one case was followed."""

    case_id: int
    uid: str
    seq: int = 0
    mac: str = ""


def verify(session: Session, keys: KeyRing) -> AuditReport:
    """Recompute every chain with a reading session.

    Finds: an event that was changed, deleted, inserted, moved or cut off; a column that says something else than the
    body; a head that does not fit; a history that is shorter than, or different from, what an anchor sealed.
    """
    report = AuditReport()
    anchored = read_anchors(session, keys, report)
    verify_range(session, keys, report, anchored, None, None)
    verify_presence(session, report, anchored)
    return report


def verify_range(
    session: Session,
    keys: KeyRing,
    report: AuditReport,
    anchored: SealedHeads,
    after: int | None,
    through: int | None,
) -> None:
    """Recompute the chains of the cases with keys above `after` up to `through`; None: without a bound.

    The chain of a case is read within one transaction, so a long verification may be done range by range.
    """
    rows = session.execute(
        select(Case.id, Case.uid, Case.chain_head, Case.event_count).where(*_within(Case.id, after, through))
    )
    cases: dict[int, Any] = {row.id: row for row in rows}
    head: _Head | None = None
    followed: set[int] = set()
    sealed: dict[int, str] = {}
    for case_id, mac, body, key_id, algorithm, *copies in _events(session, after, through):
        if head is None or head.case_id != case_id:
            _end(report, head, cases, anchored)
            known = cases.get(case_id)
            head = _Head(case_id, known.uid if known else f"#{case_id}")
            sealed = anchored.get(head.uid, {})
            followed.add(case_id)
        _follow(report, keys, head, copies[0], mac, body, key_id)
        if algorithm != ALGORITHM:
            report.found(head.uid, head.seq, f"不认识的算法“{algorithm}”")
        _compare(report, head, body, copies)
        if sealed and sealed.get(head.seq, mac) != mac:
            report.found(head.uid, head.seq, "与存证时的历史不一致")
        report.events += 1
    _end(report, head, cases, anchored)
    for case_id, case in cases.items():
        if case_id not in followed and case.event_count:
            report.found(case.uid, 0, "历史全部缺失")
    report.cases += len(followed)


def verify_presence(session: Session, report: AuditReport, anchored: SealedHeads) -> None:
    """Every case that an anchor sealed is still there."""
    for uid in anchored.keys() - set(session.scalars(select(Case.uid))):
        report.found(uid, 0, "存证中有这一事项，数据库中没有")


def _within(column: Any, after: int | None, through: int | None) -> Iterator[ColumnElement[bool]]:
    if after is not None:
        yield column > after
    if through is not None:
        yield column <= through


def _events(session: Session, after: int | None, through: int | None) -> Iterator[Any]:
    statement = (
        select(
            EventRow.case_id,
            EventRow.mac,
            EventRow.body,
            EventRow.key_id,
            EventRow.algorithm,
            EventRow.seq,
            EventRow.sort,
            EventRow.step,
            EventRow.actor_id,
            EventRow.audience,
            EventRow.version,
            EventRow.round,
            EventRow.at,
            EventRow.principal_id,
        )
        .where(*_within(EventRow.case_id, after, through))
        .order_by(EventRow.case_id, EventRow.seq)
    )
    yield from session.execute(statement.execution_options(yield_per=_BATCH))


def _follow(report: AuditReport, keys: KeyRing, head: _Head, seq: int, mac: str, body: str, key_id: str) -> None:
    """One link of the chain: its place, and its MAC over the one before."""
    head.seq += 1
    if seq != head.seq:
        report.found(head.uid, seq, f"序号不连续，应为第{head.seq}条")
        head.seq = seq
    try:
        holds = keys.chain_mac(head.mac, body, key_id) == mac
    except KeyFileRefused:
        report.found(head.uid, seq, f"密钥文件中没有密钥“{key_id}”")
    else:
        if not holds:
            report.found(head.uid, seq, "内容或者前后次序被改动（校验值不符）")
    head.mac = mac


def _compare(report: AuditReport, head: _Head, body: str, copies: list[Any]) -> None:
    """The searchable columns say what the body says."""
    try:
        said = from_json(body)
        own = (*_copies_of(said), datetime.fromisoformat(said["at"]), said.get("principal"))
        case = said["case"]
    except (ValueError, KeyError, TypeError):
        report.found(head.uid, head.seq, "正文不是完整的记录")
        return
    if own != tuple(copies) or case != head.uid:
        differing = [name for name, here, there in zip(_COPIES, own, copies, strict=True) if here != there]
        differing += ["case"] if case != head.uid else []
        report.found(head.uid, head.seq, "检索列与正文不一致：" + "、".join(differing))


def _end(report: AuditReport, head: _Head | None, cases: dict[int, Any], anchored: SealedHeads) -> None:
    """The chain of a case is at its end: does it reach as far as the case and the anchors say?"""
    if head is None:
        return
    case = cases.get(head.case_id)
    if case is None:
        report.found(head.uid, 0, "有历史而没有事项")
        return
    if case.event_count != head.seq:
        report.found(head.uid, 0, f"应有{case.event_count}条，实有{head.seq}条")
    elif case.chain_head != head.mac:
        report.found(head.uid, 0, "链头与最后一条不符")
    longest = max(anchored.get(head.uid, {0: ""}))
    if longest > head.seq:
        report.found(head.uid, 0, f"存证时已有{longest}条，现仅有{head.seq}条，末尾被截去")


def read_anchors(session: Session, keys: KeyRing, report: AuditReport) -> SealedHeads:
    """What the anchors sealed: per case, the MAC at each place; the anchors form a chain of their own."""
    sealed: SealedHeads = {}
    previous = ""
    for row in session.execute(select(AnchorRow).order_by(AnchorRow.id)).scalars():
        report.anchors += 1
        try:
            holds = keys.chain_mac(previous, row.body, row.key_id) == row.mac
        except KeyFileRefused:
            holds = False
        if not holds:
            report.found("-", row.id, "存证被改动，或者前一份存证缺失")
        previous = row.mac
        for uid, (count, mac) in json.loads(row.body)["heads"].items():
            sealed.setdefault(uid, {})[count] = mac
    return sealed
