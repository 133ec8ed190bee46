"""The second factor (trust 1.5): codes by time (RFC 6238), each accepted once, and spare codes for a lost device."""

import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.crypto import FieldContext, KeyRing
from app.models.entry import RecoveryCode
from app.models.people import User

#: Seconds for which a code stands; one step more is believed on either side, for clocks that differ.
STEP_SECONDS = 30
_DRIFT = 1
SPARE_CODES = 10
#: Without characters that are read for one another.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10
_DIGITS = 6


def new_seed() -> str:
    """A fresh secret of 160 bits, in Base32 as authenticators take it."""
    return pyotp.random_base32(32)


def address_of_seed(seed: str, login: str) -> str:
    """What a QR code for authenticators holds."""
    return pyotp.TOTP(seed, interval=STEP_SECONDS).provisioning_uri(name=login, issuer_name="政诚")


def step_of(seed: str, typed: str, now: datetime) -> int | None:
    """The step whose code was typed; None where it is none of the steps that are believed now."""
    totp, present, found = pyotp.TOTP(seed, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS, None
    code = _plain(typed)
    if len(code) != _DIGITS or not (code.isascii() and code.isdigit()):
        return None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        # Every candidate is compared, so that the time tells nothing.
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), code):
            found = step
    return found


def accept(session: Session, keys: KeyRing, user: User, typed: str, now: datetime) -> bool:
    """Whether this is a code of the account that was not used before; it is used up. The caller has locked the row."""
    if user.totp_sealed is None:
        return False
    step = step_of(keys.unseal(user.totp_sealed, seed_context(user)), typed, now)
    if step is not None:
        if user.totp_step is not None and step <= user.totp_step:
            return False
        user.totp_step = step
        return True
    hashes = [_hashed(keys, user, typed, version) for version in range(len(keys.versions))]
    spare = session.scalars(
        select(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash.in_(hashes), RecoveryCode.used_at.is_(None))
        .limit(1)
    ).one_or_none()
    if spare is None:
        return False
    spare.used_at = now
    return True


def take_up(
    session: Session, keys: KeyRing, user: User, seed: str, typed: str, now: datetime
) -> tuple[str, ...] | None:
    """Take a seed into use once its code was typed; the spare codes, shown this one time. None: the code is wrong."""
    step = step_of(seed, typed, now)
    if step is None:
        return None
    user.totp_sealed = keys.seal(seed, seed_context(user))
    user.totp_step, user.totp_since = step, now
    return renew_spare_codes(session, keys, user)


def end(session: Session, user: User) -> None:
    """Forget the seed and the spare codes."""
    user.totp_sealed = user.totp_step = user.totp_since = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def renew_spare_codes(session: Session, keys: KeyRing, user: User) -> tuple[str, ...]:
    """New spare codes in the place of all earlier ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)) for _ in range(SPARE_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hashed(keys, user, code, 0)) for code in codes)
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def spare_codes_left(session: Session, user_id: int) -> int:
    """How many spare codes somebody has not used."""
    unused = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def seed_context(user: User) -> FieldContext:
    """Where a sealed seed belongs."""
    return FieldContext("user_account", "totp_sealed", user.uid)


def _hashed(keys: KeyRing, user: User, code: str, version: int) -> str:
    """The keyed hash of a spare code of one account, under one version of the key, the active one first."""
    return keys.blind_indexes(f"spare:{user.uid}:{_plain(code)}")[version]


def _plain(typed: str) -> str:
    """A code as people type it: in groups, in full-width characters, in small letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed[:64]).upper() if c.isalnum())
