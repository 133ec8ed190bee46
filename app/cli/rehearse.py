"""`flask --app wsgi rehearse FILE…`: play scenarios, each in a world of its own beside the installation."""

import json
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from app.clock import legal_day
from app.extensions import installation
from app.rehearsal.loading import ScriptRefused, load_script
from app.rehearsal.pages import INDEX, PAGES, index, page, shipped
from app.rehearsal.player import Played, PlayFailed, play_script
from app.rehearsal.scratch import own_world
from app.rehearsal.telling import as_values, told


def register(app: Flask) -> None:
    app.cli.add_command(rehearse)


@click.command("rehearse", help="推演：按脚本走一遍程序，列出经过和期限；全部符合预期的，以0退出。")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="脚本…")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="文件", help="同时写出JSON结果。")
@click.option("--pages", "write_pages", is_flag=True, help="推演全部自带脚本，重新生成 docs/scenarios。")
@click.option("--quiet", is_flag=True, help="只写结论和与预期不符的项。")
@with_appcontext
def rehearse(files: tuple[Path, ...], json_file: Path | None, write_pages: bool, quiet: bool) -> None:
    if write_pages:
        files, quiet = tuple(shipped()), True
        PAGES.mkdir(exist_ok=True)
        (PAGES / INDEX).write_text(index(), encoding="utf-8")
    if not files:
        raise click.UsageError("请写明要推演的脚本，例如 scenarios/objection-laiwu.yaml。")
    today = legal_day(installation().clock())
    results = []
    good = True
    for file in files:
        try:
            script = load_script(file)
            with own_world() as (backend, folder):
                played = play_script(script, backend, folder, today)
                _show(played, quiet=quiet)
                if write_pages:
                    (PAGES / f"{file.stem}.md").write_text(page(file, played), encoding="utf-8")
                results.append({"file": str(file), **as_values(played)})
                good = good and not played.failed
        except (ScriptRefused, PlayFailed) as failure:
            click.echo(f"{file}\n{failure}", err=True)
            results.append({"file": str(file), "ok": False, "error": str(failure)})
            good = False
    if json_file is not None:
        json_file.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    if not good:
        raise SystemExit(1)


def _show(played: Played, *, quiet: bool) -> None:
    lines = list(told(played))
    if quiet:
        start = next((place for place, line in enumerate(lines) if line.startswith("—— 与预期")), len(lines) - 1)
        lines = [lines[0], *lines[start:]]
    click.echo("\n".join(lines))
