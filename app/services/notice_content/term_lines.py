"""The rows of the 期限告知 table: terms that run, and terms that the notice's own service starts."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.context import TermLine
from app.documents.term_line import term_line
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.terms import TermRow
from app.services.notice_content.occasion import Occasion
from app.services.terms import counting_of
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Span, Unit
from workflows.kit.definition import StartKind
from workflows.registry import workflow
from workflows.rules.model import RuleSet


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
        lines.append(term_line(term.label, counting, rule, occasion.calendar, by_service=True))
    return lines


def line_of(row: TermRow, case: Case, rules: RuleSet, calendar: Calendar) -> TermLine:
    """The line of a term that runs or has run.

    Raises:
        AssertionError: the term still awaits its first day, or belongs to no table.
    """
    term, rule = workflow(case.kind).term(row.key), rules.term(row.key)
    assert term is not None
    assert rule is not None
    return term_line(term.label, counting_of(row), rule, calendar)


def armed_by(session: Session, notice: Notice, parent: Case, served_on: date) -> list[TermRow]:
    """The terms that the service of a notice armed, newest arming each, in the order of the parent's table."""
    rows = session.execute(
        select(TermRow)
        .where(TermRow.case_id == parent.id, TermRow.anchor_on == served_on)
        .order_by(TermRow.key, TermRow.arming)
    ).scalars()
    newest = {row.key: row for row in rows}
    return [newest[key] for key in keys_started_by(notice.key, parent.kind) if key in newest]
