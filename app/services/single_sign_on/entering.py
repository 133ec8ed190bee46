"""From an identity of the provider to a session: only for an account that the administrator linked to it."""

from datetime import datetime

from sqlalchemy import select

from app.crypto import KeyRing
from app.database import Database
from app.models.people import User
from app.services.access_log import Act, write_entry
from app.services.lockout import is_locked
from app.services.sign_ins import METHODS, Caller, HalfWay, SignedIn, pass_first_factor
from app.services.single_sign_on.identity import Identity
from app.services.single_sign_on.provider import NotAdmitted
from workflows.roles import Post

#: What the list of sessions and the log call it.
METHOD = "oidc"
LOGGED = METHODS[METHOD]


def enter_as(
    database: Database,
    keys: KeyRing,
    identity: Identity,
    now: datetime,
    caller: Caller,
    *,
    needing: frozenset[Post],
    trust_its_second_factor: bool,
) -> SignedIn | HalfWay:
    """Begin a session, or the wait for our second factor.

    Args:
        needing: whoever holds one of these posts needs a second factor; everybody who has set one up gives it.
        trust_its_second_factor: whether one that the provider asked for (and says so) takes the place of ours.

    Raises:
        NotAdmitted: no account is linked, or it is disabled or locked; logged first.
    """
    with database.write() as session:
        user = session.scalar(select(User).where(User.external_id == identity.name).with_for_update())
        if user is None:
            # The keyed hash shows that one unknown identity is tried again and again.
            unknown = keys.blind_index(identity.name)[:16]
            write_entry(
                session, keys, Act.SIGN_IN_REFUSED, None, now, target=unknown, purpose=LOGGED, address=caller.address
            )
            begun = None
        elif not user.active or is_locked(user, now):
            write_entry(
                session, keys, Act.SIGN_IN_REFUSED, user.id, now, target=user.uid, purpose=LOGGED,
                address=caller.address,
            )  # fmt: skip
            begun = None
        else:
            enough = trust_its_second_factor and identity.second_factor
            begun = pass_first_factor(session, keys, user, now, caller, METHOD, None if enough else needing)
    if begun is None:
        raise NotAdmitted(
            "您的统一身份认证账号没有关联本系统的账号，或者所关联的账号已被停用、锁定。请联系本单位系统管理员。"
        )
    return begun
