"""CSV that a spreadsheet opens as text: no cell is taken for a formula (trust 1.10)."""

import csv
import io
from collections.abc import Iterable, Sequence

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝")


def csv_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV in UTF-8 with a mark, by which Excel knows the encoding."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe_cell(text: str) -> str:
    """The text, with a leading `'` where a spreadsheet would begin to calculate."""
    return f"'{text}" if text.startswith(_BEGIN_FORMULAS) else text
