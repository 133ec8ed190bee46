"""`flask --app wsgi outbox …`: what waits to be done outside the database."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.extensions import installation
from app.services.stuck import retry_stuck

outbox = AppGroup("outbox", help="后台任务：文书生成、邮件提醒。")


def register(app: Flask) -> None:
    app.cli.add_command(outbox)


@outbox.command("retry")
def retry() -> None:
    """把多次失败、已停止重试的任务和期限重新列入处理。"""
    own = installation()
    count = retry_stuck(own.database, own.clock())
    if count:
        own.wake()
    click.echo(f"已重新列入{count}项。")
