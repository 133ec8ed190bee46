"""Filling an empty database, with the progress shown on the terminal."""

from app.extensions import Installation
from app.services.first_start import FirstStart, ensure_founded
from app.settings import Purpose


def found(own: Installation, wanted: Purpose) -> FirstStart:
    """Mark and fill the database of an installation, if it is empty.

    Raises:
        WrongDatabase: in production, a database that was made for something else.
    """
    return ensure_founded(own.database, own.passwords, own.clock, wanted, strict=own.settings.in_production)
