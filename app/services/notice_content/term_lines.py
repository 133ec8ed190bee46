"""The rows of the 期限告知 table: terms that run, and terms that the notice's own service starts."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.context import SkippedDay, TermLine
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.terms import TermRow
from app.services.notice_content.citations import in_table
from app.services.notice_content.occasion import Occasion
from app.services.terms import counting_of
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Nature, Span, Unit
from workflows.kit.definition import StartKind
from workflows.kit.ledger import ledger
from workflows.registry import workflow
from workflows.rules.model import RuleSet, TermRule


def term_lines(occasion: Occasion, running: tuple[str, ...]) -> tuple[TermLine, ...]:
    """What the notice prints: the named running terms, then those that its own service starts."""
    live = occasion.kept_terms().live
    lines = [
        line_of(row, occasion.parent, occasion.rules, occasion.calendar)
        for key in running
        if (row := live.get(key)) is not None and row.anchor_on is not None
    ]
    if occasion.serves_the_subject:
        lines += _started_by_service(occasion, live)
    return tuple(lines)


def keys_started_by(notice_key: str, parent_kind: str) -> tuple[str, ...]:
    """Terms of a procedure that count from the service of this notice, in the order of its table."""
    flow = workflow(parent_kind)
    entering = {step.key for step in flow.steps if step.on_service == notice_key}
    return tuple(
        term.key
        for term in flow.terms
        if any(
            (start.kind is StartKind.SERVICE and start.of == notice_key)
            or (start.kind is StartKind.DATE and start.step in entering)
            for start in term.starts
        )
    )


def _started_by_service(occasion: Occasion, live: dict[str, TermRow]) -> list[TermLine]:
    """Reckoned as if served on the day of signing; a notice that waits for its service arms nothing before."""
    lines = []
    for key in keys_started_by(occasion.notice.key, occasion.parent.kind):
        row, rule = live.get(key), occasion.rules.term(key)
        term = occasion.flow.term(key)
        assert term is not None
        if row is not None and row.awaits == occasion.notice.key:
            span = Span(row.number, Unit(row.unit))
        elif rule is not None and rule.span is not None:
            own = getattr(occasion.parent, term.length_in, None) if term.length_in else None
            span = Span(own, rule.span.unit) if own else rule.span
        else:
            continue
        assert rule is not None
        counting = Counting(term.nature, span, occasion.dated)
        lines.append(_line(term.label, counting, rule, occasion.calendar, by_service=True))
    return lines


def line_of(row: TermRow, case: Case, rules: RuleSet, calendar: Calendar) -> TermLine:
    """The line of a term that runs or has run.

    Raises:
        AssertionError: the term still awaits its first day, or belongs to no table.
    """
    term, rule = workflow(case.kind).term(row.key), rules.term(row.key)
    assert term is not None
    assert rule is not None
    return _line(term.label, counting_of(row), rule, calendar)


def _line(label: str, counting: Counting, rule: TermRule, calendar: Calendar, by_service: bool = False) -> TermLine:
    kept = ledger(counting, calendar)
    counted = [item for item in kept.days if item.counted is not None]
    last = kept.due_on
    # The working day to which a last day was moved is no day left out; the day from which it was moved says why.
    skipped = tuple(
        SkippedDay(item.on, item.reason.removeprefix("计入；"))
        for item in kept.days[1:]
        if (item.counted is None and item.on != last) or item.reason.endswith("顺延")
    )
    return TermLine(
        label=label,
        rule_text=_length(counting),
        basis=in_table(rule.basis),
        first_day=kept.first_day,
        last_day=last,
        days=len(counted),
        skipped=skipped if counting.nature is not Nature.PERIOD else (),
        by_service=by_service,
        provisional=kept.provisional,
        unconfirmed=rule.grade.unconfirmed,
    )


def _length(counting: Counting) -> str:
    longer = "".join(f"，延长{extension.span.text}" for extension in counting.extensions)
    return counting.span.text + longer


def armed_by(session: Session, notice: Notice, parent: Case, served_on: date) -> list[TermRow]:
    """The terms that the service of a notice armed, newest arming each, in the order of the parent's table."""
    rows = session.execute(
        select(TermRow)
        .where(TermRow.case_id == parent.id, TermRow.anchor_on == served_on)
        .order_by(TermRow.key, TermRow.arming)
    ).scalars()
    newest = {row.key: row for row in rows}
    return [newest[key] for key in keys_started_by(notice.key, parent.kind) if key in newest]
