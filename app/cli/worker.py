"""`flask --app wsgi worker`: the jobs in a process of their own, as many as are wanted, beside web processes."""

import signal

import click
from flask import Flask

from app.database import is_at_head
from app.extensions import installation
from app.jobs.runner import Jobs


def register(app: Flask) -> None:
    app.cli.add_command(worker)


@click.command("worker")
def worker() -> None:
    """运行后台任务：到期处理、文书生成、邮件提醒、每日存证。可以同时运行多个。"""
    own = installation()
    if not is_at_head(own.engine):
        raise click.ClickException("数据库结构不是本版本的。请先执行 flask --app wsgi db upgrade。")
    jobs = Jobs(own)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: jobs.request_stop())
    jobs.start()
    click.echo("后台任务已启动。", err=True)
    jobs.wait()
    jobs.stop()
