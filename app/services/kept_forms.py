"""Forms that were sent when their session was over: sealed, for whom their page was drawn, and for nobody else."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.crypto import FieldContext, KeyRing
from app.database import Database
from app.models.entry import HalfSignIn, KeptForm
from app.models.people import User
from app.services.sign_ins import HALF_LASTS, SignedIn, token_hash
from workflows.kit.errors import NotFound

#: How long a form waits for its owner, and how many may wait for one person.
KEPT = timedelta(hours=24)
_MOST = 5


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: to which address, from which page, what it held, and the names of files left out."""

    path: str
    page: str
    fields: Mapping[str, Sequence[str]]
    files: Sequence[str] = ()


def keep_form(database: Database, keys: KeyRing, owner_uid: str, sent: Sent, now: datetime) -> str:
    """Keep a form for its owner; gives the token under which he finds it. The oldest give way to the newest.

    Raises:
        NotFound: there is no such person.
    """
    token = secrets.token_urlsafe(24)
    with database.write() as session:
        user_id = session.scalar(select(User.id).where(User.uid == owner_uid, User.active))
        if user_id is None:
            raise NotFound
        hashed = token_hash(token)
        sealed = keys.seal(json.dumps(asdict(sent), ensure_ascii=False), _context(hashed))
        session.add(KeptForm(token_hash=hashed, user_id=user_id, kept_at=now, sealed=sealed))
        session.flush()
        rows = select(KeptForm.token_hash).where(KeptForm.user_id == user_id)
        kept = session.scalars(rows.order_by(KeptForm.kept_at.desc(), KeptForm.token_hash)).all()
        session.execute(
            delete(KeptForm).where(KeptForm.token_hash.in_([one for one in kept if one != hashed][_MOST - 1 :]))
        )
    return token


def kept_form(database: Database, keys: KeyRing, person: SignedIn, token: str, now: datetime) -> Sent:
    """The form that was kept for this person under a token.

    Raises:
        NotFound: there is none, it is older than a day, or it is somebody else's.
    """
    with database.read() as session:
        row = session.get(KeptForm, token_hash(token))
        if row is None or row.user_id != person.user_id or now - row.kept_at > KEPT:
            raise NotFound("没有为您保留的内容，或者已经超过24小时。")
        return Sent(**json.loads(keys.unseal(row.sealed, _context(row.token_hash))))


def forget_form(database: Database, person: SignedIn, token: str) -> None:
    """The form was given back."""
    mine = (KeptForm.token_hash == token_hash(token), KeptForm.user_id == person.user_id)
    with database.write() as session:
        session.execute(delete(KeptForm).where(*mine))


def remove_old(session: Session, now: datetime) -> None:
    """Remove what nobody came for, and sign-ins that nobody finished, in the caller's writing transaction."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at < now - KEPT))
    session.execute(delete(HalfSignIn).where(HalfSignIn.created_at < now - HALF_LASTS))


def _context(hashed: str) -> FieldContext:
    return FieldContext("kept_form", "sealed", hashed)
