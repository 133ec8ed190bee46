"""The jobs inside a serving process, for an installation that runs as one process (`embedded_jobs`)."""

from flask import Flask

from app.extensions import Installation
from app.jobs.runner import Jobs

_KEY = "zhengcheng.jobs"


def start_jobs(app: Flask) -> None:
    """Start the jobs of this application here, if its settings say so. Called after the fork, never before."""
    own = app.extensions["zhengcheng"]
    assert isinstance(own, Installation)
    if own.settings.embedded_jobs and _KEY not in app.extensions:
        app.extensions[_KEY] = jobs = Jobs(own)
        jobs.start()


def stop_jobs(app: Flask) -> None:
    """Stop them, if they run here."""
    jobs: Jobs | None = app.extensions.pop(_KEY, None)
    if jobs is not None:
        jobs.stop()
