"""Handing out a list as a file; that it was taken out is logged (trust 1.10)."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from flask import Response
from flask_babel import gettext

from app.clock import legal_day
from app.extensions import installation
from app.services.access_log import Act, record
from app.web.reading import signed_in
from app.web.speaking import in_a_cell, in_english
from app.web.spreadsheet import Table, csv_of, workbook_of
from app.workbooks.values import Value, words_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(table: Table, target: str, form: str) -> Response:
    """A list as a download: `form` is xlsx, or csv for everything else.

    Args:
        table: in Chinese; on an English page its name, its head and what is ours in its cells are given in English,
            unless it comes back: the import knows it by its Chinese head.
        target: what the access log calls the list.
    """
    rows = list(table.rows)
    log_export(target, len(rows))
    told = _spoken(replace(table, rows=rows))
    if form == "xlsx":
        return hand_out(_list_of(told), told.title, target, "xlsx")
    texts = [[_in_words(value) for value in row] for row in told.rows]
    return hand_out(csv_of(told.head, [*texts, *([(told.note,)] if told.note else [])]), told.title, target, "csv")


def list_workbook(table: Table) -> bytes:
    """The workbook that `table_file` hands out, for a list that is handed out and logged in another way."""
    return _list_of(_spoken(table))


def workbook_file(title: str, target: str, tables: Sequence[Table], facts: Sequence[str]) -> Response:
    """Lists as the sheets of one Excel workbook, in Chinese; what it takes is as in `workbook_of`."""
    kept = [replace(table, rows=list(table.rows)) for table in tables]
    log_export(target, sum(len(list(table.rows)) for table in kept))
    return hand_out(workbook_of(title, kept, installation().clock(), facts), title, target, "xlsx")


def _list_of(table: Table) -> bytes:
    now, english = installation().clock(), in_english() and not table.comes_back
    return workbook_of(table.title, (table,), now, [_fact(name, value) for name, value in _facts()], english=english)


def _spoken(table: Table) -> Table:
    if table.comes_back or not in_english():
        return table
    return replace(
        table,
        title=in_a_cell(table.title),
        head=[in_a_cell(name) for name in table.head],
        rows=[[_cell(value) for value in row] for row in table.rows],
        note=in_a_cell(table.note),
    )


def _cell(value: Value) -> Value:
    """What is ours in the language of the page, what is content as it was written."""
    return in_a_cell(value) if isinstance(value, str) else value


def _in_words(value: Value) -> str:
    """A cell of a table that is told already, where there is only text: its days are told here."""
    return value if isinstance(value, str) else in_a_cell(words_of(value))


def _fact(name: str, value: Value) -> str:
    return f"{in_a_cell(name)}{gettext('：')}{_in_words(value)}"


def _facts() -> tuple[tuple[str, Value], ...]:
    """Whose list it is, who takes it out and when."""
    posts = signed_in().posts
    # Whoever also acts for another takes it out in his own unit.
    units = dict.fromkeys(post.unit_name for post in ([post for post in posts if not post.holder] or posts))
    return (*([("导出单位", "、".join(units))] if units else []), *_who_and_when())


def who_and_when() -> tuple[str, ...]:
    """Who takes it out, and when: in Chinese, as the sheets that are circulated."""
    return tuple(f"{name}：{words_of(value)}" for name, value in _who_and_when())


def _who_and_when() -> tuple[tuple[str, Value], ...]:
    return ("导出人", signed_in().name), ("导出时间", installation().clock())


def log_export(target: str, rows: int) -> None:
    """Enter into the access log that a list was taken out, and how long it was."""
    own = installation()
    record(own.database, own.keys, Act.EXPORTED, signed_in().user_id, own.clock(), target=target, purpose=f"{rows}条")


def hand_out(content: bytes, title: str, plain: str, ending: str) -> Response:
    """Bytes as a download that bears the day.

    Args:
        title: name of the file, in Chinese.
        plain: its name for programs that know ASCII only.
    """
    day = legal_day(installation().clock()).isoformat()
    name = f"filename=\"{plain}-{day}.{ending}\"; filename*=UTF-8''{quote(f'{title}-{day}.{ending}')}"
    answer = Response(content, mimetype=_XLSX if ending == "xlsx" else "text/csv")
    answer.headers["Content-Disposition"] = f"attachment; {name}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
