"""Web processes in production: `gunicorn --config deploy/gunicorn.conf.py wsgi:app`. Workers run the jobs.

An installation of one process sets ZHENGCHENG_EMBEDDED_JOBS=1 and `workers = 1`; then the jobs run in it.
"""

import os
from typing import Any

bind = os.environ.get("ZHENGCHENG_BIND", "unix:/run/zhengcheng/web.sock")
workers = int(os.environ.get("ZHENGCHENG_WEB_PROCESSES", "2"))
worker_class = "gthread"
threads = 8
# The application is made after the fork: connections and threads belong to one process.
preload_app = False
timeout = 60
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Start the jobs in this process, if the settings say so."""
    from app.jobs.embedding import start_jobs

    start_jobs(worker.wsgi)


def worker_exit(_arbiter: Any, worker: Any) -> None:
    """Stop them before the process ends."""
    from app.jobs.embedding import stop_jobs

    if worker.wsgi is not None:
        stop_jobs(worker.wsgi)
