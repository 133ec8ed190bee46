"""`flask --app wsgi doctor`: is everything as it must be, and if not, what to do about it."""

import json
from dataclasses import asdict

import click
from flask import Flask

from app.extensions import installation
from app.services.checks import Check, Verdict
from app.services.doctor import examine

_MARKS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.FAULT: "✗"}


def register(app: Flask) -> None:
    app.cli.add_command(doctor)


@click.command("doctor")
@click.option("--deep", is_flag=True, help="逐条校验历史记录和数据一致性（读取全库，耗时较长）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供监控使用。")
def doctor(deep: bool, as_json: bool) -> None:
    """检查字体、数据库、工作日历、时钟、磁盘、邮件、后台任务等；有故障的，以状态码 1 结束。"""
    own = installation()
    found = examine(own.database, own.settings, own.keys, own.clock(), deep=deep)
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False))
    else:
        for check in found:
            _show(check)
        _sum_up(found)
    if not all(check.ok for check in found):
        raise SystemExit(1)


def _show(check: Check) -> None:
    click.echo(f"{_MARKS[check.verdict]} {check.name}：{check.detail}")
    if check.advice:
        click.echo(f"    → {check.advice}")


def _sum_up(found: list[Check]) -> None:
    faults = sum(check.verdict is Verdict.FAULT for check in found)
    warnings = sum(check.verdict is Verdict.WARNING for check in found)
    click.echo(f"共检查{len(found)}项：故障{faults}项，注意{warnings}项。" if faults or warnings else "全部正常。")
