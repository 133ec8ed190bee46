"""`flask --app wsgi demo …`: the make-believe district and its logins."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.founding import clear_demo, found
from app.cli.table import table
from app.cli.users import answers_refusals
from app.extensions import installation
from app.services.database_purpose import purpose_of
from app.services.demo_district import DEMO_PASSWORD, demo_logins

demo = AppGroup("demo", help="演示数据。")


def register(app: Flask) -> None:
    app.cli.add_command(demo)


@demo.command("logins")
def logins() -> None:
    """列出演示账号。"""
    own = installation()
    if purpose_of(own.database) != "demo":
        raise click.ClickException("本数据库不是演示数据库，没有演示账号。账号见 user list。")
    click.echo("\n".join(login_lines()))


def login_lines() -> list[str]:
    """The table of the demo logins by post, with the password they begin with."""
    with installation().database.read() as session:
        rows = [(one.part, one.login, one.name, one.unit) for one in demo_logins(session)]
    return [f"演示账号（初始密码均为 {DEMO_PASSWORD}）：", *table(("岗位", "账号", "姓名", "单位"), rows)]


@demo.command("reset")
@click.confirmation_option(prompt="将删除演示数据库的全部内容并重新生成，是否继续？")
@answers_refusals
def reset() -> None:
    """删除演示数据库的全部内容，重新生成。"""
    own = installation()
    if purpose_of(own.database) != "demo":
        raise click.ClickException("本数据库不是演示数据库，不得重置。")
    clear_demo(own)
    found(own, "demo")
    click.echo("\n".join(["演示数据已重新生成。", *login_lines()]))
