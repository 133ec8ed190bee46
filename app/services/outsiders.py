"""系统外人员: somebody who has to be recorded but does not work here. He gets a name and a number, and no way in."""

import secrets
from datetime import datetime

from app.services.accounts import Accounts

_LOGIN_BYTES, _PASSWORD_BYTES = 8, 24


def register_outsider(accounts: Accounts, name: str, identity_number: str, now: datetime, by: int) -> str:
    """Enter a person by name and identity number, which is checked and sealed; returns his uid.

    Nobody knows the password, so nobody can sign in until an administrator gives one.

    Raises:
        AccountRefused: the name is missing, or the number is missing, wrong or known already.
    """
    login = f"wai-{secrets.token_hex(_LOGIN_BYTES)}"
    password = f"Aa1-{secrets.token_urlsafe(_PASSWORD_BYTES)}"
    return accounts.create(login, name, password, now, identity_number=identity_number, by=by)
