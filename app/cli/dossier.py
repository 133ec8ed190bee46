"""`flask --app wsgi dossier …`: a dossier out as one file, checked, and in again."""

from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.cli import AppGroup

from app.cli.users import answers_refusals
from app.extensions import installation
from app.services.access_log import Act, record
from app.services.anchors import seal_heads
from app.services.dossier_bundle.checking import Checked, check_bundle
from app.services.dossier_bundle.exporting import dossier_named, export_dossier, snapshot
from app.services.dossier_bundle.importing import import_bundle
from app.services.dossier_bundle.index_sheet import index_maker
from app.services.files import FileDamaged
from workflows.registry import workflow

dossier = AppGroup("dossier", help="案卷的导出、校验和导入。")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ROOT = click.option(
    "--root", "root_file", type=_FILE, help="已另行核实的根证书（PEM）。给出后，只接受由其签发的案卷包。"
)


def register(app: Flask) -> None:
    app.cli.add_command(dossier)


@dossier.command("export")
@click.argument("named")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入的文件，不得已存在。")
@click.option("--purpose", required=True, help="导出用途，记入访问日志。")
@answers_refusals
def export(named: str, output: Path | None, purpose: str) -> None:
    """导出 NAMED（事项编号、事项标识或者案卷标识）所在的案卷。"""
    own = installation()
    now = own.clock()
    click.echo("正在制作案卷……", err=True)
    with snapshot(own.database) as session:
        found = dossier_named(session, named)
        index = index_maker(as_pdf=own.settings.renderer == "pdf")
        try:
            bundle = export_dossier(session, own.keys, found, own.settings.files_dir, index, own.seals, now)
        except FileDamaged as error:
            raise click.ClickException(str(error)) from None
    target = output or Path(bundle.name)
    record(own.database, own.keys, Act.EXPORTED, None, now, target=bundle.dossier, purpose=f"命令行：{purpose}")
    try:
        with target.open("xb") as file:
            target.chmod(0o600)
            file.write(bundle.content)
    except FileExistsError:
        raise click.ClickException(f"{target} 已存在，未覆盖。请另定文件名。") from None
    click.echo(f"已导出案卷 {bundle.dossier}：{target}，{len(bundle.content):,} 字节。")


@dossier.command("check")
@click.argument("file", type=_FILE)
@_ROOT
@answers_refusals
def check(file: Path, root_file: Path | None) -> None:
    """校验案卷包：清单、签名、每条历史记录、重演所得的状态和期限；不需要原系统。"""
    checked = _checked(file, root_file)
    click.echo(f"案卷 {checked.dossier}")
    for place, case in enumerate(checked.rows["cases"], 1):
        flow = workflow(case["kind"])
        number = case["number"] or "尚未编号"
        count = len(checked.histories[place])
        click.echo(f"　　{flow.label}　{number}　{flow.state(case['state']).label}　记录{count}条")
    click.echo(f"文件{len(checked.files)}个，与清单逐一相符；历史记录连续；重演所得的状态和期限与所记相符。")
    for line in _about_signature(checked):
        click.echo(line)
    if checked.make_believe:
        click.echo("本案卷由演示环境制作，单位、人员和事项均为虚构。")
    click.echo("全部相符。")


@dossier.command("import")
@click.argument("file", type=_FILE)
@click.option("--by", required=True, help="导入人，记入访问日志。")
@_ROOT
@click.option("--unverified", is_flag=True, help="没有签名或者根证书未经核实的，也予导入，并记入访问日志。")
@answers_refusals
def take_in(file: Path, by: str, root_file: Path | None, unverified: bool) -> None:
    """校验案卷包并导入，作为只供查阅的存档件；全部导入，或者什么也不导入。

    案卷包须由本系统认可的根证书或者 --root 给出的根证书签发，否则不导入。
    """
    own = installation()
    checked = _checked(file, root_file)
    for line in _about_signature(checked):
        click.echo(line)
    vouched = checked.signer is not None and checked.signer.known
    if not vouched and not unverified:
        raise click.ClickException(
            "不能证明由谁制作，未导入任何内容。请另行取得制作机关的根证书，用 --root 指定；"
            "确需导入未经核实的案卷包的，加 --unverified。"
        )
    by = by if vouched else f"{by}（来源未经核实）"
    of_all = sum(len(rows) for rows in checked.rows.values())
    with click.progressbar(length=of_all, label="正在导入") as bar:
        made = import_bundle(
            own.database, own.keys, own.settings.files_dir, checked, by, own.clock(), lambda _done, _all: bar.update(1)
        )
    seal_heads(own.backend, own.clock(), own.settings.anchor_file)
    click.echo(f"已导入案卷 {made.dossier}：事项{made.cases}件，记录{made.events}条，文件{made.files}个；已重新存证。")


def _checked(file: Path, root_file: Path | None) -> Checked:
    roots = tuple(root.certificate for root in installation().seals.roots)
    if root_file is not None:
        try:
            given = x509.load_pem_x509_certificate(root_file.read_bytes())
        except ValueError:
            raise click.ClickException(f"{root_file} 不是PEM格式的证书。") from None
        roots = (given.public_bytes(Encoding.DER),)
    return check_bundle(file.read_bytes(), roots, must_be_signed=root_file is not None)


def _about_signature(checked: Checked) -> list[str]:
    signer = checked.signer
    if signer is None:
        return ["本案卷包没有签名：能证明内容前后一致，不能证明由谁制作。"]
    lines = [f"签名有效，签署机关：{signer.organ}。"]
    if not signer.known:
        lines.append(f"根证书未经核实，指纹（SHA-256）：{signer.root}。请与该机关公布的指纹核对，或者用 --root 指定。")
    return lines
