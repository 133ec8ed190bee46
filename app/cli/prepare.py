"""`flask --app wsgi prepare`: make the database of a real installation ready for its first account."""

import click
from flask import Flask

from app.cli.founding import found_authority
from app.cli.users import answers_refusals
from app.database import is_at_head, migrate
from app.extensions import installation
from app.services.database_purpose import ensure_marked
from app.services.preparing import ensure_calendar, ensure_locality


def register(app: Flask) -> None:
    app.cli.add_command(prepare)


@click.command("prepare")
@click.argument("localities", metavar="[地区…]", nargs=-1)
@answers_refusals
def prepare(localities: tuple[str, ...]) -> None:
    """建立表结构和签章证书，存入工作日历和所列地区的规则集、机关；已有的不动，可以重复执行。

    只用来查阅导入案卷的系统不列地区。
    """
    own = installation()
    if not is_at_head(own.engine):
        migrate(own.settings.database_url)
        click.echo("已建立表结构。")
    ensure_marked(own.database, own.settings.database_purpose)
    if ensure_calendar(own.database, own.clock):
        click.echo("已存入工作日历。")
    found_authority(own)
    for key in localities:
        done = ensure_locality(own.database, key, own.clock)
        click.echo(f"{key}：{'已存入规则集和机关。' if done else '已有，未作改动。'}")
