"""Tables, columns and constraints. No decisions. Importing this package makes every table known."""

from app.models import (
    api,
    batches,
    cases,
    deciding,
    desk,
    entry,
    history,
    imports,
    kinds,
    kinds_more,
    limits,
    people,
    seals,
    terms,
)
from app.models.base import Base, db

__all__ = [
    "Base",
    "api",
    "batches",
    "cases",
    "db",
    "deciding",
    "desk",
    "entry",
    "history",
    "imports",
    "kinds",
    "kinds_more",
    "limits",
    "people",
    "seals",
    "terms",
]
