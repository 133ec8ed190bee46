"""Sync items: one case per target that must learn of a record and of its end (R52, R70, S01–S16)."""

from sqlalchemy import select

from app.models.kinds import Record
from app.models.registry import MODELS
from app.services.applying import SYSTEM, StepRun, apply_step
from app.services.opening import child_of
from workflows.rules.model import SyncTarget


def open_sync_items(run: StepRun) -> None:
    """Open one item per target that takes this record; what was never listed was never shared."""
    record = run.work.session.execute(select(Record).where(Record.dossier_id == run.case.dossier_id)).scalar_one()
    if record.listed_on is None and run.outcome.step.key != "list":
        return
    if run.outcome.step.key == "list":
        record.listed_on = run.ctx.today
    run.after.append(lambda: _open_all(run, record))


def _open_all(run: StepRun, record: Record) -> None:
    for target in run.ctx.rules.sync_targets:
        if takes(target, record):
            item = child_of(run.work, run.case, "sync")
            item.rule_set_id = run.case.rule_set_id
            form = {"target": target.id, "label": target.label, "trigger": run.outcome.step.key}
            apply_step(run.work, item, "open", SYSTEM, form)


def takes(target: SyncTarget, record: Record) -> bool:
    """Whether a target is told of this record: per record, the right kind of subject, the level of disclosure."""
    kind = "organ" if record.subject_unit_id is not None else "person"
    if not target.per_record or kind not in target.subject_kinds or "sync" not in MODELS:
        return False
    if record.disclosure_level == "none":
        return False
    return not target.publishes or (kind == "organ" and record.disclosure_level == "public")


EFFECTS = {"open_sync_items": open_sync_items}
