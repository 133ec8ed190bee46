"""办理通知: addresses that are told of steps, and what came of telling them."""

from flask import Response

from app.api.bodies.law import (
    DeliveryBody,
    DeliveryList,
    DeliveryQuery,
    NewWebhookBody,
    WebhookBody,
    WebhookList,
    WebhookRequest,
)
from app.api.calling import Call
from app.api.operation import operation
from app.extensions import installation
from app.services.api_tokens import Scope
from app.services.outgoing import Outgoing
from app.services.webhooks import WebhookLine, list_deliveries, list_webhooks, subscribe, unsubscribe

GROUP = "办理通知"


@operation("GET", "/webhooks", group=GROUP, scope=Scope.WEBHOOKS, answer=WebhookList)
def show_webhooks(call: Call) -> WebhookList:
    """列出本令牌设置的通知地址。"""
    return WebhookList(items=[_body(line) for line in list_webhooks(installation().database, call.program.token_id)])


@operation(
    "POST", "/webhooks", group=GROUP, scope=Scope.WEBHOOKS, body=WebhookRequest, answer=NewWebhookBody, status=201,
    refusals=(409, 415), notes="密钥只在此时给出一次，用于核对通知的签名。",
)  # fmt: skip
def add_webhook(call: Call) -> NewWebhookBody:
    """设置一个通知地址：本令牌可以查看的事项每办理一步，即向该地址发送一次。"""
    own = installation()
    outgoing = Outgoing(own.settings.webhook_hosts)
    line, secret = subscribe(own.database, own.keys, outgoing, call.program, call.body.url, own.clock())
    return NewWebhookBody(**_body(line).model_dump(), secret=secret)


@operation("DELETE", "/webhooks/<uid>", group=GROUP, scope=Scope.WEBHOOKS, status=204, refusals=(404,))
def end_webhook(call: Call, uid: str) -> Response:
    """取消一个通知地址。"""
    own = installation()
    unsubscribe(own.database, own.keys, call.program, uid, own.clock())
    return Response(status=204)


@operation(
    "GET", "/webhooks/<uid>/deliveries", group=GROUP, scope=Scope.WEBHOOKS, query=DeliveryQuery, answer=DeliveryList,
    refusals=(404,),
)  # fmt: skip
def show_deliveries(call: Call, uid: str) -> DeliveryList:
    """查看向一个地址发送的情况，新的在前。"""
    lines, following = list_deliveries(installation().database, uid, call.program, call.query.before)
    return DeliveryList(items=[DeliveryBody.model_validate(line) for line in lines], next=following)


def _body(line: WebhookLine) -> WebhookBody:
    return WebhookBody(
        uid=line.uid, url=line.url, created_at=line.created_at, failures=line.failures, retry_at=line.retry_at
    )
