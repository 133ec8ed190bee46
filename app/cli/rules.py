"""`flask --app wsgi rules …`: which law is in force where, and how it changes: entered by one, confirmed by another."""

from datetime import date, timedelta
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.arguments import DAY, password_of
from app.cli.table import table
from app.cli.users import answers_refusals
from app.clock import legal_day
from app.extensions import installation
from app.services.rule_sets import SHIPPED, confirm, differences, list_rule_sets, propose, text_of
from app.services.rules_keepers import identified_keeper
from workflows.rules import RuleFileError, load_locality, localities

rules = AppGroup("rules", help="各地规则集：查看、录入、确认。")
_LOCALITY = click.argument("locality", metavar="地区")
_BY = click.option("--by", "login", required=True, metavar="账号", help="规则管理员的账号；随后输入其密码。")


def register(app: Flask) -> None:
    app.cli.add_command(rules)


@rules.command("list")
def list_all() -> None:
    """列出各地的规则集。"""
    lines = [
        (line.locality, line.name, str(line.number), f"{line.in_force_from}", line.entered_by,
         line.confirmed_by or ("已退回" if line.rejected_by else "待确认"), line.digest[:12])
        for line in list_rule_sets(installation().database)
    ]  # fmt: skip
    click.echo("\n".join(table(("地区", "名称", "编号", "施行日期", "录入人", "确认人", "摘要"), lines)))
    click.echo(f"随系统发布的地区：{'、'.join(localities())}")


@rules.command("show")
@_LOCALITY
@click.argument("which", metavar="编号", default=SHIPPED)
@answers_refusals
def show(locality: str, which: str) -> None:
    """显示一个规则集的全部条目及其依据；编号不填时显示随系统发布的规则。"""
    click.echo(text_of(installation().database, locality, which), nl=False)


@rules.command("diff")
@_LOCALITY
@click.argument("old", metavar="编号")
@click.argument("new", metavar="编号", default=SHIPPED)
@answers_refusals
def diff(locality: str, old: str, new: str) -> None:
    """比较两个规则集；第二个编号不填时与随系统发布的规则比较。"""
    lines = differences(installation().database, locality, old, new)
    click.echo("\n".join(lines) if lines else "两者内容相同。")


@rules.command("propose")
@_LOCALITY
@_BY
@click.option("--from", "in_force_from", type=DAY, help="施行日期；不填为次日。")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="规则文件所在目录。")
@answers_refusals
def propose_one(locality: str, login: str, in_force_from: date | None, folder: Path | None) -> None:
    """录入一个规则集（随系统发布的，或者目录中的），待他人确认。"""
    own = installation()
    now = own.clock()
    keeper = identified_keeper(own.database, own.passwords, login, password_of(login), now)
    try:
        loaded = load_locality(locality, folder) if folder else load_locality(locality)
    except RuleFileError as error:
        raise click.ClickException(str(error)) from None
    except KeyError as error:
        raise click.ClickException(f"{error.args[0]}。") from None
    day = in_force_from or legal_day(now) + timedelta(days=1)
    number = propose(own.database, loaded, day, keeper, now, keys=own.keys)
    click.echo(f"已录入{loaded.name}第{number}号规则集，拟自{day}起施行。请由另一名规则管理员确认：")
    click.echo(f"  flask --app wsgi rules confirm {locality} {number} --by 账号")


@rules.command("confirm")
@_LOCALITY
@click.argument("number", metavar="编号", type=int)
@_BY
@click.option("--from", "in_force_from", type=DAY, help="另定施行日期。")
@answers_refusals
def confirm_one(locality: str, number: int, login: str, in_force_from: date | None) -> None:
    """确认他人录入的规则集；确认后不得更改。"""
    own = installation()
    now = own.clock()
    keeper = identified_keeper(own.database, own.passwords, login, password_of(login), now)
    line = confirm(own.database, locality, number, keeper, now, in_force_from, keys=own.keys)
    click.echo(
        f"已确认{line.name}第{line.number}号规则集，自{line.in_force_from}起施行；此前立案的事项仍按原规则办理。"
    )
