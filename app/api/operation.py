"""What an operation of the API is: one entry that makes the route, the checks and the description alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from app.api.calling import Call, NotJson, WrongMediaType, called_by
from app.services.api_tokens import Scope
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.kit.forms import StepForm, parse_form

JSON = "application/json"
PDF = "application/pdf"
#: A sheet; as text where an installation makes no PDF (trials).
SHEET = (PDF, "text/plain")
BYTES = "application/octet-stream"

View = Callable[..., "BaseModel | Response"]


@dataclass(frozen=True)
class Header:
    """A header of the request that an operation needs."""

    name: str
    meaning: str
    pattern: str
    example: str


@dataclass(frozen=True)
class Operation:
    """One operation. `path` as Flask writes it, below the version; a `scope` of None with `open` asks for no token.

    `refusals` are statuses beyond those that every operation may answer with.
    """

    name: str
    method: str
    path: str
    group: str
    view: View
    scope: Scope | None = None
    open: bool = False
    query: type[StepForm] | None = None
    body: type[StepForm] | None = None
    #: The media type of the body where it is not JSON, and its limit in bytes where it is not the usual one.
    body_type: str = JSON
    largest: int | None = None
    answer: type[BaseModel] | None = None
    answer_types: tuple[str, ...] = (JSON,)
    status: int = 200
    also: Mapping[int, str] = field(default_factory=dict)
    headers: tuple[Header, ...] = ()
    refusals: tuple[int, ...] = ()
    notes: str = ""

    def serve(self, **path: str) -> Response:
        """Answer a request: the token first, then query and body, then the view."""
        caller = None if self.open else called_by(self.scope)
        call = Call(caller, self._query(), self._body())
        found = self.view(call, **path)
        return found if isinstance(found, Response) else answer(found, self.status)

    def _query(self) -> StepForm | None:
        if self.query is None:
            _demand_nothing_else(frozenset())
            return None
        _demand_nothing_else(frozenset(self.query.model_fields))
        return parse_form(self.query, request.args.to_dict())

    def _body(self) -> Any:
        if self.body_type == BYTES:
            if request.mimetype != BYTES:
                raise WrongMediaType(BYTES)
            return request.get_data()
        if self.body is None:
            return None
        if request.mimetype != JSON:
            raise WrongMediaType(JSON)
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            raise NotJson
        return parse_form(self.body, given)


OPERATIONS: list[Operation] = []


def operation(method: str, path: str, **more: Any) -> Callable[[View], View]:
    """Enter a view as an operation; its name is that of the view, its summary the first line of its docstring."""

    def enter(view: View) -> View:
        OPERATIONS.append(Operation(name=view.__name__, method=method, path=path, view=view, **more))
        return view

    return enter


def answer(content: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A model as JSON."""
    return Response(content.model_dump_json(), status, dict(headers or {}), content_type=JSON)


def _demand_nothing_else(known: frozenset[str]) -> None:
    """A condition that is misspelt or given twice must not look as if it had been applied."""
    unknown = [name for name in request.args if name not in known]
    twice = [name for name in known if len(request.args.getlist(name)) > 1]
    problems = [FieldError(name[:40], name[:40], "不是可用的查询条件，请删去") for name in unknown]
    problems += [FieldError(name, name, "只能填写一次") for name in twice]
    if problems:
        raise FormIncomplete(tuple(problems))
