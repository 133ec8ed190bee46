"""The calendar and the rule sets as stored in the database: frozen snapshots, read once and kept by id."""

from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.cases import CalendarRow, RuleSetRow
from workflows.kit.calendar import Calendar
from workflows.rules.model import RuleSet


class LawMissing(Exception):
    """The database holds no calendar, or no confirmed rule set of a locality; `doctor` says how to mend it."""


@lru_cache(maxsize=16)
def _calendar(body: str) -> Calendar:
    return Calendar.from_json(body)


@lru_cache(maxsize=64)
def _rule_set(body: str) -> RuleSet:
    return RuleSet.from_json(body)


def current_calendar(session: Session) -> Calendar:
    """The newest version of the calendar.

    Raises:
        LawMissing: none was imported.
    """
    body = session.execute(select(CalendarRow.body).order_by(CalendarRow.id.desc()).limit(1)).scalar_one_or_none()
    if body is None:
        raise LawMissing("数据库中没有工作日历，请运行“flask --app wsgi calendar seed”。")
    return _calendar(body)


def rule_set_in_force(session: Session, locality: str, day: date) -> tuple[int, RuleSet]:
    """The newest confirmed rule set of a locality in force on a day, with its id.

    Raises:
        LawMissing: there is none.
    """
    statement = (
        select(RuleSetRow.id, RuleSetRow.body)
        .where(RuleSetRow.locality == locality, RuleSetRow.in_force_from <= day, RuleSetRow.confirmed_by.is_not(None))
        .order_by(RuleSetRow.in_force_from.desc(), RuleSetRow.number.desc())
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise LawMissing(f"{locality}在{day.isoformat()}没有经确认的规则集，请由规则管理员录入并确认。")
    return row.id, _rule_set(row.body)


def rule_set(session: Session, rule_set_id: int) -> RuleSet:
    """The rule set a case was opened under; it never changes."""
    body = session.execute(select(RuleSetRow.body).where(RuleSetRow.id == rule_set_id)).scalar_one()
    return _rule_set(body)
