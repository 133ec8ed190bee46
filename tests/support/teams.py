"""Who must take part before a step is taken: its taker, who proposes it, who drafts it, who asks for it."""

from collections.abc import Iterator

from workflows.kit.definition import Step, Workflow
from workflows.roles import PROPOSER, Capacity

Team = frozenset[Capacity]


def teams(table: Workflow, step: Step) -> Iterator[Team]:
    """Each set of capacities that together can have the step taken without the clock."""
    for taker in sorted(step.by - {Capacity.SYSTEM}):
        yield from _with_those_before(table, step, taker)


def _with_those_before(table: Workflow, step: Step, taker: Capacity) -> Iterator[Team]:
    drafting = table.step(step.four_eyes) if step.four_eyes else None
    drafters = sorted(drafting.by) if drafting is not None else [taker]
    for drafter in drafters:
        team = frozenset({taker, drafter})
        if not step.on_proposal:
            yield team
            continue
        if taker in PROPOSER and (not step.requested_by or step.or_proposed):
            yield team | {PROPOSER[taker]}
        asking = table.step(step.requested_by) if step.requested_by else None
        if asking is not None:
            for askers in teams(table, asking):
                yield team | askers
