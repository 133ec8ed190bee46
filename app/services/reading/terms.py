"""The ledger of a case's terms: clause, first day, each counted or skipped day, pauses, extensions, calendar."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.models.cases import Case
from app.models.terms import TermRow
from app.services.once_read import history_of, terms_of_case
from app.services.reading.history import audiences_of
from app.services.reading.lines import TermState, term_state
from app.services.reading.reader import Reader
from app.services.terms import counting_of
from workflows.catalogue import NOTICES
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Nature, Span, Unit
from workflows.kit.ledger import Ledger, ledger
from workflows.kit.storable import in_words
from workflows.registry import workflow
from workflows.rules.model import Grade, RuleSet, TermRule

STATUS = {"running": "计算中", "paused": "暂停", "awaiting": "尚未起算", "met": "已办结", "lapsed": "已届满"}


@dataclass(frozen=True)
class TermDetail:
    """One arming of a term, explained. `counting` is None while it awaits its first day."""

    key: str
    label: str
    nature: Nature
    holder: str
    #: As the rules give it; of a returned term only the rest is counted, which `start` says.
    length: Span
    basis: str
    grade: Grade
    start: str
    status: str
    status_label: str
    state: TermState
    counting: Counting | None
    ended_on: date | None
    expiry_refused: str
    calendar: Calendar
    #: The rule it comes from, with its citation and note; None where the rule set has another by now.
    rule: TermRule | None

    @cached_property
    def ledger(self) -> Ledger | None:
        """Every day counted or skipped; None while the term awaits its first day."""
        return ledger(self.counting, self.calendar) if self.counting is not None else None


def terms_of(reader: Reader, case: Case, rules: RuleSet, calendar: Calendar) -> tuple[TermDetail, ...]:
    """Every term the case ever had, live ones first."""
    rows, returned = terms_of_case(reader.view, case), _returned(reader, case)
    details = [_detail(row, _rest_of(row, rows, returned), case, rules, calendar, reader.today) for row in rows]
    return tuple(sorted(details, key=lambda item: (item.ended_on is not None, item.state.due_on or date.max)))


@dataclass(frozen=True)
class _Rest:
    """What an arming is the rest of, and whether the reader may know that the case was returned."""

    whole: Span
    told: bool


def _returned(reader: Reader, case: Case) -> dict[tuple[str, int], bool]:
    """Armings that took up the remaining days of a term, and whether the reader may read the step that did it."""
    returns = {(term.key, start.step) for term in workflow(case.kind).terms for start in term.starts if start.resumes}
    steps = {step for _, step in returns}
    read = audiences_of(reader, case) if returns else []
    return {
        (note["term"], note["arming"]): row.audience in read
        for row in history_of(reader.view, case.id)
        if row.sort == "step" and row.step in steps
        for note in json.loads(row.body).get("terms", ())
        # A term that never ran has no rest: what a return arms first is the whole of it.
        if note["act"] == "open" and note["arming"] > 1 and (note["term"], row.step) in returns
    }


def _rest_of(row: TermRow, rows: list[TermRow], returned: dict[tuple[str, int], bool]) -> _Rest | None:
    told = returned.get((row.key, row.arming))
    if told is None:
        return None
    whole = max(
        (
            one
            for one in rows
            if one.key == row.key and (one.key, one.arming) not in returned and one.arming < row.arming
        ),
        key=lambda one: one.arming,
    )
    return _Rest(_span(whole), told)


def _span(row: TermRow) -> Span:
    return Span(row.number, Unit(row.unit))


def _detail(
    row: TermRow, rest: _Rest | None, case: Case, rules: RuleSet, calendar: Calendar, today: date
) -> TermDetail:
    term = workflow(case.kind).term(row.key)
    counting = counting_of(row) if row.anchor_on is not None else None
    rule = rules.term(row.key)
    return TermDetail(
        key=f"{row.key}-{row.arming}",
        label=term.label if term else row.key,
        nature=Nature(row.nature),
        holder=term.holder.label if term else "",
        length=rest.whole if rest is not None else _span(row),
        basis=row.basis,
        grade=Grade(row.grade),
        start=_start(row, rules) if rest is None else _start_of_rest(row, rest, rules),
        status=row.status,
        status_label=STATUS[row.status],
        state=term_state(row, calendar, today),
        counting=counting,
        ended_on=row.ended_on,
        expiry_refused=row.expiry_refused,
        calendar=calendar,
        rule=rule if rule is not None and rule.basis.text == row.basis else None,
    )


def _start(row: TermRow, rules: RuleSet) -> str:
    if row.awaits in NOTICES:
        what = f"收到《{NOTICES[row.awaits].title}》之日"
    else:
        rule = rules.term(row.key)
        what = rule.anchor_label if rule else ""
    if row.anchor_on is None:
        return f"自{what.removeprefix('自')}起算，尚未发生" if what else "尚未起算"
    day = in_words(row.anchor_on)
    return f"{what}（{day}），当日不计" if what else f"{day}，当日不计"


def _start_of_rest(row: TermRow, rest: _Rest, rules: RuleSet) -> str:
    assert row.anchor_on is not None, "the rest of a term counts from the day of its return"
    day, left, floor = in_words(row.anchor_on), _span(row), rules.term("term.floor")
    if floor is not None and left == floor.span:
        if rest.told:
            return f"{day}退回，剩余期限不足{left.text}的按{left.text}计，自退回之日起算，当日不计"
        return f"剩余期限不足{left.text}的按{left.text}计，自{day}起算，当日不计"
    if rest.told:
        return f"{day}退回，剩余{left.text}，自退回之日起算，当日不计"
    return f"剩余{left.text}，自{day}起算，当日不计"
