"""What was typed when the session turned out to be over is kept for whoever the page was drawn for.

Every form carries a mark that names that person, signed by this installation: it opens nothing, but says whose text it
is, and that the form is one of ours. A form without it is given back on the very answer, as it came.
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.extensions import installation
from app.services.kept_forms import Sent, keep_form
from app.web.typed import UPLOAD
from workflows.kit.errors import NotFound

MARK = "drawn_for"
_LASTS = 7 * 24 * 3600
_NEVER = frozenset({"code", "offered", MARK, "csrf_token"})


def mark() -> str:
    """The mark for forms drawn now; empty for somebody who has not signed in."""
    return str(_signer().dumps(current_user.uid)) if current_user.is_authenticated else ""


def owner() -> str:
    """The uid of the person for whom the posted form was drawn; empty if it does not say so believably."""
    try:
        return str(_signer().loads(request.form.get(MARK, ""), max_age=_LASTS))
    except BadSignature:
        return ""


def keep_posted() -> str:
    """Keep the posted form for its owner; the token, empty where there is nothing to keep or no owner."""
    uid = owner()
    fields = {name: values for name, values in request.form.lists() if not _is_secret(name)}
    if not uid or not any(value.strip() for values in fields.values() for value in values):
        return ""
    files = [item.filename for name, item in request.files.items(multi=True) if name.endswith(UPLOAD) and item.filename]
    own = installation()
    sent = Sent(request.path, urlsplit(request.referrer or "").path, fields, files)
    try:
        return keep_form(own.database, own.keys, uid, sent, own.clock())
    except NotFound:
        return ""


def _is_secret(name: str) -> bool:
    return "password" in name or name in _NEVER


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="drawn-for")


def register(app: Flask) -> None:
    """Let every form carry the mark."""
    app.jinja_env.globals["drawn_for"] = mark
