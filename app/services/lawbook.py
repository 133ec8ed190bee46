"""The calendar and the rule sets as stored in the database: frozen snapshots, read once and kept by id."""

from datetime import date
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models.cases import CalendarRow, RuleSetRow
from workflows.kit.calendar import Calendar
from workflows.kit.errors import Refusal
from workflows.kit.storable import in_words
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


_CALENDAR = CalendarRow.__table__
_RULES = RuleSetRow.__table__
#: Which calendar is the newest, without its body.
_NEWEST = select(_CALENDAR.c.id, _CALENDAR.c.version, _CALENDAR.c.imported_at).order_by(_CALENDAR.c.id.desc()).limit(1)
_DIGEST = select(_RULES.c.digest).where(_RULES.c.id == bindparam("rules"))
#: Both questions that every step asks, in one.
_NEWEST_AND_DIGEST = _NEWEST.add_columns(_DIGEST.scalar_subquery().label("digest"))


def current_calendar(session: Session) -> Calendar:
    """The newest version of the calendar.

    Raises:
        LawMissing: none was imported.
    """
    return _calendar(session, session.execute(_NEWEST).one_or_none())


def current_law(session: Session, rule_set_id: int) -> tuple[Calendar, RuleSet]:
    """The newest calendar and a rule set, asked for in one statement: what every step on a case needs.

    Raises:
        LawMissing: no calendar was imported.
    """
    found = session.execute(_NEWEST_AND_DIGEST, {"rules": rule_set_id}).one_or_none()
    calendar = _calendar(session, found)
    assert found is not None
    return calendar, _rule_set(session, rule_set_id, found.digest)


def _calendar(session: Session, newest: Any) -> Calendar:
    if newest is None:
        raise LawMissing("数据库中没有工作日历，请运行“flask --app wsgi calendar seed”。")
    key = (newest.id, newest.version, newest.imported_at)
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
        select(RuleSetRow.id, RuleSetRow.digest)
        .where(RuleSetRow.locality == locality, RuleSetRow.in_force_from <= day, RuleSetRow.confirmed_by.is_not(None))
        .order_by(RuleSetRow.in_force_from.desc(), RuleSetRow.number.desc())
        .limit(1)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise LawMissing(f"{locality}在{in_words(day)}没有经确认的规则集，请由规则管理员录入并确认。")
    return found.id, _rule_set(session, found.id, found.digest)


def rule_set(session: Session, rule_set_id: int) -> RuleSet:
    """The rule set a case was opened under; it never changes."""
    return _rule_set(session, rule_set_id, session.execute(_DIGEST, {"rules": rule_set_id}).scalar_one())


def _rule_set(session: Session, rule_set_id: int, digest: str) -> RuleSet:
    key = (digest,)
    if key in _RULE_SETS:
        return _RULE_SETS[key]
    body = session.execute(select(RuleSetRow.body).where(RuleSetRow.id == rule_set_id)).scalar_one()
    return _keep(_RULE_SETS, key, RuleSet.from_json(body))
