"""How often something may be asked: counted per address and in all, in the database that all workers share.

A window is one minute by the clock that was handed in. An address is kept only as its keyed hash, and only as long as
its window is young.
"""

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.database import Database, insert_into
from app.models.limits import RateWindow
from workflows.kit.errors import Refusal

WINDOW = timedelta(minutes=1)
_KEPT = timedelta(hours=1)
#: A household or an office has one IPv6 network of this size: counting single addresses would limit nobody.
_IPV6_NETWORK = 64


class TooOften(Refusal):
    """Asked more often than allowed; `retry_after` is in seconds."""

    code = "TooOften"
    status = 429

    def __init__(self, retry_after: int, message: str = "") -> None:
        super().__init__(message or f"查询过于频繁，请在{retry_after}秒后重试。")
        self.retry_after = retry_after


class TooManyTries(TooOften):
    """Too many failures to sign in from one address; `first` in this window: worth a line in the log."""

    code = "TooManyTries"

    def __init__(self, retry_after: int, *, first: bool) -> None:
        super().__init__(
            retry_after,
            f"您所在的网络近一分钟内登录失败次数过多，请在{retry_after}秒后重试。账号未因此锁定，不必重置密码。",
        )
        self.first = first


#: Failures of one address are counted in a bucket of this name.
_TRIES = "sign-in"


def begin_try(database: Database, keys: KeyRing, address: str, now: datetime, each: int) -> None:
    """Count a try to sign in before it is made, so that tries at the same time count as well (trust 1.5).

    The lock of an account stops whoever guesses one password; this stops who tries one password on many accounts. It
    never lasts longer than a minute: a whole office may stand behind one address.

    Args:
        each: how many failures a minute one address may have.

    Raises:
        TooManyTries: they are used up until the next minute begins.
    """
    began_at = _minute(now)
    with database.write() as session:
        count = _count(session, _own(keys, _TRIES, address), began_at)
        _forget_old(session, now)
    if count > each:
        raise TooManyTries(_left(now), first=count == each + 1)


def forget_try(database: Database, keys: KeyRing, address: str, now: datetime) -> None:
    """Take a try back that was no failure: who signs in does not use up what his colleagues may get wrong."""
    bucket = _own(keys, _TRIES, address)
    with database.write() as session:
        mine = (RateWindow.bucket == bucket, RateWindow.began_at == _minute(now), RateWindow.count > 0)
        session.execute(update(RateWindow).where(*mine).values(count=RateWindow.count - 1))


def admit(database: Database, keys: KeyRing, what: str, address: str, now: datetime, *, each: int, in_all: int) -> None:
    """Count one request for `what`; the count is kept whatever becomes of the request it admits.

    Args:
        each: how many a minute one address may make.
        in_all: how many a minute all addresses together may make.

    Raises:
        TooOften: one of the two is used up until the next minute begins.
    """
    began_at = _minute(now)
    with database.write() as session:
        own = _count(session, _own(keys, what, address), began_at)
        # Who is refused already takes nothing from the others: one address cannot close the door on everybody.
        everybody = _count(session, what, began_at) if own <= each else 0
        _forget_old(session, now)
    if own > each or everybody > in_all:
        raise TooOften(_left(now))


def _forget_old(session: Session, now: datetime) -> None:
    session.execute(delete(RateWindow).where(RateWindow.began_at < now - _KEPT))


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _left(now: datetime) -> int:
    """Seconds until the next window begins."""
    return max(1, int((_minute(now) + WINDOW - now).total_seconds()))


def _own(keys: KeyRing, what: str, address: str) -> str:
    return f"{what}:{keys.blind_index(_network(address))}"


def _count(session: Session, bucket: str, began_at: datetime) -> int:
    """One more in the bucket; a window that is over begins anew."""
    statement = insert_into(session, RateWindow).values(bucket=bucket, began_at=began_at, count=1)
    grown = case((RateWindow.began_at == statement.excluded.began_at, RateWindow.count + 1), else_=1)
    statement = statement.on_conflict_do_update(
        index_elements=["bucket"], set_={"count": grown, "began_at": statement.excluded.began_at}
    )
    count: int = session.execute(statement.returning(RateWindow.count)).scalar_one()
    return count


def _network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
