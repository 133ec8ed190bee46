"""The rule sets and calendars that a dossier was handled under: with them a term can be recomputed years later."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.cases import CalendarRow, Dossier, RuleSetRow
from app.models.people import PostHolding, Unit
from app.services.dossier_bundle.errors import BundleRefused
from app.services.dossier_bundle.tables import Row, restored, table, written
from workflows.roles import Post

_RULES, _CALENDAR = "law/rules-", "law/calendar-"


def law_of(session: Session, rows: dict[str, list[Row]]) -> dict[str, dict[str, Any]]:
    """Every rule set and calendar version that the rows name, by path within the bundle."""
    files: dict[str, dict[str, Any]] = {}
    for row in _rows(session, "rule_set", "id", {case["rule_set_id"] for case in rows["cases"]} - {None}):
        files[f"{_RULES}{row['locality']}-{row['number']}.json"] = written("rule_set", row, {}, {})
    for row in _rows(session, "calendar_version", "version", {term["calendar_version"] for term in rows["term"]}):
        files[f"{_CALENDAR}{row['version']}.json"] = written("calendar_version", row, {}, {})
    for told in files.values():
        told.pop("id")
    return files


def _rows(session: Session, name: str, column: str, values: set[Any]) -> list[Row]:
    own = table(name)
    found = session.execute(select(own).where(own.c[column].in_(values)).order_by(own.c.id)).mappings()
    return [dict(row) for row in found]


def names_of_rule_sets(session: Session, rows: dict[str, list[Row]]) -> dict[int, str]:
    """How the bundle names the rule sets of its cases, by their id here."""
    found = _rows(session, "rule_set", "id", {case["rule_set_id"] for case in rows["cases"]} - {None})
    return {row["id"]: f"{row['locality']}#{row['number']}" for row in found}


def calendars_in(files: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The body of each calendar version of a bundle, by its version."""
    return {told["version"]: told["body"] for path, told in files.items() if path.startswith(_CALENDAR)}


def restore_law(session: Session, files: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Enter what is not there yet; the ids here of the rule sets, by the name in the bundle.

    An older calendar is put before those that the system has: the newest one stays the one that counts.

    Raises:
        BundleRefused: a rule set or calendar of that number is another one here, or a rule set would become law here.
    """
    ids: dict[str, int] = {}
    lowest = session.scalar(select(func.min(CalendarRow.id)))
    for path, told in sorted(files.items()):
        if path.startswith(_RULES):
            ids[f"{told['locality']}#{told['number']}"] = _rule_set(session, path, told)
        elif _is_new(session, path, told):
            made = CalendarRow(**restored("calendar_version", {"id": None, **told}, {}, {}))
            if lowest is not None:
                lowest -= 1
                made.id = lowest
            session.add(made)
            session.flush()
    return ids


def _rule_set(session: Session, path: str, told: dict[str, Any]) -> int:
    same = (RuleSetRow.locality == told["locality"], RuleSetRow.number == told["number"])
    known = session.scalar(select(RuleSetRow).where(*same))
    if known is None and _works_here(session, told["locality"]):
        raise BundleRefused(
            "是本系统没有的规则集，而本系统正在办理该地区的案件：导入后会成为今后案件的依据。请导入空库。", path
        )
    if known is None:
        known = RuleSetRow(**restored("rule_set", {"id": None, **told}, {}, {}))
        session.add(known)
        session.flush()
    elif known.digest != told["digest"]:
        raise BundleRefused("与本系统中同一编号的规则集内容不同。请导入空库。", path)
    return known.id


def _works_here(session: Session, locality: str) -> bool:
    """Whether cases of a locality are opened in this system: a rule set that comes along would decide the next one."""
    opened = select(Dossier.id).where(Dossier.locality == locality, Dossier.imported_at.is_(None)).limit(1)
    clerks = (
        select(PostHolding.id)
        .join(Unit, Unit.id == PostHolding.unit_id)
        .where(Unit.locality == locality, PostHolding.post == Post.CLERK.value)
        .limit(1)
    )
    return session.scalar(opened) is not None or session.scalar(clerks) is not None


def _is_new(session: Session, path: str, told: dict[str, Any]) -> bool:
    known = session.scalar(select(CalendarRow).where(CalendarRow.version == told["version"]))
    if known is not None and known.body != told["body"]:
        raise BundleRefused("与本系统中同一版本的工作日历内容不同。请导入空库。", path)
    return known is None
