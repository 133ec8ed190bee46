"""Problem documents (RFC 9457): how pages and API tell a program what was refused and why, in Chinese."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from workflows.kit.errors import FormIncomplete, GuardRefused, Refusal

PROBLEM = "application/problem+json"
#: Everything below is for programs: it is answered with problems whatever the request says it accepts.
API = "/api/"

_DETAILS: Mapping[int, str] = {
    400: "请求的格式不对，无法读取。请核对后重新发送。",
    401: "请先登录。",
    403: "您没有办理此项的权限。",
    404: "未找到该地址，或者您无权查看。请核对。",
    405: "该地址不支持此请求方法。",
    406: "不能按所要求的格式答复。",
    408: "请求超时，内容未生效。请重新发送。",
    409: "与现有状态冲突，内容未生效。请查看最新状态后重新发送。",
    411: "请求须写明内容长度（Content-Length）。",
    413: "提交的内容过大，未读取。请精简后重新发送。",
    414: "请求的地址过长。",
    415: "不支持该内容类型。",
    422: "提交的内容有误。请核对后重新发送。",
    429: "请求过于频繁，请稍后重试。",
    431: "请求头过大。",
}
_ELSE = "请求未被接受。请核对后重新发送。"


def is_chinese(text: str) -> bool:
    """Whether a text is one of ours; what a library says of an error is not shown to anybody."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem document; `type` is a URN of ours, since the codes are explained in the API's description."""
    content = {
        "type": f"urn:zhengcheng:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        **more,
    }
    # Written as it is read: escaped Chinese helps nobody who tries the API at a terminal.
    return Response(json.dumps(content, ensure_ascii=False), status, content_type=PROBLEM)


def problem_of(error: HTTPException) -> Response:
    """The problem of an HTTP error below 500, such as an address that does not exist."""
    status = error.code or 400
    said = error.description or ""
    detail = said if is_chinese(said) else _DETAILS.get(status, _ELSE)
    return problem(status, HTTPStatus(status).name.lower(), detail)


def refusal_problem(refusal: Refusal, status: int | None = None, detail: str | None = None) -> Response:
    """The problem of a refusal, with its fields or conditions; `status` and `detail` where the caller knows better."""
    return problem(status or refusal.status, refusal.code, detail or refusal.message, **particulars(refusal))


def particulars(refusal: Refusal) -> dict[str, Any]:
    """What a program can read of a refusal: the wrong fields, or the conditions that are not met."""
    if isinstance(refusal, FormIncomplete):
        return {"errors": [asdict(error) for error in refusal.errors]}
    if isinstance(refusal, GuardRefused):
        return {
            "unmet": [
                {
                    "guard": item.guard,
                    "label": item.label,
                    "detail": item.text,
                    "possible_on": item.possible_on.isoformat() if item.possible_on else None,
                }
                for item in refusal.unmet
            ]
        }
    return {}
