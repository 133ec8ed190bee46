"""承继: the open cases of a unit that ended pass to its successor, one dossier a transaction, with an event on each.

The loop needs no memory: what is left is what still names the unit, so it goes on after any interruption. Closed cases
keep the old unit. Where the successor would act officially on a record about itself, or review what it decided, the
unit above acts instead (指定办理), so that nothing waits for somebody who must keep out.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.database import read_transaction, write_transaction
from app.models.cases import Case
from app.models.imports import DossierImport
from app.models.kinds import Notice
from app.models.people import Locality, Unit, UnitMerger
from app.models.registry import MODELS
from app.services import terms
from app.services.backend import Backend
from app.services.holding import settle_holder
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.errors import Refusal
from workflows.registry import workflow

#: Relations of a case to a unit, as its event names them. The subject stands first: the others look at it.
RELATIONS = {
    "subject_unit_id": "当事单位", "provider_unit_id": "信息提供单位", "finder_unit_id": "认定单位",
    "handling_unit_id": "信用管理部门", "review_unit_id": "复核机关", "tolerance_unit_id": "容错认定机关",
    "implementer_unit_id": "联动奖惩实施单位", "recipient_unit_id": "受送达单位",
}  # fmt: skip
#: In these it acts with public power, and must keep out of what is recorded about itself.
OFFICIAL = (
    "provider_unit_id", "finder_unit_id", "handling_unit_id", "review_unit_id", "tolerance_unit_id",
    "implementer_unit_id",
)  # fmt: skip


@dataclass(frozen=True)
class Heir:
    """Who takes over, and who acts where he must keep out; None: there is nobody above him."""

    predecessor: int
    successor: int
    above: int | None

    def relations_of(self, case: Case) -> dict[str, int]:
        """What the relations of a case become; empty where nothing changes."""
        return self.changes(relations_in(case))

    def changes(self, named: Mapping[str, int | None]) -> dict[str, int]:
        """The same of units by relation."""
        moved = {name: self.successor for name in RELATIONS if named[name] == self.predecessor}
        if not moved or self.above is None:
            return moved
        after = {**named, **moved}
        if after["subject_unit_id"] == self.successor:
            concerned = OFFICIAL if "subject_unit_id" in moved else tuple(name for name in OFFICIAL if name in moved)
            moved |= {name: self.above for name in concerned if after[name] == self.successor}
            after |= moved
        same = after["review_unit_id"] is not None and after["review_unit_id"] == after["handling_unit_id"]
        if same and moved.keys() & {"review_unit_id", "handling_unit_id"}:
            moved["review_unit_id"] = self.above
        return moved


def relations_in(case: Case) -> dict[str, int | None]:
    """The units that a case names, by relation."""
    return {name: getattr(case, name) for name in RELATIONS}


def review_body_of(session: Session, record: Case) -> int | None:
    """The 复核机关 that a record names.

    One that is closed keeps the units of its time, though an objection to it that was decided may still be put to
    review: it is asked what it would name had it been handed over like the open ones.
    """
    named = relations_in(record)
    if record.phase == "closed":
        mergers = select(UnitMerger).where(UnitMerger.status.in_(("running", "done"))).order_by(UnitMerger.id)
        for merger in session.scalars(mergers):
            named |= heir_of(session, merger.predecessor_id, merger.successor_id).changes(named)
    return named["review_unit_id"]


def concerns(unit_id: int) -> ColumnElement[bool]:
    """Open cases that name a unit; copies from another installation are read only and stay as they are."""
    named = or_(*(getattr(Case, name) == unit_id for name in RELATIONS))
    return (Case.phase != "closed") & named & Case.dossier_id.not_in(select(DossierImport.dossier_id))


def carry_on(backend: Backend, merger_uid: str, clock: Callable[[], datetime], patience: float | None = None) -> int:
    """Move what is left of a merger; returns how many dossiers are left. Several processes may be at it at once.

    Args:
        patience: seconds after which it stops and leaves the rest to the next call; None: it goes on to the end.
    """
    started = time.monotonic()
    with read_transaction(backend.engine) as session:
        found = session.scalar(select(UnitMerger).where(UnitMerger.uid == merger_uid))
        if found is None or found.status not in ("running", "done"):
            return 0
        merger, heir = found, heir_of(session, found.predecessor_id, found.successor_id)
        names = dict(session.execute(select(Unit.id, Unit.name)).all())
        left = list(session.scalars(_dossiers(merger.predecessor_id)))
    cause = cause_of(merger, names)
    failed = 0
    while left:
        if patience is not None and time.monotonic() - started > patience:
            return len(left) + failed
        dossier_id = left.pop(0)
        try:
            with unit_of_work(backend, clock()) as work:
                work.lock(dossier_id)
                moved = _move_dossier(work, heir, cause, names)
                row = work.session.get(UnitMerger, merger.id, with_for_update=True)
                assert row is not None
                row.moved_cases += moved
        except Refusal as refusal:
            # Such as a clock that went back: the others pass, this one is tried again by the next round.
            failed += 1
            _remark(backend, merger.id, refusal.message)
    _finish(backend, merger.id, clock())
    return failed


def cause_of(merger: UnitMerger, names: Mapping[int, str]) -> str:
    """What happened to the unit, in a sentence."""
    old, new = names[merger.predecessor_id], names[merger.successor_id]
    ended = f"{old}并入{new}" if merger.manner == "merged" else f"{old}撤销，职权由{new}行使"
    return f"{ended}（{merger.basis}）"


def heir_of(session: Session, predecessor: int, successor: int) -> Heir:
    """The successor with the unit above it, as cases are to be handed over."""
    office = session.scalar(select(Locality.superior_unit_id).where(Locality.office_unit_id == successor))
    unit = session.get(Unit, successor)
    above = office if office not in (None, successor, predecessor) else unit.superior_id if unit else None
    return Heir(predecessor, successor, above if above not in (successor, predecessor) else None)


def _dossiers(unit_id: int) -> Select[int]:
    return select(Case.dossier_id).where(concerns(unit_id)).distinct().order_by(Case.dossier_id)


def _move_dossier(work: UnitOfWork, heir: Heir, cause: str, names: dict[int, str]) -> int:
    assert work.dossier is not None
    rows = work.session.execute(
        select(Case.id, Case.kind).where(Case.dossier_id == work.dossier.id, concerns(heir.predecessor))
    )
    moved = 0
    for case_id, kind in rows.all():
        case = work.session.get(MODELS[kind], case_id)
        assert isinstance(case, Case)
        changed = heir.relations_of(case)
        if not changed:
            continue
        told = "；".join(f"{RELATIONS[name]}变更为{names[unit]}" for name, unit in changed.items())
        relations = {name: [getattr(case, name), unit] for name, unit in changed.items()}
        content = {"note": f"{cause}：{told}", "relations": relations}
        for name, unit in changed.items():
            setattr(case, name, unit)
        _let_read_the_letters(work, case, changed)
        if isinstance(case, Notice) and case.state == "drafted" and case.organ_unit_id == heir.predecessor:
            case.organ_unit_id = heir.successor
        terms.note_on_case(work, case, "noted", "unit_succession", content)
        work.session.flush()
        settle_holder(work, case, workflow(case.kind), terms.live_terms(work, case.id))
        moved += 1
    return moved


def _let_read_the_letters(work: UnitOfWork, case: Case, changed: Mapping[str, int]) -> None:
    """What was served in a case that others are to decide is closed and stays; who takes the deciding over reads it."""
    for name in changed.keys() & {"review_unit_id", "tolerance_unit_id"}:
        let_in = select(Notice).where(Notice.parent_id == case.id, getattr(Notice, name).is_not(None))
        for notice in work.session.scalars(let_in.where(Case.phase == "closed")):
            setattr(notice, name, changed[name])


def _remark(backend: Backend, merger_id: int, words: str) -> None:
    with write_transaction(backend.sessions) as session:
        row = session.get(UnitMerger, merger_id, with_for_update=True)
        assert row is not None
        row.remark = words[:400]


def _finish(backend: Backend, merger_id: int, now: datetime) -> None:
    with write_transaction(backend.sessions) as session:
        row = session.get(UnitMerger, merger_id, with_for_update=True)
        assert row is not None
        if row.status == "running" and session.scalar(_dossiers(row.predecessor_id).limit(1)) is None:
            row.status, row.done_at, row.remark = "done", now, ""


def carry_on_all(backend: Backend, clock: Callable[[], datetime], *, finished: bool = False) -> int:
    """Carry on every merger under way, with `finished` also look after those that ended; how many were looked at.

    A closed case may be taken up again after its unit ended (复核); the daily look hands it over like the others.
    """
    states = ("running", "done") if finished else ("running",)
    with read_transaction(backend.engine) as session:
        uids = list(
            session.scalars(select(UnitMerger.uid).where(UnitMerger.status.in_(states)).order_by(UnitMerger.id))
        )
    for uid in uids:
        carry_on(backend, uid, clock)
    return len(uids)


def count_open(session: Session, unit_id: int) -> int:
    """How many open cases name a unit."""
    return session.execute(select(func.count()).select_from(Case).where(concerns(unit_id))).scalar_one()
