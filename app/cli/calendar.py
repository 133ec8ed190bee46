"""`flask --app wsgi calendar …`: the versions of the working-day calendar, and the yearly notice as a new one."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.table import table
from app.cli.users import answers_refusals
from app.clock import SHANGHAI
from app.extensions import installation
from app.services.calendar_imports import ImportReport, import_calendar, preview_import
from app.services.calendars import list_calendars
from app.services.imports.calendars import calendar_text
from app.services.lawbook import current_calendar
from app.services.preparing import ensure_calendar
from app.workbooks.reading import TableRefused
from workflows.kit.calendar_file import CalendarFileError, parse_calendar_file

calendar = AppGroup("calendar", help="工作日历。")


def register(app: Flask) -> None:
    app.cli.add_command(calendar)


@calendar.command("list")
def list_all() -> None:
    """列出工作日历的各个版本；最后一个为现行版本。"""
    rows = [
        (line.version, f"{line.published_through}年", f"{line.imported_at.astimezone(SHANGHAI):%Y-%m-%d}", line.source)
        for line in list_calendars(installation().database)
    ]
    click.echo("\n".join(table(("版本", "已公布至", "导入日期", "来源"), rows)))


@calendar.command("seed")
def seed() -> None:
    """数据库中没有工作日历时，存入随系统发布的版本。"""
    own = installation()
    done = ensure_calendar(own.database, own.clock)
    click.echo("已存入随系统发布的工作日历。" if done else "已有工作日历，未作改动。")


@calendar.command("import")
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--version", metavar="版本", help="新版本的名称；不填用“年度-文件名”。")
@click.option("--source", metavar="来源", help="放假安排通知的名称和文号。")
@click.option("--apply/--dry-run", "applies", default=False, show_default=True, help="导入并移动期限，还是只列出。")
@answers_refusals
def import_one(file: Path, version: str | None, source: str | None, applies: bool) -> None:
    """导入节假日安排（TOML、CSV 或 XLSX）；先用 --dry-run 列出受影响的事项，再用 --apply 导入。"""
    own = installation()
    try:
        facts, year = parse_calendar_file(_text_of(file))
        with own.database.read() as session:
            present = current_calendar(session)
        new = present.with_facts(version or f"{year}-{file.stem}"[:40], facts, year)
    except TableRefused as refused:
        raise click.ClickException(refused.message) from None
    except UnicodeDecodeError:
        raise click.ClickException("文件不是 UTF-8 编码的文本。请另存为 UTF-8 后重试。") from None
    except CalendarFileError as error:
        raise click.ClickException("日历文件有误：\n" + "\n".join(error.problems)) from None
    if not applies:
        _show(preview_import(own.backend, new, own.clock()), "将移动")
        click.echo("以上为试算，未作改动。确认无误后，加 --apply 导入。")
        return
    named = source or "；".join(sorted({fact.source for fact in facts if fact.source})) or file.name
    _show(import_calendar(own.backend, new, named, own.clock), "已移动")
    click.echo(f"工作日历{new.version}已导入，并已施行。")


def _text_of(file: Path) -> str:
    return calendar_text(file.read_bytes()) if file.suffix.lower() == ".xlsx" else file.read_text(encoding="utf-8")


def _show(report: ImportReport, verb: str) -> None:
    click.echo(f"核对在计期限{report.checked}个，{verb}{len(report.moved)}个。")
    if report.moved:
        rows = [
            (move.number or move.case, move.kind_label, move.term_label, f"{move.before}", f"{move.after}",
             "暂定" if move.is_provisional else "", "告知当事人" if move.tells_subject else "")
            for move in report.moved
        ]  # fmt: skip
        click.echo("\n".join(table(("事项", "种类", "期限", "原届满日", "新届满日", "", ""), rows)))
