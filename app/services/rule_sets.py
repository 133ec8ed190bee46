"""Rule sets of the localities: entered by one person, confirmed by another, then never changed.

A case keeps the rules of its opening day, so a set is confirmed before the day from which it is in force. A release
of the program that ships other rules only enters a proposal; nobody's law changes by an update.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.cases import RuleProposal, RuleSetRow
from app.models.people import User
from app.services.access_log import Act, write_entry
from workflows.kit.errors import Refusal
from workflows.kit.storable import in_words
from workflows.rules import RuleFileError, RuleSet, load_changed, load_locality, localities
from workflows.rules.changes import UNCHANGED, Changes
from workflows.rules.reading import Place
from workflows.rules.settings import of_its_list
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
    """One rule set as lists show it; `confirmed_by` is empty while it waits for the second person.

    `rejected_by` and `reason` are those of a set that was rejected, `base` the number of the set it was made on.
    People are kept by login; `names` is how pages call them.
    """

    locality: str
    name: str
    number: int
    digest: str
    in_force_from: date
    entered_by: str
    entered_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None = None
    rejected_by: str = ""
    reason: str = ""
    base: int | None = None
    names: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def enterer(self) -> str:
        return self.names.get(self.entered_by, self.entered_by)

    @property
    def confirmer(self) -> str:
        return self.names.get(self.confirmed_by, self.confirmed_by)

    @property
    def rejecter(self) -> str:
        return self.names.get(self.rejected_by, self.rejected_by)

    @property
    def waits(self) -> bool:
        """Whether a second person has still to confirm or to reject it."""
        return not self.confirmed_by and not self.rejected_by


def list_rule_sets(database: Database) -> list[RuleSetLine]:
    """Every rule set, by locality and number."""
    with database.read() as session:
        statement = (
            select(RuleSetRow, RuleProposal).outerjoin(RuleProposal).order_by(RuleSetRow.locality, RuleSetRow.number)
        )
        rows = session.execute(statement).all()
        logins = [login for row, _ in rows for login in (row.entered_by, row.confirmed_by)]
        logins += [made.rejected_by for _, made in rows if made is not None]
        names = names_of(session, logins)
        return [_line(row, made, names) for row, made in rows]


def names_of(session: Session, logins: Iterable[str | None]) -> dict[str, str]:
    """Login → name, for those that are accounts here: a release has none, an imported set those of elsewhere."""
    rows = session.execute(select(User.login, User.name).where(User.login.in_({login for login in logins if login})))
    return dict(rows.all())


def text_of(database: Database, locality: str, which: str) -> str:
    """A rule set in readable form, one entry a line. `which`: its number, or `shipped`.

    Raises:
        RulesRefused: there is none.
    """
    return readable(chosen(database, locality, which))


def differences(database: Database, locality: str, old: str, new: str) -> list[str]:
    """The lines in which two rule sets differ, as a unified diff; empty when they say the same."""
    before, after = (text_of(database, locality, which).splitlines() for which in (old, new))
    return list(difflib.unified_diff(before, after, f"{locality} {old}", f"{locality} {new}", lineterm="", n=0))


@dataclass(frozen=True)
class Making:
    """On which set a proposal was made, with every change on top of the shipped files."""

    base: int
    changes: Changes


def propose(
    database: Database,
    rules: RuleSet,
    in_force_from: date,
    entered_by: str,
    now: datetime,
    *,
    keys: KeyRing | None = None,
    making: Making | None = None,
) -> int:
    """Enter a rule set; returns its number. It has no effect until a second person confirms it.

    Args:
        keys: to log who entered it; a release is entered by nobody.

    Raises:
        RulesRefused: the newest set of the locality says the same, the day has begun already, or a setting holds a
            value that is none of its list.
    """
    demand_later(in_force_from, now)
    _demand_known_values(rules)
    with database.write() as session:
        newest = _newest(session, rules.locality)
        if newest is not None and newest.digest == rules.digest:
            raise RulesRefused(f"{rules.name}第{newest.number}号规则集的内容与此相同，无须重复录入。")
        highest = session.scalar(select(func.max(RuleSetRow.number)).where(RuleSetRow.locality == rules.locality))
        row = RuleSetRow(
            locality=rules.locality,
            number=(highest or 0) + 1,
            digest=rules.digest,
            body=rules.to_json(),
            in_force_from=in_force_from,
            entered_by=entered_by,
            entered_at=now,
        )
        session.add(row)
        if making is not None:
            session.flush()
            session.add(RuleProposal(rule_set_id=row.id, base=making.base, changes=making.changes.to_json()))
        _log(session, keys, Act.RULES_PROPOSED, row, entered_by, now, f"自{in_words(in_force_from)}起施行")
    return row.number


def demand_later(in_force_from: date, now: datetime) -> None:
    """Raises RulesRefused unless a first day is still to come: what came in before it keeps its rules."""
    if in_force_from <= legal_day(now):
        raise RulesRefused(f"施行日期须晚于今日，现为{in_words(in_force_from)}。请改填次日或者以后的日期。")


def _demand_known_values(rules: RuleSet) -> None:
    """Asked at both hands: a set that waits may have been entered by a release that did not ask."""
    for rule in rules.switches:
        try:
            of_its_list(rule.key, rule.value, Place(rules.name, rule.label))
        except RuleFileError:
            raise RulesRefused(
                f"设置“{rule.label}”的内容不在可选项之内，程序无法据以办理。请改选后录入；待确认的，请退回。"
            ) from None


def _demand_rank(rules: RuleSet, changes: Changes) -> None:
    """Whatever the loader refuses today is not confirmed, though an older release let it be entered."""
    if changes != UNCHANGED:
        try:
            load_changed(rules.locality, changes)
        except RuleFileError as refused:
            named = (one.label for one in rules.terms if f"{refused.entry}.".startswith(f"terms.{one.key}."))
            about = "".join(f"{label}：" for label in named)
            raise RulesRefused(f"{about}{refused.problem}。请退回后重新录入。") from None


def propose_release(database: Database, now: datetime) -> list[RuleSetLine]:
    """Enter what this release ships for every locality of the database that has other rules; returns the new ones.

    What the keepers of a locality changed stays on top of it. Changes that do not fit the new files any more keep a
    release from being proposed there; the keepers are told by `rule_changes.misfit`.
    """
    numbers = set()
    for key in localities():
        with database.read() as session:
            row = _newest(session, key)
            made = making_of(session, row) if row is not None else None
        if row is None or made is None:
            continue
        try:
            rules = load_changed(key, made.changes)
        except RuleFileError:
            continue
        if rules.digest != row.digest:
            making = Making(row.number, made.changes) if made.changes != UNCHANGED else None
            numbers.add((key, propose(database, rules, _tomorrow(now), RELEASE, now, making=making)))
    return [line for line in list_rule_sets(database) if (line.locality, line.number) in numbers]


def making_of(session: Session, row: RuleSetRow) -> Making:
    """The changes that a set holds on top of the shipped files; none for a set out of files."""
    made = session.get(RuleProposal, row.id)
    return Making(row.number, Changes.from_json(made.changes) if made is not None else UNCHANGED)


def confirm(
    database: Database,
    locality: str,
    number: int,
    by: str,
    now: datetime,
    in_force_from: date | None = None,
    *,
    keys: KeyRing | None = None,
) -> RuleSetLine:
    """Confirm a rule set as the second person; from its day on new cases follow it.

    Args:
        in_force_from: another first day, chosen with the confirmation.
        keys: to log who confirmed it.

    Raises:
        RulesRefused: unknown, confirmed or rejected already, entered by the same person, its day has begun, a newer
            set of the locality is in force from an earlier day, it was made on a set that is not the last any more,
            or it holds what would not be entered today.
    """
    with database.write() as session:
        row, made = _waiting(session, locality, number)
        rules = RuleSet.from_json(row.body)
        _demand_known_values(rules)
        _demand_rank(rules, making_of(session, row).changes)
        if row.entered_by == by:
            raise RulesRefused("规则集须由录入人以外的另一名规则管理员确认。")
        day = in_force_from or row.in_force_from
        if day <= legal_day(now):
            raise RulesRefused(f"施行日期{in_words(day)}已到，规则集须在施行日之前确认。请用 --from 另定施行日期。")
        later = session.scalar(
            select(RuleSetRow.number)
            .where(RuleSetRow.locality == locality, RuleSetRow.number > number)
            .where(RuleSetRow.confirmed_by.is_not(None), RuleSetRow.in_force_from <= day)
        )
        if later is not None:
            raise RulesRefused(f"{locality}第{later}号规则集已经确认并先行施行，第{number}号不再适用。请重新录入。")
        between = select(RuleSetRow.number).where(
            RuleSetRow.locality == locality, RuleSetRow.number < number, RuleSetRow.confirmed_by.is_not(None)
        )
        if made is not None and made.base is not None:
            passed_over = session.scalar(
                between.where(RuleSetRow.number > made.base).order_by(RuleSetRow.number.desc())
            )
            if passed_over is not None:
                raise RulesRefused(
                    f"第{number}号以第{made.base}号为基础，其后第{passed_over}号已经确认。请退回，在第{passed_over}号基础上重新录入。"
                )
        row.in_force_from, row.confirmed_by, row.confirmed_at = day, by, now
        _log(session, keys, Act.RULES_CONFIRMED, row, by, now, f"自{in_words(day)}起施行")
        return _line(row, made)


def reject(
    database: Database, locality: str, number: int, by: str, reason: str, now: datetime, *, keys: KeyRing
) -> None:
    """退回 a rule set that waits; whoever entered it may take it back himself. Its number is not given again.

    Raises:
        RulesRefused: unknown, or confirmed or rejected already.
    """
    with database.write() as session:
        row, made = _waiting(session, locality, number)
        if made is None:
            made = RuleProposal(rule_set_id=row.id, base=None, changes="{}")
            session.add(made)
        made.rejected_by, made.rejected_at, made.reason = by, now, reason[:400]
        _log(session, keys, Act.RULES_REJECTED, row, by, now, reason)


def _waiting(session: Session, locality: str, number: int) -> tuple[RuleSetRow, RuleProposal | None]:
    row = session.scalar(
        select(RuleSetRow).where(RuleSetRow.locality == locality, RuleSetRow.number == number).with_for_update()
    )
    if row is None:
        raise RulesRefused(f"没有{locality}第{number}号规则集。请用 rules list 核对。")
    if row.confirmed_by is not None:
        raise RulesRefused(f"{locality}第{number}号规则集已由{_name(session, row.confirmed_by)}确认，不得更改。")
    made = session.get(RuleProposal, row.id)
    if made is not None and made.rejected_by is not None:
        who = _name(session, made.rejected_by)
        raise RulesRefused(f"{locality}第{number}号规则集已由{who}退回。需要的，请重新录入。")
    return row, made


def _name(session: Session, login: str) -> str:
    return names_of(session, (login,)).get(login, login)


def chosen(database: Database, locality: str, which: str) -> RuleSet:
    """A rule set by its number, or the one that is `shipped`.

    Raises:
        RulesRefused: there is none.
    """
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
    """The newest set that was not rejected."""
    return session.scalar(
        select(RuleSetRow)
        .outerjoin(RuleProposal)
        .where(RuleSetRow.locality == locality, RuleProposal.rejected_by.is_(None))
        .order_by(RuleSetRow.number.desc())
        .limit(1)
    )


def _tomorrow(now: datetime) -> date:
    return legal_day(now) + timedelta(days=1)


def _log(
    session: Session, keys: KeyRing | None, act: Act, row: RuleSetRow, login: str, now: datetime, purpose: str
) -> None:
    if keys is not None:
        by = session.scalar(select(User.id).where(User.login == login))
        write_entry(session, keys, act, by, now, target=f"{row.locality} {row.number}", purpose=purpose)


def _line(row: RuleSetRow, made: RuleProposal | None, names: Mapping[str, str] | None = None) -> RuleSetLine:
    return RuleSetLine(
        locality=row.locality,
        name=RuleSet.from_json(row.body).name,
        number=row.number,
        digest=row.digest,
        in_force_from=row.in_force_from,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        confirmed_by=row.confirmed_by or "",
        confirmed_at=row.confirmed_at,
        rejected_by=(made.rejected_by or "") if made is not None else "",
        reason=made.reason if made is not None else "",
        base=made.base if made is not None else None,
        names=names or {},
    )
