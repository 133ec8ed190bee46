"""`flask --app wsgi user …`: personal accounts and posts. The first account of an installation is made here.

Passwords and identity numbers are asked for, never given as arguments: those stay in the shell's history and are
seen by every user of the machine.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec

import click
from flask import Flask
from flask.cli import AppGroup

from app.clock import SHANGHAI, legal_day
from app.extensions import installation
from app.services.accounts import Accounts
from app.services.mail_addresses import set_mail_address
from app.services.own_account import reset_second_factor
from app.services.people import AccountLine, list_accounts
from workflows.kit.errors import Refusal
from workflows.roles import Post

P = ParamSpec("P")

users = AppGroup("user", help="账号与岗位。")
_LOGIN = click.argument("login", metavar="账号")
_POST = click.option(
    "--post", required=True, type=click.Choice([post.value for post in Post]), help="岗位代码，见 user posts。"
)
_UNIT = click.option("--unit", required=True, metavar="单位全称", help="任职单位。")


def register(app: Flask) -> None:
    app.cli.add_command(users)


def answers_refusals(command: Callable[P, None]) -> Callable[P, None]:
    """Show a refusal as what it says, with exit status 1 and without a trace."""

    @wraps(command)
    def answered(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            command(*arguments, **options)
        except Refusal as refusal:
            raise click.ClickException(refusal.message) from None

    return answered


def _accounts() -> tuple[Accounts, datetime]:
    own = installation()
    return Accounts(own.database, own.keys, own.passwords), own.clock()


def _password() -> str:
    """Asked for twice at a terminal; from a pipe, the first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    return answer


@users.command("create")
@_LOGIN
@click.option("--name", required=True, metavar="姓名", help="姓名。")
@click.option("--ask-identity", is_flag=True, help="同时录入公民身份号码（加密保存）。")
@click.option("--electronic-service-on", metavar="日期", help="送达地址确认书签署日期，如 2026-11-21。")
@answers_refusals
def create(login: str, name: str, ask_identity: bool, electronic_service_on: str | None) -> None:
    """新建账号。"""
    accounts, now = _accounts()
    number: str = click.prompt("公民身份号码", hide_input=True) if ask_identity else ""
    signed_on = _day(electronic_service_on) if electronic_service_on else None
    accounts.create(login, name, _password(), now, identity_number=number, electronic_service_on=signed_on)
    click.echo(f"已新建账号“{login}”。请用 user post-add 设置岗位。")


@users.command("list")
def list_all() -> None:
    """列出全部账号及其现任岗位。"""
    own = installation()
    for line in list_accounts(own.database, own.clock()):
        click.echo("\t".join((line.login, line.name, _condition(line), _posts(line))))


@users.command("posts")
def list_posts() -> None:
    """列出岗位代码及名称。"""
    for post in Post:
        click.echo(f"{post.value}\t{post.label}")


@users.command("link")
@_LOGIN
@click.argument("external_id", metavar="标识", default="")
@answers_refusals
def link(login: str, external_id: str) -> None:
    """关联统一身份认证中的标识；不写标识的，解除关联。"""
    accounts, now = _accounts()
    accounts.link(login, external_id, now)
    click.echo(f"已关联账号“{login}”。" if external_id else f"已解除账号“{login}”的关联。")


@users.command("disable")
@_LOGIN
@answers_refusals
def disable(login: str) -> None:
    """停用账号，其已登录的会话立即失效。"""
    accounts, now = _accounts()
    accounts.disable(login, now)
    click.echo(f"已停用账号“{login}”。")


@users.command("enable")
@_LOGIN
@answers_refusals
def enable(login: str) -> None:
    """启用账号，并解除锁定。"""
    accounts, now = _accounts()
    accounts.enable(login, now)
    click.echo(f"已启用账号“{login}”。")


@users.command("reset-password")
@_LOGIN
@answers_refusals
def reset_password(login: str) -> None:
    """重置密码，并解除锁定；其已登录的会话立即失效。"""
    accounts, now = _accounts()
    accounts.reset_password(login, _password(), now)
    click.echo(f"已重置账号“{login}”的密码。")


@users.command("reset-second-factor")
@_LOGIN
@answers_refusals
def reset_factor(login: str) -> None:
    """重置动态码（设备丢失时用），其已登录的会话立即失效；岗位须使用的，下次登录时重新设置。"""
    own = installation()
    reset_second_factor(own.database, own.keys, login, own.clock())
    click.echo(f"已重置账号“{login}”的动态码。")


@users.command("set-mail")
@_LOGIN
@answers_refusals
def set_mail(login: str) -> None:
    """设置接收办理提醒的邮箱（加密保存）；直接回车为不再接收。"""
    own = installation()
    address: str = click.prompt("邮箱", default="", show_default=False)
    set_mail_address(own.database, own.keys, login, address, own.clock())
    click.echo(f"已{'设置' if address.strip() else '取消'}账号“{login}”的提醒邮箱。")


@users.command("post-add")
@_LOGIN
@_UNIT
@_POST
@click.option("--from", "from_on", metavar="日期", help="任职日期，含当日；不填为今日。")
@answers_refusals
def post_add(login: str, unit: str, post: str, from_on: str | None) -> None:
    """设置岗位。"""
    accounts, now = _accounts()
    accounts.add_post(login, unit, Post(post), _day(from_on) if from_on else legal_day(now), now)
    click.echo(f"已设置：{login} {unit} {Post(post).label}。")


@users.command("post-end")
@_LOGIN
@_UNIT
@_POST
@click.option("--until", "until_on", metavar="日期", help="免职日期，含当日；不填为今日。")
@answers_refusals
def post_end(login: str, unit: str, post: str, until_on: str | None) -> None:
    """免去岗位。"""
    accounts, now = _accounts()
    accounts.end_post(login, unit, Post(post), _day(until_on) if until_on else legal_day(now), now)
    click.echo(f"已免去：{login} {unit} {Post(post).label}。")


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise click.ClickException(f"日期“{given}”的写法不对，或者没有这一天。请按 2026-11-21 的写法填写。") from None


def _condition(line: AccountLine) -> str:
    if not line.active:
        return "已停用"
    if line.locked_until is not None:
        return f"锁定至{line.locked_until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return "正常"


def _posts(line: AccountLine) -> str:
    return "、".join(f"{held.unit_name} {held.label}" for held in line.posts) or "未设岗位"
