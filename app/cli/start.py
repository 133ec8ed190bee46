"""`flask --app wsgi start`: one command from an empty folder to a running system (what `make run` calls)."""

import errno
import os
import socket
from dataclasses import replace

import click
from flask import Flask

from app.cli.demo import login_lines
from app.cli.founding import found
from app.cli.serving import serve
from app.cli.users import answers_refusals
from app.database import is_at_head, migrate
from app.extensions import Installation, installation
from app.services.first_start import FirstStart
from app.services.rule_sets import propose_release
from app.settings import Purpose

_HOST = "127.0.0.1"
_PORTS_TRIED = 50


def register(app: Flask) -> None:
    app.cli.add_command(start)


@click.command("start")
@click.option("--host", envvar="ZHENGCHENG_HOST", default=_HOST, show_default=True, help="监听地址。")
@click.option("--port", envvar="ZHENGCHENG_PORT", default=8000, show_default=True, help="端口；被占用时顺延。")
@click.option("--demo/--no-demo", default=None, help="数据库为空时是否生成演示数据；正式环境不生成。")
@answers_refusals
def start(host: str, port: int, demo: bool | None) -> None:
    """准备数据库（首次启动生成演示数据），启动服务和后台任务。"""
    own = installation()
    if not is_at_head(own.engine):
        click.echo("正在准备数据库……")
        migrate(own.settings.database_url)
    state = found(own, _wanted(own, demo))
    for line in propose_release(own.database, own.clock()):
        click.echo(f"本版本所附的{line.name}规则有变，已录入为第{line.number}号规则集，待规则管理员确认后施行。")
    free = free_port(host, port)
    if free != port:
        click.echo(f"端口 {port} 已被占用，改用 {free}。")
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{free}"
    settings = replace(own.settings, embedded_jobs=True)
    if settings.base_url == "http://127.0.0.1:8000" and not settings.in_production:
        settings = replace(settings, base_url=address)
    greeting = _greeting(own, state, address)
    # What this process opened must not be shared with the serving one.
    own.engine.dispose()
    serve(settings, own.clock, host, free, lambda: click.echo(greeting))


def _wanted(own: Installation, demo: bool | None) -> Purpose:
    if own.settings.in_production:
        if demo:
            raise click.ClickException("正式环境（ZHENGCHENG_ENVIRONMENT=production）不得生成演示数据。")
        return own.settings.database_purpose
    return own.settings.database_purpose if demo is False else "demo"


def free_port(host: str, port: int) -> int:
    """The port, or the next one that nobody listens on.

    Raises:
        click.ClickException: none of the next fifty is free, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + _PORTS_TRIED):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the server itself does: a port that is only waiting for late packets counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    continue
                raise click.ClickException(
                    f"不能在 {host} 上监听（{os.strerror(error.errno or 0)}）。请核对 ZHENGCHENG_HOST。"
                ) from None
            return candidate
    raise click.ClickException(
        f"端口 {port} 至 {port + _PORTS_TRIED - 1} 均不可用。请用 ZHENGCHENG_PORT 另行指定端口。"
    )


def _greeting(own: Installation, state: FirstStart, address: str) -> str:
    lines = ["", f"政诚已启动：{address}    （按 Ctrl+C 停止）"]
    if state.purpose == "demo":
        lines += ["", *login_lines()]
    elif state.founded:
        lines += ["", "数据库中还没有账号。请另开终端，按 docs/operations.md 建立账号和单位。"]
    return "\n".join([*lines, ""])
