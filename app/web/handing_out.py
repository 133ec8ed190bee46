"""Handing out a list as a file; that it was taken out is logged (trust 1.10)."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response

from app.clock import legal_day
from app.extensions import installation
from app.services.access_log import Act, record
from app.web.reading import signed_in
from app.web.speaking import in_a_cell
from app.web.spreadsheet import Table, csv_of, workbook_of, xlsx_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(
    title: str, target: str, head: Sequence[str], rows: Iterable[Sequence[str]], form: str, *, as_kept: bool = False
) -> Response:
    """A table as a download: `form` is xlsx, or csv for everything else.

    Args:
        title: of the sheet and of the file, in Chinese; on an English page both, the head and what is ours in the
            cells are given in English, unless `as_kept`: a table that is taken in again by its Chinese head.
        target: what the access log calls the list.
    """
    lines: list[Sequence[str]] = list(rows)
    if not as_kept:
        lines = [[in_a_cell(cell) for cell in row] for row in lines]
        title, head = in_a_cell(title), [in_a_cell(name) for name in head]
    log_export(target, len(lines))
    as_xlsx = form == "xlsx"
    content = xlsx_of(title, head, lines, installation().clock()) if as_xlsx else csv_of(head, lines)
    return hand_out(content, title, target, "xlsx" if as_xlsx else "csv")


def workbook_file(title: str, target: str, tables: Sequence[Table]) -> Response:
    """Several tables as the sheets of one Excel workbook; what it takes is as in `table_file`."""
    kept = [Table(table.title, table.head, list(table.rows)) for table in tables]
    log_export(target, sum(len(list(table.rows)) for table in kept))
    return hand_out(workbook_of(title, kept, installation().clock()), title, target, "xlsx")


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
