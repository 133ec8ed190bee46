"""规则 over time: the sets of a locality, two of them side by side, and what a new one would mean for new cases."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.database import Database
from app.models.people import Unit
from app.services.lawbook import current_calendar
from app.services.reading.reader import Reader
from app.services.rule_sets import RuleSetLine, RulesRefused, chosen, list_rule_sets
from workflows.kit.calendar import Calendar, CalendarRangeError
from workflows.kit.counting import Counting, Span, due_on
from workflows.kit.errors import NotFound
from workflows.registry import WORKFLOWS
from workflows.roles import Post
from workflows.rules.comparing import Difference, differences
from workflows.rules.model import SEVERITIES, RuleSet, TermRule
from workflows.setting_choices import setting_in_words


@dataclass(frozen=True)
class Versions:
    """The sets of one locality, the newest first; those that wait or were rejected only for its keepers."""

    locality: str
    name: str
    lines: tuple[RuleSetLine, ...]
    in_force: int
    keeps: bool


@dataclass(frozen=True)
class Effect:
    """A term that new cases would have otherwise: where it is used, and its last day if it began on `start`."""

    procedure: str
    label: str
    start: date
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Comparison:
    """Two sets side by side. `effects` are about cases opened from the newer one's first day on."""

    locality: str
    name: str
    old: RuleSetLine
    new: RuleSetLine
    differences: tuple[Difference, ...]
    effects: tuple[Effect, ...]


def keeps_rules_of(reader: Reader) -> frozenset[str]:
    """The localities whose rules the reader keeps: those of the units in which he is rules keeper today."""
    units = reader.standing.units(frozenset({Post.RULES_KEEPER}))
    return frozenset(reader.session.scalars(select(Unit.locality).where(Unit.id.in_(sorted(units)))))


def demand_keeper(reader: Reader, locality: str) -> None:
    """Raises NotFound unless the reader keeps the rules of this locality."""
    if locality not in keeps_rules_of(reader):
        raise NotFound("没有这个地区的规则，或者其规则不由您管理。请从规则页进入。")


def read_versions(reader: Reader, locality: str) -> Versions:
    """The sets of a locality as far as the reader may see them.

    Raises:
        NotFound: there is no such locality.
    """
    keeps = locality in keeps_rules_of(reader)
    lines = [line for line in _lines(reader, locality) if keeps or line.confirmed_by]
    if not lines:
        raise NotFound("没有这个地区的规则。请从列表中选择。")
    due = [line for line in lines if line.confirmed_by and line.in_force_from <= reader.today]
    current = max(due, key=lambda line: (line.in_force_from, line.number), default=lines[0])
    return Versions(locality, lines[0].name, tuple(reversed(lines)), current.number, keeps)


def compare(reader: Reader, locality: str, old: int, new: int) -> Comparison:
    """Two sets of a locality.

    Raises:
        NotFound: one of them is none, or not for the reader to see.
    """
    known = {line.number: line for line in read_versions(reader, locality).lines}
    if old not in known or new not in known:
        raise NotFound("没有这一号规则集。请从版本列表中选择。")
    before, after = _rules(reader, locality, old), _rules(reader, locality, new)
    start = max(known[new].in_force_from, reader.today)
    found = differences(before, after, setting_in_words)
    effects = effects_of(before, after, current_calendar(reader.session), start)
    return Comparison(locality, after.name, known[old], known[new], found, effects)


def effects_of(before: RuleSet, after: RuleSet, calendar: Calendar, start: date) -> tuple[Effect, ...]:
    """What the change means for terms of new cases that begin on a day; what cannot be reckoned has no last day."""
    found = []
    for flow in WORKFLOWS.values():
        for term in flow.terms:
            old, new = before.term(term.key), after.term(term.key)
            for label, one, other in _spans(old, new):
                if one != other:
                    days = tuple(_last_day(new or old, span, start, calendar) for span in (one, other))
                    found.append(Effect(flow.label, f"{term.label}{label}", start, *days))
    return tuple(found)


def _spans(old: TermRule | None, new: TermRule | None) -> list[tuple[str, Span | None, Span | None]]:
    """The lengths of a term before and after; by severity where it depends on it."""
    if (old and old.by_severity) or (new and new.by_severity):
        return [(f"（{label}）", _of_severity(old, key), _of_severity(new, key)) for key, label in SEVERITIES.items()]
    return [("", old.span if old else None, new.span if new else None)]


def _of_severity(rule: TermRule | None, severity: str) -> Span | None:
    return rule.for_severity(severity).span if rule is not None else None


def _last_day(rule: TermRule | None, span: Span | None, start: date, calendar: Calendar) -> date | None:
    if rule is None or rule.nature is None or span is None:
        return None
    try:
        return due_on(Counting(rule.nature, span, start), calendar).on
    except CalendarRangeError:
        return None


def _lines(reader: Reader, locality: str) -> list[RuleSetLine]:
    return [line for line in list_rule_sets(_database(reader)) if line.locality == locality]


def _rules(reader: Reader, locality: str, number: int) -> RuleSet:
    try:
        return chosen(_database(reader), locality, str(number))
    except RulesRefused as refusal:
        raise NotFound(refusal.message) from None


def _database(reader: Reader) -> Database:
    return Database(reader.backend.engine, reader.backend.sessions)
