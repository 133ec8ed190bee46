"""`flask --app wsgi audit …`: is the history what was written, and sealing it so that it can be told."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.extensions import installation
from app.services.anchors import missing_anchors, seal_heads
from app.services.audit import verify

audit = AppGroup("audit", help="历史记录的校验和存证。")


def register(app: Flask) -> None:
    app.cli.add_command(audit)


@audit.command("verify")
def verify_all() -> None:
    """逐条校验全部历史记录，与检索列、链头和存证核对；有不符的，以状态码 1 结束。"""
    own = installation()
    with own.database.read() as session:
        report = verify(session, own.keys)
    outside = missing_anchors(own.backend, own.settings.anchor_file)
    click.echo(f"已校验事项{report.cases}件、记录{report.events}条、存证{report.anchors}份。")
    for fault in report.faults:
        click.echo(str(fault))
    for line in outside:
        click.echo(line)
    count = report.fault_count + len(outside)
    if count:
        raise click.ClickException(
            f"发现{count}处不符。请保留现场，停止写入，用最近的备份比对，并报告审计员和安全保密管理员。"
        )
    click.echo("全部相符。")


@audit.command("anchor")
def anchor_now() -> None:
    """立即存证（平时每日零时三十分自动进行）。"""
    own = installation()
    made = seal_heads(own.backend, own.clock(), own.settings.anchor_file)
    click.echo(
        f"已存证：第{made.id}份，{made.chains}条链，校验值 {made.mac[:16]}…" if made else "没有新的记录，无须存证。"
    )
