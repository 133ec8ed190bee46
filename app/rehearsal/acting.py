"""Taking steps in a play: who acts, the proposal that a decision needs, and the outbox worked to rest."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.database import read_transaction
from app.models.cases import Case, ProposalRow
from app.models.registry import MODELS
from app.rehearsal.papers import NO_PAPERS, Drawn
from app.rehearsal.world import World
from app.services.commands import Taken, TakeStep
from app.services.outbox import Claim, drain
from app.services.sealing import seal_notice
from app.services.steps import take_step
from workflows.kit.context import Actor
from workflows.kit.definition import Step, Workflow
from workflows.kit.proposals import decider_of
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import PROPOSER, Capacity

AUTO_OPINION = "拟同意（由推演代拟）"


class NobodyThere(LookupError):
    """Nobody of the play may take a step; the message says which capacity is missing."""


@dataclass
class Acting:
    """The hands of a play."""

    world: World
    #: Called after each step and each sweep, for whoever wants to look at every state on the way.
    watch: Callable[[World], None] = lambda _world: None
    #: What is handed in with the steps.
    papers: Drawn = NO_PAPERS

    def take(self, command: TakeStep) -> Taken:
        """One step, as production takes it, and what follows from the outbox."""
        taken = take_step(self.world.backend, command, self.world.clock())
        self.papers.hand_in(self.world, taken, command.actor.user_id)
        self.work_outbox()
        self.watch(self.world)
        return taken

    def work_outbox(self) -> None:
        """Seal what was signed; nobody is mailed.

        Raises:
            AssertionError: a notice could not be sealed; the message of the row says why.
        """
        world = self.world

        def seal(claim: Claim) -> None:
            seal_notice(world.backend, world.files, claim, world.render, world.clock(), world.seals)

        drain(world.backend, world.clock, {"seal": seal, "remind": lambda claim: None})

    def load(self, uid: str) -> Case:
        """A case with the columns of its kind, detached."""
        with read_transaction(self.world.backend.engine) as session:
            kind = session.execute(select(Case.kind).where(Case.uid == uid)).scalar_one()
            return session.execute(select(MODELS[kind]).where(MODELS[kind].uid == uid)).scalar_one()

    def somebody(
        self,
        case: Case,
        wanted: Iterable[Capacity],
        without: Iterable[int | None] = (),
        rather_not: Iterable[Capacity] = (),
    ) -> Actor:
        """The first person of the play who holds one of the capacities on the case.

        Args:
            without: ids of people who may not.
            rather_not: capacities whose holders come last, such as the head who has to sign what is drafted now.

        Raises:
            NobodyThere: there is none.
        """
        wanted, excluded = list(wanted), set(without)
        with read_transaction(self.world.backend.engine) as session:
            found = [a for a in self.world.holders(session, case, wanted) if a.user_id not in excluded]
            spared = {actor.user_id for actor in self.world.holders(session, case, rather_not)}
        if not found:
            raise NobodyThere("没有可以办理的人：" + "、".join(capacity.label for capacity in wanted))
        return min(found, key=lambda actor: actor.user_id in spared)

    def propose(self, step: Step, target: Case, form: Mapping[str, Any], decider: Actor, by: Actor | None) -> bool:
        """拟办 where the step needs it and none is there; whether one was made."""
        if not needs_proposal(step) or self._has_proposal(target):
            return False
        clerk = by or self.somebody(target, [PROPOSER[decider_of(step)]], [decider.user_id])
        content = {"step": step.key, "form": dict(form), "opinion": AUTO_OPINION}
        self.take(TakeStep("propose", clerk, content, case=target.uid))
        return True

    def _has_proposal(self, target: Case) -> bool:
        with read_transaction(self.world.backend.engine) as session:
            statement = select(ProposalRow.id).where(ProposalRow.case_id == target.id, ProposalRow.status == "live")
            return session.execute(statement).first() is not None


def needs_proposal(step: Step) -> bool:
    """Whether a clerk proposes the step; what a unit requests lies there as its own signed request."""
    return step.on_proposal and (not step.requested_by or step.or_proposed)


def step_named(kind: str, name: str) -> tuple[Workflow, str]:
    """The procedure and the key of a step, given by key or Chinese label; an unknown name stays as it is."""
    flow = workflow(kind)
    found = flow.step(name) or next((step for step in flow.steps if step.label == name), None)
    return flow, found.key if found else name


def state_named(kind: str, name: str) -> str:
    """The key of a state, given by key or Chinese label."""
    return next((state.key for state in WORKFLOWS[kind].states if name in (state.key, state.label)), name)
