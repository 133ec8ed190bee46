"""`flask --app wsgi keys …`: changing the keys of an installation, and sealing old values anew."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.extensions import installation
from app.services.resealing import outstanding, reseal

keys = AppGroup("keys", help="密钥。")


def register(app: Flask) -> None:
    app.cli.add_command(keys)


@keys.command("rotate")
@click.confirmation_option(prompt="请先停止网页和后台任务，并备份 keys.json。是否更换密钥？")
def rotate() -> None:
    """更换密钥：生成新的一版，此后用它加密；原来各版保留，用于解密。"""
    own = installation()
    changed = own.keys.rotate(own.settings.key_file)
    click.echo(f"现行密钥为 {changed.active}。请立即备份 {own.settings.key_file}，启动服务，再执行 keys reseal。")


@keys.command("reseal")
def reseal_all() -> None:
    """用现行密钥重新加密原有内容；可以中断，再次执行时接着做。期间照常办理。"""
    own = installation()
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        percent = done * 100 // max(total, done, 1)
        if percent // 5 > told // 5:
            told = percent
            click.echo(f"已处理{done}项，共{total}项（{percent}%）")

    report = reseal(own.database, own.keys, tell)
    seals = own.seals.authority.reseal()
    click.echo(f"已重新加密{report.done}项，印章私钥{seals}个。")
    for name in report.broken:
        click.echo(f"不能解密，未改动：{name}", err=True)
    if report.broken:
        raise click.ClickException("有内容不能解密，请核对 keys.json 是否齐全。")


@keys.command("status")
def status() -> None:
    """列出密钥各版，以及尚未用现行密钥加密的内容有多少。"""
    own = installation()
    with own.database.read() as session:
        old = outstanding(session, own.keys)
    click.echo(f"现行密钥 {own.keys.active}，共{len(own.keys.versions)}版；尚有{old}项用原密钥加密。")
