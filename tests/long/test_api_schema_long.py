"""The same as `tests/integration/test_api_schema.py`, with many times as many requests (T10)."""

from collections.abc import Iterator

import pytest

from tests.support.asking import Asked, ask_everything, make_up
from tests.support.asking_world import CALLERS, asked_product

pytestmark = pytest.mark.long

#: Requests for each operation, kind of request and address (made up, existing).
EXAMPLES = 25


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with asked_product(tmp_path_factory.mktemp("schemathesis")) as found:
        make_up(found, EXAMPLES)
        yield found


@pytest.mark.parametrize("caller", CALLERS)
def test_whatever_is_sent_the_answer_is_as_described(asked: Asked, caller: str) -> None:
    """T10: 0 × 5xx, 0 breaks of the description, and nothing without a token or beyond its scopes."""
    statuses = ask_everything(asked, asked.callers[caller])
    print(f"{caller}: {sum(statuses.values())} requests", dict(sorted(statuses.items())))  # noqa: T201 - shown with -s
    assert sum(statuses.values()) > 800
