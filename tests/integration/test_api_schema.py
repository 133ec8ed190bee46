"""The description and what is answered agree, whatever is sent (T10): no 5xx, no schema break, no open door.

Requests are made up by Schemathesis from the description, half of them as it asks and half not; half go to cases that
exist. The examples are drawn without chance, so that a run that fails fails again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from app import create_app
from app.clock import MovableClock
from app.database import migrate
from app.models.base import db
from app.models.cases import Case as CaseRow
from app.services.heartbeat import beat
from tests.support.application import settings_for
from tests.support.application_fixtures import NOW
from tests.support.programs import V1, program_of
from tests.support.web_world import client_of, world_on

#: Requests for each operation, caller, kind of request and address (made up, existing).
EXAMPLES = 3
#: Asked for without a token; the health of a test without jobs is 503, which is described.
OPEN = {"show_health", "show_description"}
CALLERS = ("anonymous", "civil servant", "provider", "foreign unit", "office")
_CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass
class Product:
    """An application with cases in many states, and the headers by which each caller comes."""

    app: Flask
    callers: dict[str, dict[str, str]] = field(default_factory=dict)
    uids: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("schemathesis")
    url = f"sqlite:///{folder / 'zhengcheng.sqlite'}"
    migrate(url)
    clock = MovableClock(NOW)
    app = create_app(settings_for(url, folder / "kept"), clock)
    own = app.extensions["zhengcheng"]
    object.__setattr__(own.settings, "api_requests_a_minute", 1_000_000)
    world = world_on(app, clock)
    world.objection_in("verifying")
    beat(own.database, clock())
    made = Product(app)
    for name, owner in {"provider": "clerk", "foreign unit": "other_clerk", "office": "officer"}.items():
        made.callers[name] = program_of(app, world, owner).headers
    cookie = client_of(app, "subject").get_cookie("zhengcheng")
    assert cookie is not None
    made.callers |= {"civil servant": {"Cookie": f"zhengcheng={cookie.value}"}, "anonymous": {}}
    with own.database.read() as session:
        made.uids = list(session.scalars(select(CaseRow.uid).order_by(CaseRow.id)))
    yield made
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("caller", CALLERS)
def test_whatever_is_sent_the_answer_is_as_described(product: Product, caller: str) -> None:
    """T10: 0 × 5xx, 0 breaks of the description, and nothing for somebody without a token."""
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", product.app)
    seen: Counter[int] = Counter()
    with_token = "Authorization" in product.callers[caller]
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        for mode in GenerationMode:
            if name in OPEN and mode is GenerationMode.NEGATIVE:
                continue
            for uid in (None, *product.uids[:2]) if "{uid}" in operation.path else (None,):
                for case in _cases(operation, mode, uid):
                    answer = case.call(headers=product.callers[caller])
                    seen[answer.status_code] += 1
                    assert answer.status_code < 500, (name, answer.status_code, answer.text)
                    checks = [*_CHECKS, negative_data_rejection] if with_token else _CHECKS
                    case.validate_response(answer, checks=checks)
                    if not with_token and name not in OPEN:
                        assert 400 <= answer.status_code < 500, (name, answer.status_code)
    print(caller, dict(sorted(seen.items())))  # noqa: T201 - the summary of the run, shown with -s
    assert sum(seen.values()) >= len(list(schema.get_all_operations()))
    assert seen[200] > (20 if with_token else 0)
    assert with_token or seen[401] > 20


def _cases(operation: APIOperation, mode: GenerationMode, uid: str | None) -> list[Case]:
    """Requests made up for one operation, of its description or against it."""
    pinned = {"path_parameters": {"uid": uid}} if uid else {}
    made: list[Case] = []
    strategy = operation.as_strategy(mode, **pinned)  # type: ignore[arg-type]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def collect(case: Case) -> None:
        made.append(case)

    collect()
    return made[:EXAMPLES]
