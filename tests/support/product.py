"""The tables together: every situation that a record and what hangs on it can come into, and whether it can end.

A small abstract model that reads the tables: moves, who takes them, clocks, services, cascades. Of guards only those
are modelled that look at the other cases of the dossier (`READS`) or may turn true never again (`LIMITED`); any other
is taken to be met sooner or later. One case per slot; opening one more is possible, but never counted as a way out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace

from tests.support.situation import TODAY, situation
from tests.support.teams import teams
from workflows.kit.definition import OPENING, Elsewhere, Guard, Phase, Step, Workflow
from workflows.kit.soundness_names import destinations
from workflows.kit.soundness_paths import by_itself
from workflows.kit.soundness_together import applies_in, driven_steps
from workflows.kit.vocabulary import Vocabulary
from workflows.roles import Capacity

#: Guards that look at other cases of the dossier, and at which kinds.
READS: Mapping[str, tuple[str, ...]] = {
    "no_exemption_to_wait_for": ("exemption",),
    "no_open_objection": ("objection",),
    "record_is_contestable": ("record",),
    "record_can_be_repaired": ("record",),
    "no_open_repair": ("repair",),
    "no_other_repair": ("repair",),
    "every_line_is_met": ("record", "rectification"),
    "record_is_listed": ("record",),
    "no_other_rectification": ("rectification",),
    "record_is_in_the_window": ("record",),
    "no_open_exemption": ("exemption",),
}

#: Guards that may have used up their last time; what they guard is never counted as a way out.
LIMITED = frozenset(
    {
        "supplement_not_requested_yet",
        "nothing_returned_yet",
        "finding_may_be_returned",
        "transfer_is_early",
        "not_transferred_by_this_unit",
        "failed_less_than_twice",
        "late_without_reason",
        "subject_was_heard",
        "record_still_waits",
    }
)

#: Conditions of cascades that hold exactly when the step leads to this state.
ONLY_WITH = {"review_grants": "executing"}

#: The exemption goes on, but the record no longer waits for it (`proceed`).
NOT_AWAITED = "not awaited"
#: The record was reported once: what is sent back to its clerk is no draft.
REPORTED_ONCE = "reported"

Local = tuple[str, str]
ABSENT: Local = ("", "")


@dataclass(frozen=True)
class Act:
    """One way to move one case: `variants` are the ones in which it counts as a way out."""

    name: str
    step: Step
    dests: tuple[int, ...]
    variants: int
    guards: tuple[tuple[Guard, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Variant:
    """A world in which the cases have to end all the same: some steps are left out, or somebody stays silent.

    With `record_too` the record has to end as well (or to rest, where its end is left out), else what hangs on it.
    """

    name: str
    silent: frozenset[Capacity] = frozenset()
    without: frozenset[tuple[str, str]] = frozenset()
    record_too: bool = True


@dataclass
class Slot:
    """One case of the product: its kind and the local situations it can be in."""

    kind: str
    table: Workflow
    locals: list[Local] = field(default_factory=lambda: [ABSENT])

    def number(self, local: Local) -> int:
        """The number of a local situation, made on first sight."""
        if local not in self.locals:
            self.locals.append(local)
        return self.locals.index(local)

    def phase(self, number: int) -> Phase | None:
        """None while there is no case."""
        return None if number == 0 else self.table.state(self.locals[number][0]).phase


class Product:
    """The product of some procedures, explored once; `variants` are judged together."""

    def __init__(
        self,
        tables: Mapping[str, Workflow],
        vocabulary: Vocabulary,
        kinds: tuple[str, ...],
        variants: tuple[Variant, ...],
        never: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """`kinds` are the slots, the record first; `never` are (kind, step) pairs left out of the exploration."""
        self.slots = [Slot(kind, tables[kind]) for kind in kinds]
        self.tables = {kind: table for kind, table in tables.items() if kind in kinds}
        self.variants = variants
        self.never = never
        outside = {kind: table for kind, table in tables.items() if kind not in kinds and kind in {"sync", "notice"}}
        #: What clocks and services do, and other cases that are not in the product.
        self.driven = {kind: driven_steps(tables[kind], outside, vocabulary) for kind in kinds}
        self._acts: dict[tuple[int, int], tuple[Act, ...]] = {}
        self._answers: dict[tuple[int, str, tuple[int, ...]], bool] = {}
        self.index: dict[tuple[int, ...], int] = {}
        self.states: list[tuple[int, ...]] = []
        self.parents: list[tuple[int, str]] = []
        self.edges: list[list[tuple[int, int]]] = []

    # ------------------------------------------------------------ exploring

    def explore(self) -> None:
        """Find every situation that can be reached."""
        self._add(tuple(0 for _ in self.slots), -1, "")
        here = 0
        while here < len(self.states):
            state = self.states[here]
            ways: dict[int, int] = {}
            found: Iterable[tuple[int, ...]]
            for slot, local in enumerate(state):
                before, after = state[:slot], state[slot + 1 :]
                for act in self.acts(slot, local):
                    if act.step.cascades or act.guards:
                        found = self._take(state, slot, act)
                    else:
                        found = [(*before, dest, *after) for dest in act.dests]
                    for reached in found:
                        there = self._add(reached, here, act.name)
                        ways[there] = ways.get(there, 0) | act.variants
            self.edges.append([(there, variants) for there, variants in ways.items() if variants])
            here += 1

    def _add(self, state: tuple[int, ...], parent: int, name: str) -> int:
        number = self.index.get(state)
        if number is None:
            number = self.index[state] = len(self.states)
            self.states.append(state)
            self.parents.append((parent, name))
        return number

    def acts(self, slot: int, local: int) -> tuple[Act, ...]:
        """What persons, clocks and services may do to the case in a slot."""
        key = (slot, local)
        if key not in self._acts:
            self._acts[key] = tuple(self._compile(slot, local))
        return self._acts[key]

    def _compile(self, slot: int, local: int) -> Iterator[Act]:
        here = self.slots[slot]
        state = OPENING if local == 0 else here.table.state(here.locals[local][0])
        for step in here.table.steps_from(state.key):
            if (here.kind, step.key) in self.never:
                continue
            automatic = by_itself(here.table, step, state, self.driven[here.kind])
            if automatic or step.by - {Capacity.SYSTEM}:
                act = self._act(slot, local, step, automatic)
                if act is not None and (act.dests != (local,) or step.cascades):
                    yield act

    def _act(self, slot: int, local: int, step: Step, automatic: bool) -> Act | None:
        here = self.slots[slot]
        dests = tuple(dict.fromkeys(self._dests(here, local, step)))
        limited = local == 0 or any(guard.key in LIMITED for guard in step.guards)
        variants = 0 if limited else self._usable(here, step, automatic)
        if not dests:
            return None
        guards = tuple(
            (guard, tuple(place for place, other in enumerate(self.slots) if other.kind in READS[guard.key]))
            for guard in step.guards
            if guard.key in READS
        )
        return Act(f"{here.kind}.{step.key}", step, dests, variants, guards)

    def _usable(self, here: Slot, step: Step, automatic: bool) -> int:
        bits = 0
        for place, variant in enumerate(self.variants):
            people = any(not team & variant.silent for team in teams(here.table, step))
            if (automatic or people) and (here.kind, step.key) not in variant.without:
                bits |= 1 << place
        return bits

    def _dests(self, here: Slot, local: int, step: Step) -> Iterator[int]:
        key, mark = here.locals[local]
        state = OPENING if local == 0 else here.table.state(key)
        guards = {guard.key for guard in step.guards}
        if "has_been_reported" in guards and mark != REPORTED_ONCE:
            return
        if "record_still_waits" in guards and mark == NOT_AWAITED:
            return
        if here.kind == "record" and "file_case" in step.effects:
            mark = REPORTED_ONCE
        if "stop_waiting" in step.effects:
            mark = NOT_AWAITED
        for to in destinations(step, state):
            fork_is_settled = here.kind == "record" and step.key == "reject_draft"
            if fork_is_settled and (to.key == "returned") != (mark == REPORTED_ONCE):
                continue
            yield here.number((to.key, mark))

    def _take(self, state: tuple[int, ...], slot: int, act: Act) -> Iterator[tuple[int, ...]]:
        for guard, places in act.guards:
            if not self._holds(state, slot, guard, places):
                return
        for dest in act.dests:
            if not act.step.cascades:
                yield (*state[:slot], dest, *state[slot + 1 :])
                continue
            led_to = self.slots[slot].locals[dest][0]
            yield from self._cascade((*state[:slot], dest, *state[slot + 1 :]), act.step, led_to, 0)

    def _cascade(self, state: tuple[int, ...], step: Step, led_to: str, done: int) -> Iterator[tuple[int, ...]]:
        if done == len(step.cascades):
            yield state
            return
        row = step.cascades[done]
        tied_to = ONLY_WITH.get(row.when.key) if row.when is not None else None
        if row.when is not None and led_to != tied_to:
            yield from self._cascade(state, step, led_to, done + 1)
        if tied_to not in {None, led_to}:
            return
        reached = [state]
        for place, target in enumerate(self.slots):
            if target.kind == row.kind:
                reached = [after for before in reached for after in self._on(before, place, step, done)]
        for after in reached:
            yield from self._cascade(after, step, led_to, done + 1)

    def _on(self, state: tuple[int, ...], place: int, cause: Step, done: int) -> Iterator[tuple[int, ...]]:
        """What one cascade does to the case in one slot; nothing at all if the whole step is refused."""
        row, target, local = cause.cascades[done], self.slots[place], state[place]
        key = target.locals[local][0]
        if key and key in applies_in(row, target.table):
            step = target.table.step(row.step)
            if step is not None and (target.kind, step.key) not in self.never:
                act = self._act(place, local, step, automatic=True)
                if act is not None:
                    yield from self._take(state, place, act)
        elif not key or key in target.table.closed or row.elsewhere is Elsewhere.NOTHING:
            yield state

    # ------------------------------------------------------------ guards that look around

    def _holds(self, state: tuple[int, ...], slot: int, guard: Guard, places: tuple[int, ...]) -> bool:
        key = (slot, guard.key, tuple(state[place] for place in places))
        if key not in self._answers:
            self._answers[key] = self._ask(state, slot, guard)
        return self._answers[key]

    def _ask(self, state: tuple[int, ...], slot: int, guard: Guard) -> bool:
        record = self.slots[0].locals[state[0]][0]
        if not record:
            return False  # nothing is filed in a dossier without a record
        others = [(self.slots[place], local) for place, local in enumerate(state) if place != slot and local]
        if guard.key == "every_line_is_met":
            passed = all(one.locals[local][0] == "passed" for one, local in others if one.kind == "rectification")
            return record == "listed" and passed
        facts = {
            "record_state": record,
            "waiting_exemption": any(
                one.kind == "exemption" and one.phase(local) is Phase.OPEN and one.locals[local][1] != NOT_AWAITED
                for one, local in others
            ),
            "pending_objection": any(
                one.kind == "objection" and one.phase(local) is Phase.OPEN for one, local in others
            ),
            "open_in_dossier": lambda kind: sum(
                one.kind == kind and one.phase(local) is not Phase.CLOSED for one, local in others
            ),
            "repair_exists": lambda *states: any(
                one.kind == "repair" and one.locals[local][0] in states for one, local in others
            ),
        }
        # On paper, where more is taken in; an objection to a closed record may only be about its display.
        return (
            guard.check(replace(situation("", told=facts), form=SimpleNamespace(fields=()), received_on=TODAY)) is True
        )

    # ------------------------------------------------------------ judging

    def stuck(self) -> dict[str, list[str]]:
        """Per variant the situations, with the path to them, from which nothing leads to an end."""
        good = [self._goals(state) for state in self.states]
        changed = True
        while changed:
            changed = False
            for here in range(len(self.states) - 1, -1, -1):
                found = good[here]
                for there, variants in self.edges[here]:
                    found |= good[there] & variants
                if found != good[here]:
                    good[here] = found
                    changed = True
        return {
            variant.name: [self.path(here) for here, bits in enumerate(good) if not bits >> place & 1]
            for place, variant in enumerate(self.variants)
        }

    def _goals(self, state: tuple[int, ...]) -> int:
        bits = 0
        for place, variant in enumerate(self.variants):
            if all(self._settled(slot, local, variant) for slot, local in zip(self.slots, state, strict=True)):
                bits |= 1 << place
        return bits

    def _settled(self, slot: Slot, local: int, variant: Variant) -> bool:
        key, mark = slot.locals[local]
        if local == 0 or key in slot.table.closed:
            return True
        if slot.kind == "record" and not variant.record_too:
            return True
        if slot.kind == "record" and key in {"draft", "head_review"} and mark != REPORTED_ONCE:
            return True  # what was never reported is the unit's own paper
        return bool(variant.without) and (slot.kind, key) in RESTS_WITH_THE_RECORD

    def path(self, here: int) -> str:
        """How a situation comes about, and what it is."""
        names: list[str] = []
        where = here
        while self.parents[where][0] >= 0:
            names.append(self.parents[where][1])
            where = self.parents[where][0]
        return f"{' > '.join(reversed(names))} => {self.words(here)}"

    def words(self, here: int) -> str:
        """A situation in words: each case with its state."""
        parts = [
            f"{slot.kind} {' '.join(filter(None, slot.locals[local]))}"
            for slot, local in zip(self.slots, self.states[here], strict=True)
            if local
        ]
        return ", ".join(parts)

    @cached_property
    def record_states(self) -> frozenset[str]:
        """States of the record that were reached."""
        return frozenset(self.slots[0].locals[state[0]][0] for state in self.states)


#: Where a case lies at rest until its record ends: allowed where the end of the record is left out.
RESTS_WITH_THE_RECORD = frozenset(
    {("record", "listed"), ("record", "repaired"), ("repair", "completed"), ("rectification", "failed")}
)
