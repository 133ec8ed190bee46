"""The ledger of a case's terms: clause, first day, each counted or skipped day, pauses, extensions, calendar."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.models.cases import Case
from app.models.terms import TermRow
from app.services.once_read import terms_of_case
from app.services.reading.lines import TermState, term_state
from app.services.reading.reader import Reader
from app.services.terms import counting_of
from workflows.catalogue import NOTICES
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Nature, Span, Unit
from workflows.kit.ledger import Ledger, ledger
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
    rows = terms_of_case(reader.view, case)
    details = [_detail(row, case, rules, calendar, reader.today) for row in rows]
    return tuple(sorted(details, key=lambda item: (item.ended_on is not None, item.state.due_on or date.max)))


def _detail(row: TermRow, case: Case, rules: RuleSet, calendar: Calendar, today: date) -> TermDetail:
    term = workflow(case.kind).term(row.key)
    counting = counting_of(row) if row.anchor_on is not None else None
    rule = rules.term(row.key)
    return TermDetail(
        key=f"{row.key}-{row.arming}",
        label=term.label if term else row.key,
        nature=Nature(row.nature),
        holder=term.holder.label if term else "",
        length=Span(row.number, Unit(row.unit)),
        basis=row.basis,
        grade=Grade(row.grade),
        start=_start(row, rules),
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
    day = f"{row.anchor_on.year}年{row.anchor_on.month}月{row.anchor_on.day}日"
    return f"{what}（{day}），当日不计" if what else f"{day}，当日不计"
