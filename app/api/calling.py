"""One call of the API: who calls, with what, and how its refusals are answered. No cookie and no session is read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from app.access.capacities import Standing, standing_of
from app.extensions import installation
from app.problems import refusal_problem
from app.services.access_log import Act, record
from app.services.api_callers import Caller, TokenRefused, admit_caller
from app.services.api_tokens import Scope
from app.services.machine_steps import demand_seen_by_owner
from app.services.rate_limit import TooOften, admit
from app.services.reading.reader import Reader, reader_of
from workflows.kit.errors import KeyReused, Refusal, Stale

_BEARER = re.compile(r"Bearer +([!-~]{1,200})", re.IGNORECASE)
_ETAG = re.compile(r'"(0|[1-9]\d{0,9})"')
IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,80}")


class VersionMissing(Refusal):
    """A step is taken on what was seen, or not at all."""

    code = "VersionMissing"
    status = 428

    def __init__(self) -> None:
        super().__init__('请在 If-Match 请求头中写明查看事项时所得的版本（ETag），例如 If-Match: "3"。')


class KeyMissing(Refusal):
    """Without a key a repetition would do the same thing twice."""

    code = "KeyMissing"
    status = 400

    def __init__(self) -> None:
        super().__init__("请在 Idempotency-Key 请求头中提供1至80个可见 ASCII 字符的提交标识，重试时沿用同一标识。")


class NotJson(Refusal):
    """The body is no JSON object."""

    code = "NotJson"
    status = 400

    def __init__(self) -> None:
        super().__init__("请求体须为一个 UTF-8 编码的 JSON 对象。请核对格式。")


class WrongMediaType(Refusal):
    """The body is of a type that this address does not take."""

    code = "WrongMediaType"
    status = 415

    def __init__(self, wanted: str) -> None:
        super().__init__(f"该地址只接收 {wanted} 格式的内容。请核对 Content-Type 请求头。")


@dataclass(frozen=True)
class Call:
    """What a view of the API gets: the caller, and the checked query and body (of the operation's models)."""

    caller: Caller | None
    query: Any = None
    body: Any = None

    @property
    def program(self) -> Caller:
        """The caller of an operation that asks for a token."""
        assert self.caller is not None
        return self.caller

    @contextmanager
    def reader(self) -> Iterator[tuple[Reader, Standing]]:
        """The token's account on a reading session, and the standing of the person who answers for it."""
        own = installation()
        with own.database.read() as session:
            reader = reader_of(own.backend, session, self.program.actor, own.clock())
            yield reader, standing_of(session, self.program.owner_id, reader.today)

    @contextmanager
    def case_reader(self, uid: str) -> Iterator[Reader]:
        """The same for one case, and the look is entered in the access log.

        Raises:
            NotFound: the person who answers for the token is the subject of the case.
        """
        with self.reader() as (reader, owner):
            demand_seen_by_owner(reader, owner, uid)
            yield reader
        self.log(Act.VIEWED, uid)

    def log(self, act: Act, target: str) -> None:
        """Enter in the access log what the program looked at."""
        own = installation()
        address = request.remote_addr or ""
        record(own.database, own.keys, act, self.program.user_id, own.clock(), target=target, address=address)


def called_by(scope: Scope | None) -> Caller:
    """The caller of this request, counted against its limit.

    Raises:
        TokenRefused, TokenSuspended, ScopeMissing, TooOften: in this order.
    """
    own = installation()
    given = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        raise TokenRefused
    caller = admit_caller(own.database, own.keys, given[1], own.clock(), request.remote_addr or "")
    if scope is not None:
        caller.demand(scope)
    most = own.settings.api_requests_a_minute
    admit(own.database, own.keys, f"api:{caller.token_id}", caller.token_uid, own.clock(), each=most, in_all=most)
    return caller


def expected_version() -> int:
    """The version in `If-Match`.

    Raises:
        VersionMissing: there is none; a list, a weak or an invented tag is none either.
    """
    given = _ETAG.fullmatch(request.headers.get("If-Match", "").strip())
    if given is None:
        raise VersionMissing
    return int(given[1])


def idempotency_key() -> str:
    """The key in `Idempotency-Key`.

    Raises:
        KeyMissing: there is none, or it is not of the agreed form.
    """
    given = request.headers.get("Idempotency-Key", "")
    if IDEMPOTENCY_KEY.fullmatch(given) is None:
        raise KeyMissing
    return given


#: Where the page speaks of pages, said for programs.
_SAID = {
    Stale: "本事项在您查看之后已有新进展，内容未生效。请重新取得事项及其版本（ETag），核对后再办理。",
    KeyReused: "同一提交标识（Idempotency-Key）已用于另一份内容，本次内容未生效。另行办理的，请更换标识。",
}


def refused(refusal: Refusal) -> Response:
    """The problem of a refusal, with what HTTP has for it: 412 for a version that has passed, when to come again."""
    answer = refusal_problem(refusal, 412 if isinstance(refusal, Stale) else None, _SAID.get(type(refusal)))
    if isinstance(refusal, TooOften):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="zhengcheng"'
    return answer
