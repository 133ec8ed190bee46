"""One row of the 期限告知 table, from how a term counts and what the rule set says of it."""

from app.documents.citations import in_table
from app.documents.context import SkippedDay, TermLine
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Counting, Nature
from workflows.kit.ledger import ledger
from workflows.rules.model import TermRule


def term_line(
    label: str, counting: Counting, rule: TermRule, calendar: Calendar, *, by_service: bool = False
) -> TermLine:
    """The row of a term named `label`; `by_service`: the notice's own service starts it."""
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
