"""Logs as one JSON object per line, without personal data: what, when, which case uid, which incident.

Only named fields are written. A library's message is written without its arguments, and an exception without its
text: both may quote what a user typed.
"""

import json
import logging
import secrets
import sys
import traceback
from datetime import UTC

from flask import Flask, Response, make_response, render_template, request
from jinja2 import TemplateNotFound
from werkzeug.exceptions import InternalServerError

from app.clock import Clock, legal_day
from app.extensions import installation
from app.problems import API, problem

LOGGER = logging.getLogger("zhengcheng")
#: The fields that `extra={…}` may bring; anything else is dropped.
FIELDS = (
    "incident", "case", "dossier", "step", "term", "job", "work", "attempt", "count", "route", "method", "status", "ms",
)  # fmt: skip
_INCIDENT_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_WORDS = "系统出现意外错误，您提交的内容未生效。请稍后重试；仍有问题的，请将编号 {incident} 告知系统管理员。"


class JsonLines(logging.Formatter):
    """Formats one record as one line. The instant comes from the clock that the application was given."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] == LOGGER.name
        line: dict[str, object] = {
            "at": self._clock().astimezone(UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": str(record.msg) if ours else record.name,
        }
        if not ours:
            line["message"] = str(record.msg)
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None and record.exc_info[1] is not None:
            line["error"] = record.exc_info[0].__name__
            line["frames"] = frames_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def frames_of(error: BaseException) -> list[str]:
    """Where an exception came from, as file:line function, with the causes before it and without any value."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    earlier = error.__cause__ or error.__context__
    if earlier is None:
        return frames
    return [*frames_of(earlier), f"{type(earlier).__name__} → {type(error).__name__}", *frames]


def set_up(clock: Clock) -> None:
    """Write all records of the process to standard error; repeated calls change the clock only."""
    root = logging.getLogger()
    ours = [handler for handler in root.handlers if isinstance(handler.formatter, JsonLines)]
    handler = ours[0] if ours else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(clock))
    if not ours:
        root.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def register(app: Flask) -> None:
    """Answer the unexpected with an incident number, and log it under the same number."""

    @app.errorhandler(InternalServerError)
    def unexpected(error: InternalServerError) -> Response:
        incident = new_incident()
        original = error.original_exception or error
        LOGGER.error(
            "unexpected",
            exc_info=(type(original), original, original.__traceback__),
            extra={"incident": incident, "route": str(request.url_rule), "method": request.method},
        )
        if request.path.startswith(API):
            return problem(500, "unexpected", _WORDS.format(incident=incident), incident=incident)
        return make_response(_page(incident), 500)

    # Flask would log the path and the text of the exception itself; ours is the only line.
    app.log_exception = lambda exc_info: None  # type: ignore[method-assign]


def new_incident() -> str:
    """A number that a user can read out on the telephone: the day and six characters."""
    day = legal_day(installation().clock())
    return f"{day:%Y%m%d}-" + "".join(secrets.choice(_INCIDENT_ALPHABET) for _ in range(6))


def _page(incident: str) -> str:
    try:
        return render_template("errors/500.html", incident=incident)
    except TemplateNotFound:
        return _WORDS.format(incident=incident)
