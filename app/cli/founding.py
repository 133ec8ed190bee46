"""Filling an empty database, with the progress shown on the terminal."""

import shutil

import click

from app.database import rebuild
from app.extensions import Installation
from app.jobs.handlers import Sheets
from app.services.anchors import seal_heads
from app.services.database_purpose import purpose_of
from app.services.first_start import FirstStart, demo_is_finished, demo_is_unfinished, ensure_founded
from app.services.seal_authority import AuthorityLost, ensure_authority
from app.settings import Purpose


def found(own: Installation, wanted: Purpose) -> FirstStart:
    """Mark and fill the database of an installation, if it is empty; play the demo where it is one.

    A demo whose making was interrupted is made anew.

    Raises:
        WrongDatabase: in production, a database that was made for something else.
    """
    if purpose_of(own.database) == "demo" and demo_is_unfinished(own.database):
        click.echo("上次生成演示数据时中断，现重新生成。")
        clear_demo(own)
    found_authority(own)
    state = ensure_founded(own.database, own.passwords, own.clock, wanted, strict=own.settings.in_production)
    if state.founded and state.purpose == "demo":
        _play(own)
    return state


def found_authority(own: Installation) -> None:
    """Make the authority of the installation's own seals where it has none; say so where it was lost."""
    try:
        if ensure_authority(own.database, own.seals, own.clock()):
            click.echo(f"已建立签章证书：{own.seals.folder}（演示印章，非法定电子印章）。请与 keys.json 一并备份。")
    except AuthorityLost as lost:
        click.echo(f"注意：{lost}", err=True)


def clear_demo(own: Installation) -> None:
    """Remove everything a demo has stored."""
    own.engine.dispose()
    rebuild(own.settings.database_url)
    shutil.rmtree(own.settings.files_dir, ignore_errors=True)
    own.settings.anchor_file.unlink(missing_ok=True)


def _play(own: Installation) -> None:
    """Play the cases of the demo up to the present moment, and seal their histories."""
    # Loaded here only: the rehearsal engine and its scenarios are of no use to a running server.
    from app.documents.render import Renderer
    from app.rehearsal.demo import play_demo
    from app.rehearsal.papers import draw_papers
    from app.rehearsal.player import PlayFailed

    why = ""
    with click.progressbar(length=1, label="正在生成演示数据") as bar:

        def progress(done: int, of_all: int) -> None:
            bar.length = of_all
            bar.update(done - bar.pos)

        sheets = Sheets(own.settings.renderer)
        try:
            with Renderer() as renderer:
                papers = draw_papers(renderer)
            seals = own.seals.provider
            report = play_demo(own.backend, own.settings.files_dir, own.clock(), progress, sheets.render, seals, papers)
        except PlayFailed as failure:
            # What was played so far is whole, case by case; the system can be tried out with it.
            report, why = None, str(failure)
        finally:
            sheets.close()
    seal_heads(own.backend, own.clock(), own.settings.anchor_file)
    demo_is_finished(own.database)
    if report is None:
        click.echo(f"演示数据只生成了一部分（{why}）。请将括号内的文字告知维护人员；系统可以照常试用。", err=True)
    else:
        click.echo(f"已生成演示事项{sum(report.cases.values())}件。")
