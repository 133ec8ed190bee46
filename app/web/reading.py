"""Who reads a page: the signed-in person on a reading session of his own request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask_login import current_user

from app.extensions import installation
from app.services.reading.reader import Reader, reader_of
from app.services.sign_ins import SignedIn


def signed_in() -> SignedIn:
    """The person whom `login_required` has let in."""
    return cast(SignedIn, current_user)


@contextmanager
def current_reader() -> Iterator[Reader]:
    """The signed-in person with his standing of today. What is read here is older than any step taken after it."""
    own = installation()
    with own.database.read() as session:
        yield reader_of(own.backend, session, signed_in().actor, own.clock())
