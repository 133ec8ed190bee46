"""The vocabulary in which a procedure is written: State, Step, Term, Notice, Cascade, Workflow.

A procedure is data. Nothing here runs it (`engine.py`), checks it (`soundness.py`) or stores it (`app/`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.kit.counting import Nature
from workflows.kit.forms import NoForm, StepForm
from workflows.roles import Capacity

if TYPE_CHECKING:
    from workflows.kit.context import Context


class Phase(StrEnum):
    """How far a case has come: open, decided (an outcome stands, named steps may follow), closed."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


class Audience(StrEnum):
    """Who reads an event of the history (architecture, section 3)."""

    PARTIES = "parties"
    PROVIDER = "provider"
    INSIDE = "inside"


@dataclass(frozen=True)
class State:
    """One state. An open state has a holder, or says why it rests and what leads out of it.

    `holder_in` names what of the case holds the capacity, where it differs from case to case.
    """

    key: str
    label: str
    phase: Phase
    holder: Capacity | None = None
    resting: str = ""
    holder_in: str = ""

    def __str__(self) -> str:
        return self.key


#: The pseudo-state that opening steps start from; no row ever holds it.
OPENING = State("opening", "（开始）", Phase.OPEN)


@dataclass(frozen=True)
class Unmet:
    """A guard's answer when it does not hold: more exact words, and the first possible day if a date decides.

    `field` names the field of the form that is to be put right, where it is a single one.
    """

    detail: str = ""
    possible_on: date | None = None
    field: str = ""


@dataclass(frozen=True)
class Guard:
    """A named condition, phrased as a statement that must be true (`label`).

    `needs_form` marks those that read the filled-in form: they are asked on the act, not when buttons are offered.
    """

    key: str
    label: str
    check: "Callable[[Context], bool | Unmet]"
    needs_form: bool = False


def guard(label: str, *, form: bool = False) -> "Callable[[Callable[[Context], bool | Unmet]], Guard]":
    """Make a guard of a function; its name becomes the key, `label` the statement users read when it fails."""

    def wrap(check: "Callable[[Context], bool | Unmet]") -> Guard:
        return Guard(check.__name__, label, check, form)

    return wrap


@dataclass(frozen=True)
class Fork:
    """A destination that the form decides, e.g. 予以容错 goes to another state than 不予容错."""

    key: str
    options: tuple[State, ...]
    choose: "Callable[[Context], State]"


@dataclass(frozen=True)
class Move:
    """From where to where; `to=None` stays (the step is an act within the state)."""

    source: State
    to: State | Fork | None


def moves(mapping: Mapping[State, State | Fork | None]) -> tuple[Move, ...]:
    """Rows of one step: `{SUBMITTED: VERIFYING}`."""
    return tuple(Move(source, to) for source, to in mapping.items())


def stay(*states: State) -> tuple[Move, ...]:
    """A step that is taken within a state."""
    return tuple(Move(state, None) for state in states)


class Recipient(StrEnum):
    """Who is served, in relation to the case."""

    SUBJECT = "subject"
    APPLICANT = "applicant"
    PROVIDER = "provider"
    FINDER = "finder"
    PROVIDER_SUPERIOR = "provider_superior"
    OFFICE = "office"
    EMPLOYER = "employer"
    DISCIPLINE = "discipline"
    SUPERIOR = "superior"
    AUDIT = "audit"
    TOLERANCE = "tolerance"
    #: Whoever owes the duty that is late.
    HOLDER = "holder"
    #: Every unit to which the record was forwarded (R70): it hears of each change of what it was told.
    FORWARDED = "forwarded"


@dataclass(frozen=True)
class Draft:
    """A notice that a step makes: which of the catalogue, to whom, and under which condition."""

    notice: str
    to: Recipient
    when: Guard | None = None


#: A cascade that applies in every state of its target that is not closed.
EVERY_OPEN = frozenset({"*"})


class Elsewhere(StrEnum):
    """What a cascade does when its target is open in a state it does not name."""

    REFUSE = "refuse"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Cascade:
    """A step that this step takes on other cases of the same dossier, as SYSTEM, in the same transaction.

    `states` are the keys of the target's states in which it applies (procedures do not import each other).
    On a closed target that it does not name both histories note that nothing was left to act on. `form` names
    the function of the service layer that fills in the target's form.
    """

    kind: str
    step: str
    states: frozenset[str]
    when: Guard | None = None
    elsewhere: Elsewhere = Elsewhere.REFUSE
    form: str = ""


@dataclass(frozen=True)
class Step:
    """One row of a procedure's table.

    `by` are the capacities that may take it (SYSTEM: the clock or a cascade). `four_eyes` names the drafting
    step whose author may not take this one in the same round. `on_proposal` makes the kit add propose,
    withdraw_proposal and return_proposal to its states. `on_service` is the notice whose service makes SYSTEM
    take it. `effects` name what the service layer writes besides the state; `after_close` marks rows that
    leave a closed state. `ends_round` starts a new round (a return or a supplement). `requested_by` is the
    step whose signed request takes the place of a clerk's proposal; with `or_proposed` both ways are open.
    `together` is the condition under which one may agree to it along with others, each once it was opened; without
    one it is decided by itself. `redone_by` are the steps with which what this step sends back, or asks for, is done
    again or handed in: at their forms stands what was asked.
    """

    key: str
    label: str
    moves: tuple[Move, ...]
    by: frozenset[Capacity]
    form: type[StepForm] = NoForm
    guards: tuple[Guard, ...] = ()
    notices: tuple[Draft, ...] = ()
    effects: tuple[str, ...] = ()
    cascades: tuple[Cascade, ...] = ()
    on_proposal: bool = False
    requested_by: str = ""
    or_proposed: bool = False
    together: Guard | None = None
    four_eyes: str = ""
    on_service: str = ""
    after_close: bool = False
    ends_round: bool = False
    redone_by: tuple[str, ...] = ()
    audience: Audience = Audience.PARTIES
    basis: str = ""

    @property
    def opening(self) -> bool:
        return any(move.source is OPENING for move in self.moves)

    def move_from(self, state: str) -> Move | None:
        return next((move for move in self.moves if move.source.key == state), None)


class StartKind(StrEnum):
    """What a term is anchored on."""

    STEP = "step"
    SERVICE = "service"
    DATE = "date"


@dataclass(frozen=True)
class Start:
    """When a term opens: at a step. Anchored on that step's day, on a service (awaiting till then) or a date field."""

    step: str
    kind: StartKind = StartKind.STEP
    of: str = ""
    resumes: bool = False
    when: Guard | None = None


def at(*steps: str, when: Guard | None = None) -> tuple[Start, ...]:
    """The term opens at these steps, anchored as the rule set says (default: the day of the step)."""
    return tuple(Start(step, when=when) for step in steps)


def from_today(*steps: str) -> tuple[Start, ...]:
    """The term opens at these steps and counts from that day, whatever anchor the rule set names."""
    return tuple(Start(step, of="today") for step in steps)


def on_service_of(notice: str, *steps: str) -> tuple[Start, ...]:
    """The term opens at these steps, awaiting, and begins on the day `notice` is served."""
    return tuple(Start(step, StartKind.SERVICE, notice) for step in steps)


def from_date(attribute: str, *steps: str) -> tuple[Start, ...]:
    """The term opens at these steps, counted from a date field of the case (awaiting while it is empty)."""
    return tuple(Start(step, StartKind.DATE, attribute) for step in steps)


def resumed_at(*steps: str) -> tuple[Start, ...]:
    """A return: the term goes on with its remaining days, at least `term.floor`."""
    return tuple(Start(step, resumes=True) for step in steps)


@dataclass(frozen=True)
class Term:
    """A term of a procedure. Its number, unit and basis come from the rule set under `key`.

    `on_expiry` are the SYSTEM steps asked in order when the term is over; the first that starts from the
    present state is taken. `paused_while` names a question of `Facts` that pauses the term while true.
    `ends_at` are steps that fulfil the term within its states, `ends_on_dispatch` notices whose dispatch does.
    """

    key: str
    label: str
    nature: Nature
    holder: Capacity
    starts: tuple[Start, ...]
    runs_in: frozenset[State]
    on_expiry: tuple[str, ...] = ()
    paused_in: frozenset[State] = frozenset()
    paused_while: str = ""
    ends_at: frozenset[str] = frozenset()
    #: A column of the case that holds the length (in the rule's unit), where it is set case by case.
    length_in: str = ""
    #: A SYSTEM step taken with the last rung of the ladder, five working days after the last day.
    on_last_rung: str = ""
    ends_on_dispatch: frozenset[str] = frozenset()
    #: What of the case names the holder, where it differs from case to case.
    holder_in: str = ""

    @property
    def ladder(self) -> bool:
        return self.nature is Nature.DUTY


@dataclass(frozen=True, eq=False)
class Workflow:
    """A complete procedure. `visible` says per capacity in which states it sees the case."""

    key: str
    label: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    terms: tuple[Term, ...]
    visible: Mapping[Capacity, frozenset[State]]
    number_word: str = ""
    #: Who sees a case before it is filed; empty where filing makes the case or nothing is filed.
    unfiled_seen_by: frozenset[Capacity] = frozenset()
    #: Who sees a case only while he sees the case on which it hangs, as a provider no letter of an application that was
    #: not accepted yet.
    seen_with_parent: frozenset[Capacity] = frozenset()
    #: Opening steps of other procedures whose proposal lies on this case.
    proposed_openings: tuple[Step, ...] = ()
    decides_at: Mapping[str, "Callable[[Context], str]"] = field(default_factory=dict)

    def state(self, key: str) -> State:
        return next(state for state in self.states if state.key == key)

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def decidable(self, key: str) -> Step | None:
        """A step that may be proposed on this case: one of its own, or one that opens another case from it."""
        return self.step(key) or next((step for step in self.proposed_openings if step.key == key), None)

    def term(self, key: str) -> Term | None:
        return next((term for term in self.terms if term.key == key), None)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.move_from(state))

    @property
    def closed(self) -> frozenset[str]:
        return frozenset(state.key for state in self.states if state.phase is Phase.CLOSED)
