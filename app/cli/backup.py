"""`flask --app wsgi backup …`: what a backup script reports."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.extensions import installation
from app.services.backups import backup_done

backup = AppGroup("backup", help="备份：登记最近一次备份的时间。")


def register(app: Flask) -> None:
    app.cli.add_command(backup)


@backup.command("done")
def done() -> None:
    """登记刚刚完成了一次备份；写在备份脚本的末尾。"""
    own = installation()
    backup_done(own.database, own.clock())
    click.echo("已登记备份时间。")
