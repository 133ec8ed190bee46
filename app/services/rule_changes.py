"""A change of one rule, proposed on a page: read as one more file below those of the locality, so the loader judges it.

Several changes go into one proposal: as long as it waits, whoever entered it adds to it, and the older number is
rejected as merged into the newer one. Only one proposal of a locality waits at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.crypto import KeyRing
from app.database import Database
from app.models.cases import RuleSetRow
from app.services.rule_sets import Making, RulesRefused, list_rule_sets, making_of, propose, reject
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.rules import RuleFileError, RuleSet, load_changed
from workflows.rules.changes import UNCHANGED, Changes
from workflows.rules.citing import Documents
from workflows.rules.loader import documents_with, limits_of_terms
from workflows.rules.reading import Table
from workflows.rules.terms import Limits


@dataclass(frozen=True)
class EntryChange:
    """One entry as it is to be: `section` terms or switches; `document`: what it cites and no file names yet."""

    section: str
    key: str
    entry: Mapping[str, Any]
    document: tuple[str, Table] | None = None


def changed_rules(database: Database, locality: str, change: EntryChange) -> tuple[RuleSet, Making, int | None]:
    """The rule set as it would be, on what it is made, and the number of the own proposal that it continues.

    Raises:
        FormIncomplete: the loader refuses the entry; the message is the loader's.
        RulesRefused: the set in force did not come out of the shipped files and changes on a page.
    """
    base = _base(database, locality)
    changes = base.changes
    if change.document is not None:
        changes = changes.with_document(*change.document)
    changes = changes.with_entry(change.section, change.key, _without_empty(change.entry))
    try:
        return load_changed(locality, changes), Making(base.on, changes), base.continues
    except RuleFileError as problem:
        raise FormIncomplete((FieldError("basis", "修改内容", problem.problem),)) from None


def propose_change(
    database: Database, keys: KeyRing, locality: str, change: EntryChange, in_force_from: date, by: str, now: datetime
) -> int:
    """Enter the changed rule set for the second person; returns its number.

    Raises:
        FormIncomplete, RulesRefused: as `changed_rules` and `rule_sets.propose`; somebody else's proposal waits.
    """
    rules, making, continues = changed_rules(database, locality, change)
    waiting = next((line for line in list_rule_sets(database) if line.locality == locality and line.waits), None)
    if waiting is not None and (waiting.entered_by != by or waiting.number != continues):
        raise RulesRefused(f"第{waiting.number}号规则集（{waiting.enterer}录入）尚待确认。请先确认或者退回。")
    number = propose(database, rules, in_force_from, by, now, keys=keys, making=making)
    if waiting is not None:
        reject(database, locality, waiting.number, by, f"并入第{number}号", now, keys=keys)
    return number


@dataclass(frozen=True)
class Known:
    """What the form of a rule builds on: the documents that may be cited, and what is fixed about the terms."""

    documents: Documents
    limits: Limits


def known_of(database: Database, locality: str) -> Known:
    """What is known where a change of this locality would stand; of a set out of other files only what is shipped."""
    try:
        changes = _base(database, locality).changes
    except RulesRefused:
        changes = UNCHANGED
    return Known(documents_with(changes), limits_of_terms(locality, changes))


def misfit(database: Database, locality: str) -> str:
    """Why the changes of a locality do not fit the shipped files any more; empty while they do."""
    try:
        _base(database, locality)
    except RulesRefused as refusal:
        return refusal.message
    return ""


@dataclass(frozen=True)
class _Base:
    """`on`: the confirmed set; `continues`: the waiting set that already holds changes on it."""

    on: int
    changes: Changes
    continues: int | None


def _base(database: Database, locality: str) -> _Base:
    lines = [line for line in list_rule_sets(database) if line.locality == locality and not line.rejected_by]
    confirmed = [line for line in lines if line.confirmed_by]
    if not confirmed:
        raise RulesRefused("本地区没有经确认的规则集。请由系统管理员在服务器上录入。")
    last = confirmed[-1]
    waiting = next((line for line in lines if line.waits and line.number > last.number and line.base is not None), None)
    taken = waiting or last
    with database.read() as session:
        row = session.scalar(
            select(RuleSetRow).where(RuleSetRow.locality == locality, RuleSetRow.number == taken.number)
        )
        assert row is not None
        changes = making_of(session, row).changes
    try:
        digest = load_changed(locality, changes).digest
    except RuleFileError as problem:
        raise RulesRefused(str(problem)) from None
    if digest != taken.digest:
        raise RulesRefused(
            f"第{taken.number}号规则集与随系统发布的规则加本地调整不一致，不能在页面上修改。"
            "请先确认随系统发布的新规则，或者在服务器上以规则文件录入。"
        )
    return _Base(last.number, changes, waiting.number if waiting is not None else None)


def _without_empty(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry says nothing about what it leaves empty."""
    return {name: value for name, value in entry.items() if value not in (None, "")}
