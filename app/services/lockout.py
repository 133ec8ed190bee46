"""Lockout (trust 1.5): failures are counted in the account, under its lock; whatever proves who one is counts here."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.models.people import User
from app.services.access_log import Act, write_entry

#: Failures in a row until the account is locked; every further such row locks it twice as long.
TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


def is_locked(user: User, now: datetime) -> bool:
    """Whether the account is locked at this moment."""
    return user.locked_until is not None and user.locked_until > now


def count_failure(session: Session, keys: KeyRing, user: User, now: datetime, address: str, what: str = "") -> None:
    """One more failure of an account that the caller has locked; `what` was not right goes into the access log."""
    write_entry(session, keys, Act.SIGN_IN_REFUSED, user.id, now, target=user.uid, purpose=what, address=address)
    if is_locked(user, now):
        # A locked account is not locked further by trying on: nobody may keep a colleague out for good.
        return
    user.failed_sign_ins += 1
    if user.failed_sign_ins % TRIES == 0:
        rounds = user.failed_sign_ins // TRIES - 1
        user.locked_until = now + min(FIRST_LOCK * 2 ** min(rounds, 10), LONGEST_LOCK)
        write_entry(session, keys, Act.ACCOUNT_LOCKED, user.id, now, target=user.uid, address=address)
