"""What a proposal, request or draft leads to, taken in a preview in the place of whoever will decide or sign.

Whoever proposes a decision or drafts an answer makes no notice himself. To show him the one that he brings about, the
next step is judged as taken by somebody who really holds that post, with the conditions that bind that person.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select

from app.models.cases import Case
from app.models.people import PostHolding, User
from app.services.applying import StepRun
from app.services.commands import TakeStep
from app.services.noticing import title_of
from app.services.steps import take_within
from app.services.unit_of_work import UnitOfWork
from workflows.catalogue import NOTICES
from workflows.kit.context import Actor, Context
from workflows.kit.definition import Step, Workflow
from workflows.kit.engine import holds
from workflows.kit.errors import FormIncomplete, GuardRefused, Refusal, UnmetGuard
from workflows.kit.forms import LabelledEnum, parse_form
from workflows.kit.proposals import decider_of
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import RELATIONS, Capacity


@dataclass(frozen=True)
class Following:
    """The step that follows, on this case or, with `opens`, on one that it opens."""

    step: Step
    by: Capacity
    form: dict[str, Any]
    opens: str = ""


def take_next(work: UnitOfWork, run: StepRun) -> None:
    """Take the step that the one just taken asks for; nothing where it asks for none that makes a notice.

    Raises:
        Refusal: why that step could not be taken by anybody who holds the post.
    """
    following = _following(run)
    if following is None:
        return
    why: Refusal = GuardRefused((UnmetGuard("post_is_held", f"有{following.by.label}", _vacant(following)),))
    for actor in _holders(work, run.case, following.by, but=run.ctx.actor):
        try:
            with work.attempt():
                take_within(work, _command(run.case, following, actor))
            return
        except Refusal as refusal:
            why = refusal
    raise why


def following_step(flow: Workflow, taken: Step, state: str) -> Step | None:
    """The step that makes a notice of what this one asks for: a head signs a draft, a decider grants a request."""
    for step in flow.steps:
        if not step.notices or not step.move_from(state):
            continue
        if step.four_eyes == taken.key and _is_complete(step, {}):
            return step
        if step.requested_by == taken.key and "request_decision" in taken.effects:
            return step
    return None


def titles_of(step: Step, case: Case, ctx: Context) -> tuple[str, ...]:
    """The notices that a step can make here, titled as in such a case; first what it makes anyhow."""
    return tuple(dict.fromkeys((*_titles(step, case, ctx, all), *_titles(step, case, ctx, any))))


def titles_by_outcome(step: Step, case: Case, ctx: Context) -> tuple[str, ...]:
    """Those among `titles_of` that are made with some outcomes only."""
    certain = _titles(step, case, ctx, all)
    return tuple(title for title in titles_of(step, case, ctx) if title not in certain)


def _titles(step: Step, case: Case, ctx: Context, how_many: Callable[[Iterable[bool]], bool]) -> list[str]:
    situations = _outcomes(step, ctx)
    drafts = [draft for draft in step.notices if how_many(holds(draft.when, each) for each in situations)]
    return [title_of(NOTICES[draft.notice], case, ctx) for draft in drafts]


def _outcomes(step: Step, ctx: Context) -> list[Context]:
    """The context with each value of the choice on which conditions of a notice may depend; as it is without one."""
    if not any(draft.when is not None and draft.when.needs_form for draft in step.notices):
        return [ctx]
    choices = [
        (name, value)
        for name, field in step.form.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, LabelledEnum)
        for value in field.annotation
    ]
    return [replace(ctx, form=step.form.model_construct(None, **{name: value})) for name, value in choices]


def opening_kind(flow: Workflow, key: str) -> str:
    """The kind of case that a decision proposed on a case of this kind opens; empty if it opens none."""
    if not any(step.key == key for step in flow.proposed_openings):
        return ""
    return next(kind for kind, other in WORKFLOWS.items() if (step := other.step(key)) is not None and step.opening)


def _following(run: StepRun) -> Following | None:
    if run.outcome.step.key == "propose":
        form = run.ctx.form
        opens = opening_kind(run.workflow, form.step)
        step = workflow(opens).step(form.step) if opens else run.workflow.step(form.step)
        assert step is not None
        return Following(step, decider_of(step), form.form, opens) if step.notices else None
    step = following_step(run.workflow, run.outcome.step, run.case.state)
    if step is None:
        return None
    form = run.ctx.form.model_dump(mode="json") if step.requested_by else {}
    return Following(step, min(step.by), form) if _is_complete(step, form) else None


def _is_complete(step: Step, form: dict[str, Any]) -> bool:
    try:
        parse_form(step.form, form)
    except FormIncomplete:
        return False
    return True


def _command(case: Case, following: Following, actor: Actor) -> TakeStep:
    if following.opens:
        return TakeStep(following.step.key, actor, following.form, opens=following.opens, parent=case.uid)
    return TakeStep(following.step.key, actor, following.form, case=case.uid)


def _holders(work: UnitOfWork, case: Case, capacity: Capacity, *, but: Actor) -> list[Actor]:
    """Who could act in a capacity on the case today, whoever asks aside."""
    found: dict[int, Actor] = {}
    for relation in RELATIONS[capacity]:
        rows = work.session.execute(
            select(User.id, User.name, User.uid)
            .join(PostHolding, PostHolding.user_id == User.id)
            .where(
                PostHolding.unit_id == getattr(case, relation.column),
                PostHolding.post.in_([post.value for post in relation.posts]),
                PostHolding.from_on <= work.today,
                or_(PostHolding.until_on.is_(None), PostHolding.until_on >= work.today),
                User.active,
                User.id != but.user_id,
            )
            .order_by(User.id)
        )
        found |= {row.id: Actor(row.id, row.name, row.uid) for row in rows}
    return list(found.values())


def _vacant(following: Following) -> str:
    return f"没有可以办理“{following.step.label}”的{following.by.label}，请联系系统管理员核对岗位"
