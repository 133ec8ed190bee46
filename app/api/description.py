"""The description of the API (OpenAPI 3.1), made from the operations and their models."""

import re
from functools import cache
from http import HTTPStatus
from typing import Any

from openapi_pydantic import (
    Components,
    Info,
    MediaType,
    OpenAPI,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Server,
    Tag,
)
from openapi_pydantic import Header as AnswerHeader
from openapi_pydantic import Operation as Described
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel

from app.api.bodies.base import Problem
from app.api.operation import BYTES, JSON, OPERATIONS, Operation
from app.problems import PROBLEM

ROOT = "/api/v1"
_VERSION = "1.0.0"
_PART = re.compile(r"<(\w+)>")
_TOKEN = "token"
#: Refusals that an operation may always answer with: those that need a token, and those that take something.
_WITH_TOKEN, _OF_QUERY, _OF_BODY = (401, 403, 429), (400, 422), (400, 413, 415, 422)
_MEANINGS = {
    400: "请求无法读取，或者缺少提交标识",
    401: "令牌缺失、无效、过期或者已吊销",
    403: "令牌没有此项权限，或者须由工作人员本人办理",
    404: "没有，或者无权查看（两者不加区分）",
    409: "现有状态下不能办理",
    412: "版本已变：其间已有他人办理",
    413: "请求体过大，未读取",
    415: "内容类型不对",
    422: "填写内容或者条件不符，逐项列明",
    428: "未写明版本（If-Match）",
    429: "请求过于频繁，见 Retry-After",
    503: "暂时不能服务",
}
INTRODUCTION = """供记录单位、信用管理部门等的业务系统接入。令牌按单位签发，以经办人岗位办理起草、登记和填报；\
审批、决定和签发须由工作人员本人登录办理。办理须带 If-Match（版本）和 Idempotency-Key（提交标识）。\
拒绝一律按 RFC 9457 答复，detail 为中文说明，code 供程序判断。"""
_ETAG_HEADER: AnswerHeader | Reference = AnswerHeader.model_validate({"schema": {"type": "string"}})


def address_of(path: str) -> str:
    """A path as OpenAPI writes it."""
    return ROOT + _PART.sub(r"{\1}", path)


@cache
def described_json() -> str:
    """The description as JSON."""
    return _described().model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True)


def _described() -> OpenAPI:
    paths: dict[str, PathItem] = {}
    for one in OPERATIONS:
        item = paths.setdefault(address_of(one.path), PathItem())
        setattr(item, one.method.lower(), _operation(one))
    whole = OpenAPI(
        openapi="3.1.0",
        info=Info(title="政诚接口", version=_VERSION, description=INTRODUCTION),
        servers=[Server(url="/")],
        tags=[Tag(name=name) for name in dict.fromkeys(one.group for one in OPERATIONS)],
        paths=paths,
        components=Components(
            securitySchemes={_TOKEN: SecurityScheme(type="http", scheme="bearer", description="按单位签发的接口令牌")}
        ),
        security=[{_TOKEN: []}],
    )
    return construct_open_api_with_schema_class(whole)


def _operation(one: Operation) -> Described:
    summary, _, rest = (one.view.__doc__ or "").strip().partition("。")
    scope = f"需要权限范围：{one.scope.value}（{one.scope.label}）。" if one.scope else ""
    return Described(
        operationId=one.name,
        tags=[one.group],
        summary=summary,
        description=f"{rest}{scope}{one.notes}" or None,
        parameters=_parameters(one) or None,
        requestBody=_body(one),
        responses={str(status): response for status, response in sorted(_responses(one).items())},
        security=[] if one.open else None,
    )


def _parameters(one: Operation) -> list[Parameter | Reference]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _PART.findall(one.path)
    ]
    if one.query is not None:
        schema = one.query.model_json_schema()
        needed = schema.get("required", [])
        found += [
            {
                "name": name,
                "in": "query",
                "required": name in needed,
                "description": part.get("description") or part.get("title"),
                "schema": _without_null(part),
            }
            for name, part in schema["properties"].items()
        ]
    found += [
        {
            "name": header.name,
            "in": "header",
            "required": True,
            "description": header.meaning,
            "schema": {"type": "string", "pattern": header.pattern},
            "example": header.example,
        }
        for header in one.headers
    ]
    return [Parameter.model_validate(part) for part in found]


def _without_null(part: dict[str, Any]) -> dict[str, Any]:
    """A condition that may be left out; an address has no null."""
    kinds = [kind for kind in part.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return part
    return {**{name: value for name, value in part.items() if name not in ("anyOf", "default")}, **kinds[0]}


def _body(one: Operation) -> RequestBody | None:
    if one.body_type == BYTES:
        return RequestBody(required=True, content={BYTES: _media(_bytes())})
    if one.body is None:
        return None
    return RequestBody(required=True, content={JSON: _media(_model(one.body))})


def _responses(one: Operation) -> dict[int, Response]:
    statuses = {*one.refusals}
    if not one.open:
        statuses |= {*_WITH_TOKEN}
    # A condition that no operation knows is refused (422), and so are control characters (400), wherever they stand.
    statuses |= {*_OF_QUERY}
    if one.body is not None or one.body_type == BYTES:
        statuses |= {*_OF_BODY}
    if one.method != "GET":
        statuses |= {400, 413}
    found = {status: _refusal(status) for status in statuses}
    for status in (one.status, *one.also):
        note = one.also.get(status, "")
        if status >= 400:
            found[status] = Response(description=note, content=_content(one))
            continue
        words = HTTPStatus(status).phrase if note in ("", "ETag") else note
        headers = {"ETag": _ETAG_HEADER} if note == "ETag" else {}
        found[status] = Response(description=words, content=_content(one), headers=headers or None)
    return found


def _content(one: Operation) -> dict[str, MediaType] | None:
    if one.status == 204:
        return None
    if one.answer is not None:
        return {JSON: _media(_model(one.answer))}
    if one.answer_types != (JSON,):
        return {each: _media(_bytes()) for each in one.answer_types}
    return {JSON: _media(Schema.model_validate({"type": "object"}))}


def _refusal(status: int) -> Response:
    words = _MEANINGS.get(status, HTTPStatus(status).phrase)
    return Response(description=words, content={PROBLEM: _media(_model(Problem))})


def _model(model: type[BaseModel]) -> PydanticSchema:
    return PydanticSchema(schema_class=model)


def _bytes() -> Schema:
    return Schema.model_validate({"type": "string", "format": "binary"})


def _media(schema: Schema) -> MediaType:
    return MediaType.model_validate({"schema": schema})
