"""Handing out a list as a file; that it was taken out is logged (trust 1.10)."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response

from app.clock import legal_day
from app.extensions import installation
from app.services.access_log import Act, record
from app.web.reading import signed_in
from app.web.spreadsheet import csv_of, xlsx_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(title: str, target: str, head: Sequence[str], rows: Iterable[Sequence[str]], form: str) -> Response:
    """A table as a download: `form` is xlsx, or csv for everything else.

    Args:
        title: of the sheet and of the file, in Chinese.
        target: what the access log calls the list.
    """
    own, lines = installation(), list(rows)
    now = own.clock()
    record(own.database, own.keys, Act.EXPORTED, signed_in().user_id, now, target=target, purpose=f"{len(lines)}条")
    as_xlsx = form == "xlsx"
    content = xlsx_of(title, head, lines, now) if as_xlsx else csv_of(head, lines)
    day, ending = legal_day(now).isoformat(), "xlsx" if as_xlsx else "csv"
    name = f"filename=\"{target}-{day}.{ending}\"; filename*=UTF-8''{quote(f'{title}-{day}.{ending}')}"
    answer = Response(content, mimetype=_XLSX if as_xlsx else "text/csv")
    answer.headers["Content-Disposition"] = f"attachment; {name}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
