"""Rule sets of the localities: entered by one person, confirmed by another, then never changed.

A case keeps the rules of its opening day, so a set is confirmed before the day from which it is in force. A release
of the program that ships other rules only enters a proposal; nobody's law changes by an update.
"""

import difflib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.database import Database
from app.models.cases import RuleSetRow
from workflows.kit.errors import Refusal
from workflows.rules import RuleSet, load_locality, localities
from workflows.rules.table import readable

#: Who entered a set that came with a release.
RELEASE = "随系统发布"
#: The place of a set in a comparison that is not a number: the files that this release ships.
SHIPPED = "shipped"


class RulesRefused(Refusal):
    """A rule set cannot be entered or confirmed like this; the message says what to mend."""

    code = "RulesRefused"


@dataclass(frozen=True)
class RuleSetLine:
    """One rule set as lists show it; `confirmed_by` is empty while it waits for the second person."""

    locality: str
    name: str
    number: int
    digest: str
    in_force_from: date
    entered_by: str
    entered_at: datetime
    confirmed_by: str


def list_rule_sets(database: Database) -> list[RuleSetLine]:
    """Every rule set, by locality and number."""
    with database.read() as session:
        rows = session.scalars(select(RuleSetRow).order_by(RuleSetRow.locality, RuleSetRow.number))
        return [_line(row) for row in rows]


def text_of(database: Database, locality: str, which: str) -> str:
    """A rule set in readable form, one entry a line. `which`: its number, or `shipped`.

    Raises:
        RulesRefused: there is none.
    """
    return readable(_chosen(database, locality, which))


def differences(database: Database, locality: str, old: str, new: str) -> list[str]:
    """The lines in which two rule sets differ, as a unified diff; empty when they say the same."""
    before, after = (text_of(database, locality, which).splitlines() for which in (old, new))
    return list(difflib.unified_diff(before, after, f"{locality} {old}", f"{locality} {new}", lineterm="", n=0))


def propose(database: Database, rules: RuleSet, in_force_from: date, entered_by: str, now: datetime) -> int:
    """Enter a rule set; returns its number. It has no effect until a second person confirms it.

    Raises:
        RulesRefused: the newest set of the locality says the same, or the day has begun already.
    """
    if in_force_from <= legal_day(now):
        raise RulesRefused(f"施行日期须晚于今日，现为{in_force_from}。请改填次日或者以后的日期。")
    with database.write() as session:
        newest = _newest(session, rules.locality)
        if newest is not None and newest.digest == rules.digest:
            raise RulesRefused(f"{rules.name}第{newest.number}号规则集的内容与此相同，无须重复录入。")
        row = RuleSetRow(
            locality=rules.locality,
            number=newest.number + 1 if newest is not None else 1,
            digest=rules.digest,
            body=rules.to_json(),
            in_force_from=in_force_from,
            entered_by=entered_by,
            entered_at=now,
        )
        session.add(row)
    return row.number


def propose_release(database: Database, now: datetime) -> list[RuleSetLine]:
    """Enter what this release ships for every locality of the database that has other rules; returns the new ones."""
    with database.read() as session:
        present = set(session.scalars(select(RuleSetRow.locality).distinct()))
        known = {key: row.digest for key in present if (row := _newest(session, key)) is not None}
    new = [rules for key in localities() if key in known and (rules := load_locality(key)).digest != known[key]]
    numbers = {(rules.locality, propose(database, rules, _tomorrow(now), RELEASE, now)) for rules in new}
    return [line for line in list_rule_sets(database) if (line.locality, line.number) in numbers]


def confirm(
    database: Database, locality: str, number: int, by: str, now: datetime, in_force_from: date | None = None
) -> RuleSetLine:
    """Confirm a rule set as the second person; from its day on new cases follow it.

    Args:
        in_force_from: another first day, chosen with the confirmation.

    Raises:
        RulesRefused: unknown, confirmed already, entered by the same person, its day has begun, or a newer set
            of the locality is in force from an earlier day.
    """
    with database.write() as session:
        row = session.scalar(
            select(RuleSetRow).where(RuleSetRow.locality == locality, RuleSetRow.number == number).with_for_update()
        )
        if row is None:
            raise RulesRefused(f"没有{locality}第{number}号规则集。请用 rules list 核对。")
        if row.confirmed_by is not None:
            raise RulesRefused(f"{locality}第{number}号规则集已由{row.confirmed_by}确认，不得更改。")
        if row.entered_by == by:
            raise RulesRefused("规则集须由录入人以外的另一名规则管理员确认。")
        day = in_force_from or row.in_force_from
        if day <= legal_day(now):
            raise RulesRefused(f"施行日期{day}已到，规则集须在施行日之前确认。请用 --from 另定施行日期。")
        later = session.scalar(
            select(RuleSetRow.number)
            .where(RuleSetRow.locality == locality, RuleSetRow.number > number)
            .where(RuleSetRow.confirmed_by.is_not(None), RuleSetRow.in_force_from <= day)
        )
        if later is not None:
            raise RulesRefused(f"{locality}第{later}号规则集已经确认并先行施行，第{number}号不再适用。请重新录入。")
        row.in_force_from, row.confirmed_by, row.confirmed_at = day, by, now
    return _line(row)


def _chosen(database: Database, locality: str, which: str) -> RuleSet:
    if which == SHIPPED:
        if locality not in localities():
            raise RulesRefused(f"没有随系统发布的“{locality}”规则。可选：{'、'.join(localities())}。")
        # Read back as the database gives it, so that equal rules read alike line by line.
        return RuleSet.from_json(load_locality(locality).to_json())
    with database.read() as session:
        statement = select(RuleSetRow.body).where(RuleSetRow.locality == locality)
        number = int(which) if which.isdecimal() else 0
        body = session.scalar(statement.where(RuleSetRow.number == number))
    if body is None:
        raise RulesRefused(f"没有{locality}第{which}号规则集。请用 rules list 核对。")
    return RuleSet.from_json(body)


def _newest(session: Session, locality: str) -> RuleSetRow | None:
    highest = select(func.max(RuleSetRow.number)).where(RuleSetRow.locality == locality).scalar_subquery()
    return session.scalar(select(RuleSetRow).where(RuleSetRow.locality == locality, RuleSetRow.number == highest))


def _tomorrow(now: datetime) -> date:
    return legal_day(now) + timedelta(days=1)


def _line(row: RuleSetRow) -> RuleSetLine:
    return RuleSetLine(
        locality=row.locality,
        name=RuleSet.from_json(row.body).name,
        number=row.number,
        digest=row.digest,
        in_force_from=row.in_force_from,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        confirmed_by=row.confirmed_by or "",
    )
