"""备份: when the last one was made. The backup itself is made by the tools of the database (docs/operations.md, 六);
its script reports that it is done, and `doctor` and 运行状况 tell how long ago that was.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.database import Database
from app.models.history import SystemMark
from app.services.checks import Check, fault, fine, warning

_MARK = "backup_made_at"
#: A daily backup that is late by half a day, and one that is missing for a week.
_LATE, _MISSING = timedelta(hours=36), timedelta(days=7)
_HOW = "请按《运行维护》第六节备份，并在备份脚本末尾执行 flask --app wsgi backup done。"
_NAME = "备份"


def backup_done(database: Database, now: datetime) -> None:
    """Note that a backup was made just now."""
    with database.write() as session:
        session.merge(SystemMark(key=_MARK, value=now.astimezone(UTC).isoformat()))


def last_backup(session: Session) -> datetime | None:
    """When the last backup was made; None: none was ever reported."""
    mark = session.get(SystemMark, _MARK)
    return datetime.fromisoformat(mark.value) if mark is not None else None


def check_backup(session: Session, now: datetime, *, production: bool) -> Iterator[Check]:
    """How old the last backup is; only what is in real use must have one."""
    made_at = last_backup(session)
    if made_at is None:
        yield warning(_NAME, "没有备份记录", _HOW) if production else fine(_NAME, "没有备份记录（非正式环境，不要求）")
        return
    age = now - made_at
    detail = f"最近一次在{_ago(age)}"
    if age > _MISSING:
        yield fault(_NAME, detail, f"已超过{_MISSING.days}日没有备份。{_HOW}")
    elif age > _LATE:
        yield warning(_NAME, detail, f"没有按日备份。{_HOW}")
    else:
        yield fine(_NAME, detail)


def _ago(age: timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes}分钟前"
    return f"{minutes // 60}小时前" if minutes < 48 * 60 else f"{minutes // (24 * 60)}日前"
