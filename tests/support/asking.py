"""Requests made up by Schemathesis from the description of the API, and what must hold of every answer (T10).

They are made once and sent by each caller, half of them as the description asks and half against it, to addresses that
are made up and to such as exist. They are drawn without chance, so that a run that fails fails again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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

from app.api.operation import JSON, OPERATIONS, Operation
from app.services.api_tokens import Scope
from tests.support.programs import V1

#: Answered without a token.
OPEN = frozenset({"show_health", "show_description"})
_CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True)
class Caller:
    """Who asks: the headers by which he comes; his scopes, None for somebody who is not let in at all."""

    name: str
    headers: dict[str, str]
    scopes: frozenset[Scope] | None


@dataclass(frozen=True)
class Question:
    """One request that was made up."""

    operation: str
    mode: GenerationMode
    case: Case


@dataclass
class Asked:
    """Product and requests of a run. `places` are existing path parameters, by what an address begins with."""

    app: Flask
    places: dict[str, list[dict[str, str]]]
    callers: dict[str, Caller] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def make_up(asked: Asked, examples: int) -> None:
    """Fill in the requests: so many for each operation, kind of request and address."""
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", asked.app)
    # A token that was made up, or left out, would hide from everything else what is wrong with a request.
    schema.config.generation.update(with_security_parameters=False)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        for mode in GenerationMode:
            if mode is GenerationMode.NEGATIVE and not _takes_something(name):
                continue
            for place in (None, *_places(asked, operation.path)):
                made = _cases(operation, mode, place, examples)
                asked.questions += [Question(name, mode, case) for case in made]


def ask_everything(asked: Asked, caller: Caller) -> Counter[int]:
    """Send every request as this caller; how often each status was answered.

    Raises:
        AssertionError: a 5xx, an answer that is not as described, or one that the caller has no right to.
    """
    statuses: Counter[int] = Counter()
    for question in asked.questions:
        case = question.case
        answer = case.call(headers=caller.headers)
        statuses[answer.status_code] += 1
        said = (caller.name, question.operation, case.as_curl_command(), answer.status_code, answer.text[:2000])
        assert answer.status_code < 500, said
        judged = caller.scopes is not None and question.mode is GenerationMode.NEGATIVE
        case.validate_response(answer, checks=[*_CHECKS, negative_data_rejection] if judged else _CHECKS)
        if not _may(question.operation, caller):
            assert answer.status_code in (400, 401, 403, 413, 415), said
    return statuses


def _may(operation: str, caller: Caller) -> bool:
    if operation in OPEN:
        return True
    scope = _entered(operation).scope
    return caller.scopes is not None and (scope is None or scope in caller.scopes)


def _takes_something(operation: str) -> bool:
    """Whether there is anything in a request, besides its address, that could be wrong."""
    one = _entered(operation)
    return one.query is not None or one.body is not None or one.body_type != JSON or bool(one.headers)


def _entered(operation: str) -> Operation:
    [found] = [one for one in OPERATIONS if one.name == operation]
    return found


def _places(asked: Asked, path: str) -> Iterator[dict[str, str]]:
    """Existing places to which an address of this form can lead, without what it does not name."""
    for beginning, places in asked.places.items():
        if path.startswith(V1 + beginning):
            named = [{name: value for name, value in place.items() if f"{{{name}}}" in path} for place in places]
            yield from (place for number, place in enumerate(named) if place and place not in named[:number])


def _cases(operation: APIOperation, mode: GenerationMode, place: dict[str, str] | None, most: int) -> Sequence[Case]:
    """Requests for one operation, of its description or against it."""
    pinned = {"path_parameters": place} if place else {}
    made: list[Case] = []
    strategy = operation.as_strategy(mode, **pinned)  # type: ignore[arg-type]

    @settings(
        max_examples=most,
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
    return made[:most]
