"""`/healthz`: the process answers. `/readyz`: it can do its work (database, schema, sweep)."""

from datetime import datetime

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database import Database, is_at_head
from app.extensions import installation
from app.services.heartbeat import sweep_age, sweep_condition

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
    parts = readiness(own.database, own.clock())
    ready = all(state == "ok" for state in parts.values())
    age = sweep_age(own.database, own.clock()) if parts["migrations"] == "ok" else None
    seconds = round(age.total_seconds()) if age is not None else None
    return (
        jsonify(status="ok" if ready else "not ready", last_sweep_seconds=seconds, **parts),
        200 if ready else 503,
    )


def readiness(database: Database, now: datetime) -> dict[str, str]:
    """State of each part: database, migrations, sweep. What cannot be asked is `unknown`."""
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"database": "unreachable", "migrations": "unknown", "sweep": "unknown"}
    if not is_at_head(database.engine):
        return {"database": "ok", "migrations": "behind", "sweep": "unknown"}
    return {"database": "ok", "migrations": "ok", "sweep": sweep_condition(database, now)}
