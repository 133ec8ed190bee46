"""Where a person gets his reminders by mail. Kept sealed; no list and no log shows it."""

import re
from datetime import datetime

from sqlalchemy import select

from app.crypto import FieldContext, KeyRing
from app.database import Database
from app.models.people import User
from app.services.access_log import Act, write_entry
from app.services.accounts import AccountRefused

_LONGEST = 254
_SHAPE = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[A-Za-z0-9-]{2,}")


def set_mail_address(database: Database, keys: KeyRing, login: str, address: str, now: datetime) -> None:
    """Keep the address for a person's reminders; an empty one ends them.

    Raises:
        AccountRefused: unknown login, or not the shape of a mail address.
    """
    given = address.strip()
    if given and (len(given) > _LONGEST or not _SHAPE.fullmatch(given)):
        raise AccountRefused("邮箱地址的格式不对，应形如 name@example.gov.cn。请核对后重新输入。")
    with database.write() as session:
        user = session.scalar(select(User).where(User.login == login.strip()).with_for_update())
        if user is None:
            raise AccountRefused(f"没有账号“{login}”。请用 user list 核对。")
        user.mail_sealed = keys.seal(given, _context(user)) if given else None
        write_entry(session, keys, Act.MAIL_CHANGED, None, now, target=user.uid)


def mail_address_of(keys: KeyRing, user: User) -> str:
    """The address, or nothing if the person has given none."""
    return keys.unseal(user.mail_sealed, _context(user)) if user.mail_sealed else ""


def _context(user: User) -> FieldContext:
    return FieldContext("user_account", "mail_sealed", user.uid)
