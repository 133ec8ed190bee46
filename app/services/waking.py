"""Waking the drains of other processes: NOTIFY and LISTEN on PostgreSQL; on SQLite there is one process only.

A call that is lost costs seconds, never work: every drain also looks by itself.
"""

import logging
from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

LOGGER = logging.getLogger("zhengcheng.jobs")
CHANNEL = "zhengcheng_outbox"


def notify(engine: Engine) -> None:
    """Call every process that listens. The step is committed already, so a failure is logged and nothing else."""
    if engine.dialect.name != "postgresql":
        return
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
    except SQLAlchemyError:
        LOGGER.warning("notify failed", exc_info=True)


def calls(engine: Engine, seconds: float) -> Iterator[bool]:
    """Listen on PostgreSQL: yields True for each call and False when `seconds` passed without one.

    Raises:
        SQLAlchemyError, psycopg.Error: the connection was lost; the caller listens anew.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        # It listens for as long as the process lives, so it must never serve anybody else from the pool.
        connection.detach()
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        while True:
            yield any(True for _call in driver.notifies(timeout=seconds, stop_after=1))
