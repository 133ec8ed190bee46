"""The description and what is answered agree, whatever is sent (T10): no 5xx, no schema break, no open door.

A few requests for each operation and caller; `tests/long/test_api_schema_long.py` sends many times as many.
"""

from collections.abc import Iterator

import pytest

from tests.support.asking import Asked, ask_everything, make_up
from tests.support.asking_world import CALLERS, asked_product

#: Requests for each operation, kind of request and address (made up, existing).
EXAMPLES = 3


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with asked_product(tmp_path_factory.mktemp("schemathesis")) as found:
        make_up(found, EXAMPLES)
        yield found


@pytest.mark.parametrize("caller", CALLERS)
def test_whatever_is_sent_the_answer_is_as_described(asked: Asked, caller: str) -> None:
    """T10: 0 × 5xx, 0 breaks of the description, and nothing without a token or beyond its scopes."""
    who = asked.callers[caller]
    statuses = ask_everything(asked, who)
    print(f"{caller}: {sum(statuses.values())} requests", dict(sorted(statuses.items())))  # noqa: T201 - shown with -s
    assert sum(statuses.values()) > 150
    if who.scopes is None:
        assert statuses[401] > 150
        assert statuses[200] <= 1
    else:
        assert statuses[401] == 0
        assert statuses[200] > 10
        assert statuses[422] > 5
