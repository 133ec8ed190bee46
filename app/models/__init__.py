"""Tables, columns and constraints. No decisions. Importing this package makes every table known."""

from app.models import api, cases, history, imports, kinds, kinds_more, limits, people, seals, terms
from app.models.base import Base, db

__all__ = [
    "Base",
    "api",
    "cases",
    "db",
    "history",
    "imports",
    "kinds",
    "kinds_more",
    "limits",
    "people",
    "seals",
    "terms",
]
