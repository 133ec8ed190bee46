"""Statements are compiled once for a process, not anew for the engine of each test. Loaded by tests/conftest.py.

A server has one engine and compiles a statement once; each test has an engine of its own, and a third of the time of a
step went into compiling what the test before had compiled. SQLAlchemy keeps what is compiled with the engine, under its
dialect: here engines of one kind of database share both. Their options are the same (`app.database.engine_options`).
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_SHARED: dict[type[Any], LRUCache[Any, Any]] = {}
#: Statements of one kind of database that are kept.
_KEPT = 5_000


def _hash(dialect: DefaultDialect) -> int:
    return hash(type(dialect))


def _is_alike(dialect: DefaultDialect, other: object) -> bool:
    return type(dialect) is type(other)


def _cache_of(engine: Engine) -> LRUCache[Any, Any]:
    return _SHARED.setdefault(type(engine.dialect), LRUCache(_KEPT))


def _no_own_cache(_engine: Engine, _cache: object) -> None:
    """An engine that is made brings a cache of its own."""


setattr(DefaultDialect, "__hash__", _hash)  # noqa: B010 - a class of others, and typed as it is
setattr(DefaultDialect, "__eq__", _is_alike)  # noqa: B010
setattr(Engine, "_compiled_cache", property(_cache_of, _no_own_cache))  # noqa: B010
