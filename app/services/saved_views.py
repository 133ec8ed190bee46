"""常用筛选: filters of the desk under a name of one's own; a name that is used again is replaced."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from app.database import Database, insert_into
from app.models.base import new_uid
from app.models.desk import SavedView
from workflows.kit.errors import FieldError, FormIncomplete, NotFound

#: How many one person may keep, and how long a name and an address may be.
MOST, LONGEST_NAME, LONGEST_QUERY = 20, 20, 600


@dataclass(frozen=True)
class View:
    """One saved filter: `query` is what stands behind `/desk?`."""

    uid: str
    name: str
    query: str


def views_of(database: Database, user_id: int) -> tuple[View, ...]:
    """The saved filters of a person, in the order in which he first kept them."""
    with database.read() as session:
        rows = session.execute(
            select(SavedView.uid, SavedView.name, SavedView.query)
            .where(SavedView.user_id == user_id)
            .order_by(SavedView.id)
        )
        return tuple(View(*row) for row in rows)


def keep_view(database: Database, user_id: int, name: str, query: str, now: datetime) -> None:
    """Keep filters under a name, in the place of those that have it already.

    Args:
        query: as the desk writes it; the caller has read and written it anew.

    Raises:
        FormIncomplete: no name, one that is too long, or too many are kept.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise FormIncomplete((_error(f"最多{LONGEST_NAME}字，请精简" if name else "尚未填写"),))
    if not query or len(query) > LONGEST_QUERY:
        raise FormIncomplete((_error("没有可以保存的筛选条件，请先筛选"),))
    with database.write() as session:
        others = (SavedView.user_id == user_id, SavedView.name != name)
        if (session.scalar(select(func.count()).where(*others)) or 0) >= MOST:
            raise FormIncomplete((_error(f"最多保存{MOST}个，请先删除不用的"),))
        row = {"uid": new_uid(), "user_id": user_id, "name": name, "query": query, "saved_at": now}
        session.execute(
            insert_into(session, SavedView)
            .values(row)
            .on_conflict_do_update(index_elements=["user_id", "name"], set_={"query": query, "saved_at": now})
        )


def remove_view(database: Database, user_id: int, uid: str) -> None:
    """Throw a saved filter away.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    with database.write() as session:
        gone = session.execute(delete(SavedView).where(SavedView.user_id == user_id, SavedView.uid == uid))
        if not gone.rowcount:  # type: ignore[attr-defined]
            raise NotFound


def _error(message: str) -> FieldError:
    return FieldError("name", "名称", message)
