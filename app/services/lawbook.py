"""The calendar and the rule sets as stored in the database: frozen snapshots, read once and kept by id."""

from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.cases import CalendarRow, RuleSetRow
from workflows.kit.calendar import Calendar
from workflows.kit.errors import Refusal
from workflows.rules.model import RuleSet


class LawMissing(Refusal):
    """The database holds no calendar, or no confirmed rule set of a locality; `doctor` says how to mend it."""

    code = "LawMissing"
    status = 503


Law = TypeVar("Law", Calendar, RuleSet)

#: Parsed once: a calendar version and a numbered rule set never change. The body itself is read only when it is new.
_CALENDARS: dict[tuple[object, ...], Calendar] = {}
_RULE_SETS: dict[tuple[object, ...], RuleSet] = {}
_KEPT = 64


def _keep(known: dict[tuple[object, ...], Law], key: tuple[object, ...], law: Law) -> Law:
    while len(known) >= _KEPT:
        known.pop(next(iter(known)), None)
    known[key] = law
    return law


def current_calendar(session: Session) -> Calendar:
    """The newest version of the calendar.

    Raises:
        LawMissing: none was imported.
    """
    columns = (CalendarRow.id, CalendarRow.version, CalendarRow.imported_at, func.length(CalendarRow.body))
    newest = session.execute(select(*columns).order_by(CalendarRow.id.desc()).limit(1)).one_or_none()
    if newest is None:
        raise LawMissing("数据库中没有工作日历，请运行“flask --app wsgi calendar seed”。")
    key = tuple(newest)
    if key in _CALENDARS:
        return _CALENDARS[key]
    body = session.execute(select(CalendarRow.body).where(CalendarRow.id == newest.id)).scalar_one()
    return _keep(_CALENDARS, key, Calendar.from_json(body))


def rule_set_in_force(session: Session, locality: str, day: date) -> tuple[int, RuleSet]:
    """The newest confirmed rule set of a locality in force on a day, with its id.

    Raises:
        LawMissing: there is none.
    """
    statement = (
        select(RuleSetRow.id)
        .where(RuleSetRow.locality == locality, RuleSetRow.in_force_from <= day, RuleSetRow.confirmed_by.is_not(None))
        .order_by(RuleSetRow.in_force_from.desc(), RuleSetRow.number.desc())
        .limit(1)
    )
    found = session.execute(statement).scalar_one_or_none()
    if found is None:
        raise LawMissing(f"{locality}在{day.isoformat()}没有经确认的规则集，请由规则管理员录入并确认。")
    return found, rule_set(session, found)


def rule_set(session: Session, rule_set_id: int) -> RuleSet:
    """The rule set a case was opened under; it never changes."""
    columns = (RuleSetRow.digest, func.length(RuleSetRow.body))
    key = tuple(session.execute(select(*columns).where(RuleSetRow.id == rule_set_id)).one())
    if key in _RULE_SETS:
        return _RULE_SETS[key]
    body = session.execute(select(RuleSetRow.body).where(RuleSetRow.id == rule_set_id)).scalar_one()
    return _keep(_RULE_SETS, key, RuleSet.from_json(body))
