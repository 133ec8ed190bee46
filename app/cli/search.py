"""`flask --app wsgi search …`: the search index."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.extensions import installation
from app.services.search_index.keeping import rebuild

search = AppGroup("search", help="搜索索引。")


def register(app: Flask) -> None:
    app.cli.add_command(search)


@search.command("rebuild")
def rebuild_index() -> None:
    """重新编制全部事项的搜索索引；编制期间照常办理和查询。"""
    own = installation()
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        percent = done * 100 // total
        if percent // 5 > told // 5 or done == total:
            told = percent
            click.echo(f"已编制{done}件，共{total}件（{percent}%）")

    click.echo(f"编制完毕，共{rebuild(own.database, tell)}件。")
