"""A procedure of make-believe, sound and as small as can be, for tests that then put one thing in it wrong.

A lamp is reported broken (`reported`), mended by the office (`mended`), and lies at rest until its notice is served or
its term is over.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workflows.kit.counting import Nature
from workflows.kit.definition import (
    OPENING,
    Draft,
    Phase,
    Recipient,
    State,
    Step,
    Term,
    Workflow,
    at,
    moves,
)
from workflows.kit.proposals import with_proposal_steps
from workflows.kit.vocabulary import Vocabulary
from workflows.roles import Capacity as C

REPORTED = State("reported", "已报修", Phase.OPEN, C.OFFICE)
NOTICED = State("noticed", "告知中", Phase.OPEN, resting="告知书送达后，自动修好")
MENDED = State("mended", "已修好", Phase.CLOSED)

VOCABULARY = Vocabulary(frozenset({"lamp_notice"}), frozenset({"lamp.mending"}))

LAMP = Workflow(
    key="lamp",
    label="路灯",
    states=(REPORTED, NOTICED, MENDED),
    steps=with_proposal_steps(
        (
            Step("open", "报修", moves({OPENING: REPORTED}), frozenset({C.SUBJECT})),
            Step(
                "tell",
                "告知",
                moves({REPORTED: NOTICED}),
                frozenset({C.SUPERVISOR}),
                on_proposal=True,
                notices=(Draft("lamp_notice", Recipient.SUBJECT),),
            ),
            Step("mend", "修好", moves({NOTICED: MENDED}), frozenset({C.SYSTEM}), on_service="lamp_notice"),
            Step("drop", "销案", moves({REPORTED: MENDED}), frozenset({C.OFFICE, C.SYSTEM})),
        )
    ),
    terms=(Term("lamp.mending", "修理期限", Nature.DUTY, C.OFFICE, at("open"), frozenset({REPORTED}), ("drop",)),),
    visible=dict.fromkeys((C.SUBJECT, C.OFFICE, C.SUPERVISOR), frozenset({REPORTED, NOTICED, MENDED})),
)


def with_step(key: str, change: Callable[[Step], Step], workflow: Workflow = LAMP) -> Workflow:
    """The procedure with one of its steps changed."""
    return replace(workflow, steps=tuple(change(step) if step.key == key else step for step in workflow.steps))


def with_term(workflow: Workflow = LAMP, **changes: Any) -> Workflow:
    """The procedure with its only term changed."""
    return replace(workflow, terms=(replace(workflow.terms[0], **changes),))


def with_state(state: State, workflow: Workflow = LAMP) -> Workflow:
    """The procedure with one more state, which no step knows."""
    return replace(workflow, states=(*workflow.states, state))
