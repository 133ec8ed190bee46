"""`/healthz`: the process answers. `/readyz`: it can do its work (database, schema, sweep)."""

from datetime import datetime, timedelta

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.database import is_at_head, read_transaction
from app.extensions import installation
from app.models.history import SystemMark

#: The jobs write the instant of their last round here (ISO 8601, UTC).
SWEEP_MARK = "sweep_alive_at"
#: A sweep that has not been seen for this long is taken for dead.
SWEEP_SILENCE = timedelta(minutes=15)

blueprint = Blueprint("health", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process is alive; asks nothing of anybody else."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 with the part that is not ready; no part tells more than its own state."""
    own = installation()
    parts = readiness(own.engine, own.clock())
    ready = all(state == "ok" for state in parts.values())
    return jsonify(status="ok" if ready else "not ready", **parts), 200 if ready else 503


def readiness(engine: Engine, now: datetime) -> dict[str, str]:
    """State of each part: database, migrations, sweep. What cannot be asked is `unknown`."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"database": "unreachable", "migrations": "unknown", "sweep": "unknown"}
    if not is_at_head(engine):
        return {"database": "ok", "migrations": "behind", "sweep": "unknown"}
    return {"database": "ok", "migrations": "ok", "sweep": _sweep(engine, now)}


def _sweep(engine: Engine, now: datetime) -> str:
    with read_transaction(engine) as session:
        mark = session.get(SystemMark, SWEEP_MARK)
    if mark is None:
        return "not seen yet"
    return "ok" if now - datetime.fromisoformat(mark.value) <= SWEEP_SILENCE else "silent"
