"""`flask --app wsgi seal …`: the own authority of seals, the platform, and what a sealed sheet proves."""

from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask import Flask
from flask.cli import AppGroup

from app.cli.table import table
from app.cli.users import answers_refusals
from app.clock import SHANGHAI
from app.extensions import Installation, installation
from app.seals.ca import AuthorityMissing
from app.seals.http import PlatformSeal
from app.seals.provider import NotSealedYet, SealRefused
from app.seals.validate import check_sheet
from app.services.checks import Check, Verdict
from app.services.seal_authority import ensure_authority, sealing_organs
from app.services.seal_checks import seal_files, seals_waiting

seal = AppGroup("seal", help="电子印章：自建证书、印章平台、校验文书。")
_PROVIDERS = {"none": "未启用，线下用印", "local": "自建证书的演示印章（非法定电子印章）", "platform": "统一印章平台"}
_MARKS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.FAULT: "✗"}


def register(app: Flask) -> None:
    app.cli.add_command(seal)


@seal.command("init")
@answers_refusals
def init() -> None:
    """建立自建根证书，并为各机关签发印章证书；已有的不动，可以重复执行。"""
    own = installation()
    now, authority = own.clock(), own.seals.authority
    if own.seals.name != "local":
        raise click.ClickException(f"现行设置为“{_PROVIDERS[own.seals.name]}”，不需要自建证书（ZHENGCHENG_SEAL）。")
    click.echo("已建立根证书。" if ensure_authority(own.database, own.seals, now) else "根证书已有，未作改动。")
    with own.database.read() as session:
        organs = sealing_organs(session)
    try:
        for organ in organs:
            authority.identity_of(organ, now)
        click.echo(f"机关证书共{len(authority.identities())}张，存于 {own.seals.folder}。请与 keys.json 一并备份。")
    except AuthorityMissing as missing:
        raise click.ClickException(str(missing)) from None


@seal.command("show")
def show() -> None:
    """显示用印方式、信任的签发机构和各机关证书。"""
    own = installation()
    click.echo(f"用印方式：{_PROVIDERS[own.seals.name]}")
    try:
        organs = own.seals.authority.identities()
    except AuthorityMissing as missing:
        raise click.ClickException(str(missing)) from None
    rows = [
        (f"签发机构（{root.kind.label}）", *_described(x509.load_der_x509_certificate(root.certificate)))
        for root in own.seals.roots
    ]
    rows += [(one.organ, *_described(one.certificate)) for one in organs]
    if rows:
        click.echo("\n".join(table(("机关", "有效期", "SHA-256 指纹"), rows)))
    else:
        click.echo("没有证书。")


@seal.command("check")
@click.argument("sheet", metavar="[文件]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(sheet: Path | None) -> None:
    """检查用印准备情况；给出 PDF 文件的，校验该文书的印章。有故障或者校验未通过的，以状态码 1 结束。"""
    own = installation()
    good = _setup_is_good(own) if sheet is None else _sheet_is_good(own, sheet)
    if not good:
        raise SystemExit(1)


def _setup_is_good(own: Installation) -> bool:
    with own.database.read() as session:
        found = list(seal_files(own.seals, session, own.clock(), production=own.settings.in_production))
        found += seals_waiting(session, own.clock())
    provider = own.seals.provider
    if isinstance(provider, PlatformSeal):
        try:
            provider.greet(own.clock())
            found.append(Check("平台连通", Verdict.OK, own.settings.seal.url))
        except (NotSealedYet, SealRefused) as failed:
            found.append(Check("平台连通", Verdict.FAULT, str(failed), "请核对地址、账号、密钥、网络和服务器时间。"))
    for one in found:
        click.echo(f"{_MARKS[one.verdict]} {one.name}：{one.detail}")
        if one.advice:
            click.echo(f"    → {one.advice}")
    return all(one.ok for one in found)


def _sheet_is_good(own: Installation, sheet: Path) -> bool:
    verdict = check_sheet(sheet.read_bytes(), own.seals.roots)
    if not verdict.sealed:
        click.echo(f"✗ {verdict.problem}")
        return False
    when = f"{verdict.signed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if verdict.signed_at else "未写明"
    click.echo(f"{'✓' if verdict.intact else '✗'} 用印后{'未改动' if verdict.intact else '有改动'}")
    click.echo(f"{'✓' if verdict.trusted else '✗'} 印章证书{'由认可的机构签发' if verdict.trusted else '不可信'}")
    click.echo(f"  机关：{verdict.organ or '未写明'}")
    click.echo(f"  用印时间：{when}（北京时间）")
    click.echo(f"  印章性质：{verdict.kind.label if verdict.kind else '不明'}")
    if verdict.problem:
        click.echo(f"  {verdict.problem}")
    return verdict.genuine


def _described(certificate: x509.Certificate) -> tuple[str, str]:
    lasts = f"{certificate.not_valid_before_utc:%Y-%m-%d} 至 {certificate.not_valid_after_utc:%Y-%m-%d}"
    return lasts, certificate.fingerprint(hashes.SHA256()).hex()[:32] + "…"
