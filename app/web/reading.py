"""Who reads a page: the signed-in person on a reading session of his own request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask_login import current_user, login_required

from app.extensions import installation
from app.services.reading.reader import Reader, reader_of
from app.services.sign_ins import SignedIn
from workflows.kit.errors import NotFound
from workflows.roles import Post

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def signed_in() -> SignedIn:
    """The person whom `login_required` has let in."""
    return cast(SignedIn, current_user)


@contextmanager
def current_reader() -> Iterator[Reader]:
    """The signed-in person with his standing of today. What is read here is older than any step taken after it."""
    own = installation()
    with own.database.read() as session:
        yield reader_of(own.backend, session, signed_in().actor, own.clock())


def for_posts(*posts: Post) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """A page for holders of one of these posts; for everybody else who has signed in there is no such page.

    The posts stay readable on the view, so that a test can compare every route with the matrix of who may (T12).
    """

    def limited(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
        @wraps(view)
        def answer(*given: Given.args, **named: Given.kwargs) -> Answer:
            if not signed_in().holds(*posts):
                raise NotFound("没有这一页，或者您无权查看。请从导航进入。")
            return view(*given, **named)

        opened: Callable[Given, Answer] = login_required(answer)
        opened.posts = frozenset(posts)  # type: ignore[attr-defined]
        return opened

    return limited
