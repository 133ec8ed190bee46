"""The API about itself: health, the token of the caller, and the description."""

from flask import Response

from app.api.bodies.base import Named
from app.api.bodies.law import Health, MeBody
from app.api.calling import Call
from app.api.description import described_json
from app.api.operation import JSON, answer, operation
from app.extensions import installation
from app.health import readiness

GROUP = "接口"


@operation("GET", "/health", group=GROUP, open=True, answer=Health, also={503: "尚未就绪"})
def show_health(call: Call) -> Response:
    """查看服务是否就绪。"""
    own = installation()
    parts = readiness(own.database, own.clock())
    ready = all(state == "ok" for state in parts.values())
    return answer(Health(status="ok" if ready else "not ready", **parts), 200 if ready else 503)


@operation("GET", "/me", group=GROUP, answer=MeBody)
def show_me(call: Call) -> MeBody:
    """查看本次请求所用令牌的单位、岗位和权限范围。"""
    caller = call.program
    return MeBody.model_validate(
        {
            "token": caller.token_uid,
            "label": caller.label,
            "unit": caller.unit_name,
            "post": Named(key=caller.post.value, label=caller.post.label),
            "scopes": [Named(key=scope.value, label=scope.label) for scope in caller.scopes],
            "expires_on": caller.expires_on,
        }
    )


@operation("GET", "/openapi.json", group=GROUP, open=True)
def show_description(call: Call) -> Response:
    """取得本接口的 OpenAPI 3.1 描述。"""
    return Response(described_json(), content_type=JSON)
