"""What a database was made for. It is marked once; the mark decides whether time may be moved in it."""

from typing import get_args

from sqlalchemy.orm import Session

from app.database import Database
from app.models.history import SystemMark
from app.settings import Purpose
from workflows.kit.errors import Refusal

_MARK = "purpose"
_LABELS: dict[Purpose, str] = {"production": "正式", "demo": "演示", "rehearsal": "推演", "test": "测试"}
#: Everywhere else the clock of the machine is the only one, and `sweep --as-of` is a dry run (architecture 4).
_MOVED_CLOCK: frozenset[Purpose] = frozenset({"demo", "rehearsal", "test"})
_MAKE_BELIEVE: frozenset[Purpose] = frozenset({"demo", "rehearsal"})


class WrongDatabase(Refusal):
    """The database was made for another purpose than the one the installation is set to."""

    code = "WrongDatabase"
    status = 409


def ensure_marked(database: Database, purpose: Purpose) -> None:
    """Mark a new database; the mark never changes afterwards.

    Raises:
        WrongDatabase: it was made for another purpose.
    """
    with database.write() as session:
        mark = session.get(SystemMark, _MARK)
        if mark is None:
            session.add(SystemMark(key=_MARK, value=purpose))
        elif mark.value != purpose:
            raise WrongDatabase(
                f"该数据库建立时的用途为{_label(mark.value)}，不能用作{_LABELS[purpose]}。"
                "请核对 ZHENGCHENG_DATABASE_URL 和 ZHENGCHENG_DATABASE_PURPOSE。"
            )


def purpose_of(database: Database) -> Purpose | None:
    """What the database was marked for; None when it is new."""
    with database.read() as session:
        mark = session.get(SystemMark, _MARK)
    return next((purpose for purpose in get_args(Purpose) if mark is not None and mark.value == purpose), None)


def is_make_believe(session: Session) -> bool:
    """Whether what this database holds was made up: that of a demo or a rehearsal."""
    mark = session.get(SystemMark, _MARK)
    return mark is not None and mark.value in _MAKE_BELIEVE


def takes_moved_clock(database: Database) -> bool:
    """Whether time may be moved in this database: only where it was marked for that when it was made."""
    return purpose_of(database) in _MOVED_CLOCK


def _label(purpose: str) -> str:
    return next((label for known, label in _LABELS.items() if known == purpose), purpose)
