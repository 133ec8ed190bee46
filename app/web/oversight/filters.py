"""What the addresses of these pages choose: a month, a unit, and which duties are listed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from app.services.reading.oversight.duties import Wanted
from app.services.reading.oversight.periods import Period, month_named, month_of, months_until
from app.services.reading.oversight.scope import Outcome
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade
from app.web.filters import period_given
from app.web.forms import SummaryLine
from app.web.presentation import legal_date
from app.web.views import Link
from workflows.registry import WORKFLOWS

#: How far back a month can be chosen.
MONTHS_BACK = 24
#: Where a period that is left open on one side begins and ends.
_FIRST, _LAST = date(1900, 1, 1), date(9999, 12, 30)


@dataclass(frozen=True)
class Asked:
    """Which duties an address asks for, and what is wrong with it."""

    wanted: Wanted
    errors: tuple[SummaryLine, ...]


def months_offered(reader: Reader) -> tuple[Period, ...]:
    """The months that can be chosen, the present one in front."""
    return tuple(reversed(months_until(month_of(reader.today), MONTHS_BACK)))


def month_given(reader: Reader) -> Period:
    """The month of the address; the present one for none, a later one or what is no month."""
    present, named = month_of(reader.today), month_named(request.values.get("month", ""))
    return named if named is not None and named.first <= present.first else present


def duties_asked() -> Asked:
    """Which duties; of an address that asks for an impossible period everything else is kept."""
    errors: list[SummaryLine] = []
    begins, ends = period_given(_given, errors)
    within = (begins or _FIRST, ends or _LAST) if (begins or ends) and not errors else None
    month = month_named(_given("ended"))
    kind, term = _given("kind"), _given("term")
    wanted = Wanted(
        unit=_given("unit"),
        kind=kind if kind in WORKFLOWS else "",
        term=term if label_of_term(term) else "",
        standing=next((known for known in Shade if known == _given("standing")), None),
        outcome=next((known for known in Outcome if known == _given("outcome")), None),
        within=within,
        ended=month.days if month is not None else None,
    )
    return Asked(wanted, tuple(errors))


def kept(wanted: Wanted) -> dict[str, Any]:
    """The choices as they stand in an address."""
    return {
        name: value
        for name, value in (
            ("unit", wanted.unit),
            ("kind", wanted.kind),
            ("term", wanted.term),
            ("standing", wanted.standing.value if wanted.standing else ""),
            ("outcome", wanted.outcome.value if wanted.outcome else ""),
            ("from_on", wanted.within[0].isoformat() if wanted.within and wanted.within[0] != _FIRST else ""),
            ("until_on", wanted.within[1].isoformat() if wanted.within and wanted.within[1] != _LAST else ""),
            ("ended", wanted.ended[0].isoformat()[:7] if wanted.ended else ""),
        )
        if value
    }


def chips(wanted: Wanted, unit_name: str) -> list[Link]:
    """Each choice that is on, leading to the same list without it."""
    on, told = kept(wanted), []
    named: tuple[tuple[tuple[str, ...], Callable[[], str]], ...] = (
        (("unit",), lambda: unit_name),
        (("kind",), lambda: gettext(WORKFLOWS[wanted.kind].label)),
        (("term",), lambda: gettext(label_of_term(wanted.term))),
        (("standing",), lambda: gettext(wanted.standing.label) if wanted.standing else ""),
        (("outcome",), lambda: gettext(wanted.outcome.label) if wanted.outcome else ""),
        (("from_on", "until_on"), lambda: gettext("%(period)s到期", period=_days(wanted.within))),
        (("ended",), lambda: gettext("%(period)s办结", period=_days(wanted.ended))),
    )
    for fields, label in named:
        if on.keys() & set(fields):
            rest: dict[str, Any] = {name: value for name, value in on.items() if name not in fields}
            told.append(Link(label(), url_for("oversight.duties", **rest)))
    return told


def label_of_term(key: str) -> str:
    """What a term is called; empty for none."""
    return next((term.label for flow in WORKFLOWS.values() if (term := flow.term(key))), "")


def _days(days: tuple[date, date] | None) -> str:
    if days is None:
        return ""
    first, last = days
    if days == month_of(first).days:
        return Period(first, last).label
    if first == _FIRST:
        return gettext("%(day)s以前", day=legal_date(last))
    if last == _LAST:
        return gettext("%(day)s以后", day=legal_date(first))
    return gettext("%(first)s至%(last)s", first=legal_date(first), last=legal_date(last))


def _given(name: str) -> str:
    return request.values.get(name, "").strip()
