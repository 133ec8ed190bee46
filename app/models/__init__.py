"""Tables, columns and constraints. No decisions. Importing this package makes every table known."""

from app.models import cases, history, kinds, kinds_more, people, terms
from app.models.base import Base, db

__all__ = ["Base", "cases", "db", "history", "kinds", "kinds_more", "people", "terms"]
