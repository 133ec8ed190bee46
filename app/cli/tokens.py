"""`flask --app wsgi token …` and `webhook …`: access for programs, given and taken by a system administrator."""

from datetime import date

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.arguments import DAY, password_of
from app.cli.table import table
from app.cli.users import answers_refusals
from app.clock import SHANGHAI
from app.extensions import installation
from app.services.api_tokens import (
    POSTS,
    NewToken,
    Scope,
    give_token,
    identified_administrator,
    list_tokens,
    revoke_token,
)
from app.services.webhooks import list_deliveries, list_webhooks
from workflows.roles import Post

tokens = AppGroup("token", help="接口令牌：签发、列出、吊销。")
webhooks = AppGroup("webhook", help="办理通知地址及发送情况。")
_BY = click.option("--by", "login", required=True, metavar="账号", help="系统管理员的账号；随后输入其密码。")


def register(app: Flask) -> None:
    app.cli.add_command(tokens)
    app.cli.add_command(webhooks)


@tokens.command("create")
@click.argument("label", metavar="接入系统名称")
@click.option("--unit", required=True, metavar="单位全称", help="令牌所属的单位。")
@click.option(
    "--post", required=True, type=click.Choice([post.value for post in Post if post in POSTS]), help="令牌的岗位。"
)
@click.option("--owner", required=True, metavar="账号", help="责任人：须在该单位任同一岗位，且不兼任审批岗位。")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([scope.value for scope in Scope]),
    help="权限范围，可多次填写。",
)  # fmt: skip
@click.option("--until", "expires_on", required=True, type=DAY, help="有效期的最后一日。")
@_BY
@answers_refusals
def create(label: str, unit: str, post: str, owner: str, scopes: tuple[str, ...], expires_on: date, login: str) -> None:
    """签发一个接口令牌；令牌只显示这一次。"""
    own = installation()
    now = own.clock()
    by = identified_administrator(own.database, own.passwords, login, password_of(login), now)
    new = NewToken(label, unit, Post(post), owner, [Scope(scope) for scope in scopes], expires_on)
    uid, token = give_token(own.database, own.keys, new, by, now)
    click.echo(f"已签发接口令牌，编号 {uid}，有效期至{expires_on}。请立即妥善保存，系统不再显示：")
    click.echo(token)


@tokens.command("list")
def list_all() -> None:
    """列出全部接口令牌；不显示令牌本身。"""
    lines = [
        (
            line.uid,
            line.label,
            line.unit,
            line.post.label,
            line.owner,
            " ".join(line.scopes),
            "已吊销" if line.revoked else f"至{line.expires_on}",
            f"{line.last_used_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if line.last_used_at else "从未使用",
        )
        for line in list_tokens(installation().database)
    ]
    head = ("编号", "接入系统", "单位", "岗位", "责任人", "权限范围", "有效期", "最近使用")
    click.echo("\n".join(table(head, lines)))


@tokens.command("revoke")
@click.argument("uid", metavar="编号")
@_BY
@answers_refusals
def revoke(uid: str, login: str) -> None:
    """吊销一个接口令牌，立即生效。"""
    own = installation()
    now = own.clock()
    by = identified_administrator(own.database, own.passwords, login, password_of(login), now)
    revoke_token(own.database, own.keys, uid, by, now)
    click.echo("已吊销。")


@webhooks.command("list")
def list_addresses() -> None:
    """列出全部通知地址；连续失败的，在所示时刻之前暂停发送。"""
    lines = [
        (
            line.uid,
            line.token,
            line.url,
            str(line.failures),
            f"{line.retry_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if line.retry_at else "正常",
        )
        for line in list_webhooks(installation().database)
    ]
    click.echo("\n".join(table(("编号", "令牌", "地址", "连续失败", "暂停至"), lines)))


@webhooks.command("deliveries")
@click.argument("uid", metavar="编号")
@answers_refusals
def deliveries(uid: str) -> None:
    """列出向一个地址最近发送的情况。"""
    words = {"waiting": "待重试", "delivered": "已送达", "given_up": "已放弃"}
    found, _ = list_deliveries(installation().database, uid)
    lines = [
        (
            f"{line.last_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            line.case,
            str(line.seq),
            words[line.status],
            str(line.attempts),
            str(line.answer or ""),
            line.error,
        )
        for line in found
    ]
    click.echo("\n".join(table(("时刻", "事项", "序号", "结果", "次数", "状态码", "原因"), lines)))
