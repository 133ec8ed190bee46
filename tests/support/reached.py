"""Ways that tests have gone before are not walked again: what a way wrote is written once more, in one transaction.

Two thirds of the time of the tests went into reaching the state that each then asks about. The statements of a way are
kept for the process and found again by everything that they depend on: what has been written to the database before
(a digest of every statement), its history, the time, the keys and the form. Whatever differs, were it a random number,
is walked anew. tests/integration/test_reached.py compares both ways row by row.
"""

import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event, make_url

from app.clock import MovableClock
from app.crypto import KeyRing
from app.secrets_on_disk import write_once

T = TypeVar("T")
#: Ways that a process keeps; the one that was not gone for longest makes room.
_KEPT = 1_500
_UNKNOWN = -1
_READS = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "SHOW")
_WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class _Written:
    """One statement as the driver was given it, and how many rows it touched."""

    statement: str
    parameters: Any
    many: bool
    rows: int


@dataclass
class _Journal:
    """What this process has written to one database."""

    digest: bytes = b""
    #: The way that is being recorded, and who walks it.
    way: list[_Written] | None = None
    walker: int = 0
    #: Something happened on the way that writing its statements again would not repeat.
    spoiled: bool = False
    unfinished: set[int] = field(default_factory=set)

    def add(self, said: str) -> None:
        """Let the digest know of a statement."""
        self.digest = hashlib.blake2b(self.digest + said.encode(), digest_size=20).digest()


@dataclass(frozen=True)
class _Way:
    """What was written on a way, and where it ended: digest, history, time and what the walk returned, pickled."""

    writes: tuple[_Written, ...]
    digest: bytes
    history: tuple[int, int]
    clock: datetime
    result: bytes


_JOURNALS: dict[str, _Journal] = {}
_WAYS: OrderedDict[tuple[object, ...], _Way] = OrderedDict()


def remembered(
    engine: Engine, keys: KeyRing, clock: MovableClock, what: tuple[object, ...], walk: Callable[[], T]
) -> T:
    """What `walk` returns, walked or written again. It may change nothing but the database and the clock.

    `what` names everything that decides how `walk` goes, apart from the database, the keys and the time.
    """
    journal = _journal(engine)
    if journal.way is not None or not event.contains(Engine, "after_cursor_execute", _after_execute):
        return walk()
    key = (engine.dialect.name, journal.digest, _history(engine), clock(), _mark_of(keys), repr(what))
    way = _WAYS.get(key)
    if way is None:
        return _recorded(engine, clock, key, walk)
    _WAYS.move_to_end(key)
    _write_again(engine, way.writes)
    assert _history(engine) == way.history, "the same statements led to another history"
    journal.digest = way.digest
    clock.set(way.clock)
    result: T = pickle.loads(way.result)
    return result


def _recorded(engine: Engine, clock: MovableClock, key: tuple[object, ...], walk: Callable[[], T]) -> T:
    journal = _journal(engine)
    journal.way, journal.walker, journal.spoiled = [], threading.get_ident(), bool(journal.unfinished)
    try:
        result = walk()
        if not (journal.spoiled or journal.unfinished):
            way = _Way(tuple(journal.way), journal.digest, _history(engine), clock(), pickle.dumps(result))
            _WAYS[key] = way
            if len(_WAYS) > _KEPT:
                _WAYS.popitem(last=False)
        return result
    finally:
        journal.way = None


def _write_again(engine: Engine, writes: tuple[_Written, ...]) -> None:
    held = engine.raw_connection()
    try:
        driver = held.driver_connection
        assert driver is not None
        if engine.dialect.name == "sqlite":
            driver.execute("BEGIN IMMEDIATE")
            done = [(_execute(driver.cursor(), write), write) for write in writes]
            for cursor, write in done:
                if write.rows == _UNKNOWN:
                    cursor.fetchall()
        else:
            with driver.pipeline():
                done = [(_execute(driver.cursor(), write), write) for write in writes]
        for cursor, write in done:
            assert write.rows in (cursor.rowcount, _UNKNOWN), (
                f"{write.statement}: {write.rows} rows, now {cursor.rowcount}"
            )
            cursor.close()
        driver.commit()
    finally:
        held.close()


def _execute(cursor: Any, write: _Written) -> Any:
    if write.many:
        cursor.executemany(write.statement, write.parameters)
    else:
        cursor.execute(write.statement, write.parameters)
    return cursor


def _history(engine: Engine) -> tuple[int, int]:
    """The newest event and how many there are: other processes write too, and no journal here hears of it."""
    with engine.connect() as connection:
        newest, number = connection.exec_driver_sql("SELECT max(id), count(*) FROM event").one()
    return newest or 0, number


# ------------------------------------------------------------------------------------------------------- listening


def begin(url: str) -> None:
    """The database at this address is as new, though it was used before."""
    _JOURNALS.pop(str(make_url(url)), None)


def _journal(engine: Engine) -> _Journal:
    return _JOURNALS.setdefault(str(engine.url), _Journal())


def _plain(parameters: Any) -> Any:
    """Parameters with what the driver wraps laid bare: its wrappers show only a part of what is in them."""
    if isinstance(parameters, dict):
        return {name: _plain(value) for name, value in parameters.items()}
    if isinstance(parameters, (list, tuple)):
        return [_plain(value) for value in parameters]
    return getattr(parameters, "obj", parameters)


def _after_execute(
    connection: Connection, cursor: Any, statement: str, parameters: Any, _context: object, many: bool
) -> None:
    verb = statement.lstrip("( \n").split(None, 1)[0].upper()
    if verb in _READS:
        return
    journal = _journal(connection.engine)
    journal.add(f"{statement}\0{_plain(parameters)!r}")
    journal.unfinished.add(id(connection.connection.dbapi_connection))
    if journal.way is None:
        return
    if verb not in _WRITES or threading.get_ident() != journal.walker:
        journal.spoiled = True
    # SQLite counts the rows of RETURNING when they have been fetched.
    rows = _UNKNOWN if "RETURNING" in statement else cursor.rowcount
    # A statement into which SQLAlchemy wrote the values of many rows is executed once.
    many = many and isinstance(parameters, list) and isinstance(parameters[0], (dict, tuple))
    journal.way.append(_Written(statement, parameters, many, rows))


def _after_commit(connection: Connection) -> None:
    _journal(connection.engine).unfinished.discard(id(connection.connection.dbapi_connection))


def _after_rollback(connection: Connection) -> None:
    journal = _journal(connection.engine)
    mine = id(connection.connection.dbapi_connection)
    if mine in journal.unfinished:
        # PostgreSQL does not give back the numbers that a withdrawn row was given.
        journal.spoiled = True
        journal.add("ROLLBACK")
        journal.unfinished.discard(mine)


def listen() -> None:
    """Begin to remember; before it each way is walked, as in benchmarks, which nothing may listen to."""
    event.listen(Engine, "after_cursor_execute", _after_execute)
    event.listen(Engine, "commit", _after_commit)
    event.listen(Engine, "rollback", _after_rollback)


# ------------------------------------------------------------------------------------------------------------ keys


@cache
def _mark_of_versions(versions: tuple[tuple[str, bytes], ...]) -> bytes:
    return hashlib.blake2b(repr(versions).encode(), digest_size=20).digest()


def _mark_of(keys: KeyRing) -> bytes:
    parts: Iterator[tuple[str, bytes]] = (
        (f"{key_id}.{purpose}", secret)
        for key_id, purposes in keys.versions.items()
        for purpose, secret in purposes.items()
    )
    return _mark_of_versions(((keys.active, b""), *parts))


@cache
def _key_file() -> str:
    """The key file of this process, as the first start of an installation makes it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "keys.json")
        KeyRing.load_or_create(path)
        return path.read_text(encoding="utf-8")


def same_keys(path: Path) -> Path:
    """Put the key file of this process at `path` unless one is there: under other keys no way is gone twice."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_once(path, _key_file())
    return path
