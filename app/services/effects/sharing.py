"""Sync items: one case per target that must learn of a record and of its end (R52, R70, S01–S16)."""

from sqlalchemy import exists, or_, select

from app.access.standing import in_force
from app.models.cases import Case
from app.models.kinds import Record
from app.models.kinds_more import SyncItem
from app.models.people import PostHolding, Unit, UnitName, User
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.opening import child_of
from app.services.units.names import exists_on
from workflows.roles import Post
from workflows.rules.model import SyncTarget

#: States of a record that no correction reaches any more.
_NO_LONGER_CORRECTED = frozenset({"declined", "annulled", "exempted"})


def open_sync_items(run: StepRun) -> None:
    """Open one item per target that takes this record; what was never listed was never shared."""
    record = run.work.session.execute(select(Record).where(Record.dossier_id == run.case.dossier_id)).scalar_one()
    if run.outcome.step.key == "list":
        record.listed_on = run.ctx.today
    if record.listed_on is not None:
        run.after.append(lambda: _open_all(run, record))


def _open_all(run: StepRun, record: Record) -> None:
    told = _told_before(run, record)
    targets = [target for target in run.ctx.rules.sync_targets if target.id in told or takes(target, record)]
    for target in targets:
        item = child_of(run.work, run.case, "sync")
        item.rule_set_id = run.case.rule_set_id
        form = {"target": target.id, "label": target.label, "trigger": _cause(run)}
        apply_step(run.work, item, "open", SYSTEM, form)
    for item in _pending(run):
        if any(target.id == item.target and target.fed_automatically for target in targets):
            apply_step(run.work, item, "confirm", SYSTEM, {"note": "自动同步"})
    if not targets and run.case.kind == "repair":
        apply_step(run.work, run.case, "complete", SYSTEM, {})


def _cause(run: StepRun) -> str:
    """What has to be taken over: whoever was told of a review would not know that it grants the repair."""
    step = run.outcome.step
    granted = run.workflow.step("approve") if run.case.kind == "repair" and step.key == "decide_review" else None
    return (granted or step).label


def _told_before(run: StepRun, record: Record) -> frozenset[str]:
    """Whoever was told of the record hears of each change, also of the one that takes it out of his sight."""
    statement = select(SyncItem.target).where(SyncItem.dossier_id == record.dossier_id)
    return frozenset(run.work.session.execute(statement).scalars())


def open_sync_items_if_still_shown(run: StepRun) -> None:
    """An upheld “still shown”: the record ended before, so that no step of its own tells the targets."""
    record = run.work.session.execute(select(Record).where(Record.dossier_id == run.case.dossier_id)).scalar_one()
    if record.state in _NO_LONGER_CORRECTED and run.outcome.cascades:
        open_sync_items(run)


def _pending(run: StepRun) -> list[SyncItem]:
    statement = select(SyncItem).where(SyncItem.parent_id == run.case.id, Case.phase != "closed")
    return list(run.work.session.execute(statement.order_by(SyncItem.id)).scalars())


def takes(target: SyncTarget, record: Record) -> bool:
    """Whether a target is told of this record: per record, the right kind of subject, the level of disclosure."""
    kind = "organ" if record.subject_unit_id is not None else "person"
    if not target.per_record or kind not in target.subject_kinds or record.disclosure_level == "none":
        return False
    return not target.publishes or (kind == "organ" and record.disclosure_level == "public")


def keep_sync_item(run: StepRun) -> None:
    """What has to be taken over, by whom; it replaces what was still pending for the same target."""
    item, form = run.case, run.ctx.form
    assert isinstance(item, SyncItem)
    item.target, item.target_label, item.trigger = form.target, form.label, form.trigger
    unit = _unit_that_confirms(run, form.target)
    # A unit does not confirm what is recorded about itself (回避).
    item.implementer_unit_id = unit if unit != item.subject_unit_id else None
    run.after.append(lambda: _drop_replaced(run, item))


def _unit_that_confirms(run: StepRun, target: str) -> int | None:
    """The target's own unit where it works in the system; what it does not confirm here, the office confirms for it."""
    name = next((one.unit for one in run.ctx.rules.sync_targets if one.id == target), "")
    staffed = exists().where(
        PostHolding.unit_id == Unit.id,
        PostHolding.post == Post.IMPLEMENTER.value,
        in_force(PostHolding, run.work.today),
        User.id == PostHolding.user_id,
        User.active,
    )
    # The rules keep the name of their day: a unit renamed since goes by one that it bore.
    borne = exists().where(UnitName.unit_id == Unit.id, UnitName.name == name, UnitName.from_on <= run.work.today)
    statement = select(Unit.id).where(or_(Unit.name == name, borne), exists_on(run.work.today), staffed)
    statement = statement.order_by((Unit.name == name).desc(), Unit.id)
    return run.work.session.scalar(statement) if name else None


def _drop_replaced(run: StepRun, item: SyncItem) -> None:
    older = select(SyncItem).where(
        SyncItem.dossier_id == item.dossier_id,
        SyncItem.target == item.target,
        SyncItem.id != item.id,
        Case.phase != "closed",
    )
    for replaced in list(run.work.session.execute(older).scalars()):
        apply_step(run.work, replaced, "drop", SYSTEM, {"reason": f"由新的同步事项代替：{item.trigger}"})


EFFECTS = {
    "open_sync_items": open_sync_items,
    "open_sync_items_if_still_shown": open_sync_items_if_still_shown,
    "keep_sync_item": keep_sync_item,
}
