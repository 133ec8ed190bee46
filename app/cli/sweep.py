"""`flask --app wsgi sweep`: one round by hand; with `--as-of`, what would be due at another time."""

from datetime import datetime

import click
from flask import Flask

from app.cli.arguments import INSTANT
from app.cli.table import table
from app.cli.users import answers_refusals
from app.clock import SHANGHAI
from app.extensions import installation
from app.services.backend import Backend
from app.services.database_purpose import takes_moved_clock
from app.services.heartbeat import beat
from app.services.sweeping import due_terms, sweep
from workflows.registry import WORKFLOWS

_LABELS = {term.key: term.label for flow in WORKFLOWS.values() for term in flow.terms}


def register(app: Flask) -> None:
    app.cli.add_command(sweep_once)


@click.command("sweep")
@click.option("--as-of", type=INSTANT, help="按这一时刻处理；正式数据库只列出，不处理。")
@click.option("--dry-run", is_flag=True, help="只列出到期的期限，不处理。")
@answers_refusals
def sweep_once(as_of: datetime | None, dry_run: bool) -> None:
    """处理全部到期的期限：提醒、催办、期满办理。"""
    own = installation()
    now = as_of or own.clock()
    allowed = as_of is None or takes_moved_clock(own.database)
    if dry_run or not allowed:
        _list(own.backend, now)
        if not allowed and not dry_run:
            click.echo("本数据库不是演示或者推演用途，时间不得移动：以上仅列出，未作处理。")
        return
    report = sweep(own.backend, own.clock if as_of is None else lambda: now)
    if as_of is None:
        beat(own.database, now)
    click.echo(f"已处理期限{report.fired}个，失败{len(report.failed)}个。")
    if report.failed:
        raise click.ClickException("失败的期限稍后自动重试；多次失败的，见 doctor 所列。")


def _list(backend: Backend, now: datetime) -> None:
    rows = [(_LABELS.get(key, key), key, str(count)) for key, count in due_terms(backend, now)]
    click.echo(f"截至{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}需要处理的期限：")
    click.echo("\n".join(table(("期限", "代码", "数量"), rows)) if rows else "  无")
