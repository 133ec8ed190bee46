"""The child that opens an uploaded table: bytes in, plain cells out, with limits on memory, time and amount.

Run by path in an isolated interpreter (``python -I worker.py``), so it imports nothing of the application. On stdin
come one line of JSON (the limits) and the file; on stdout goes one JSON object: ``sheets``, or ``refused`` with what
the words of the refusal need.

A cell is ``null`` where it is blank, a text, or a pair: ``["n", number]``, ``["d", "2026-11-21"]``, ``["b", true]``,
``["f", formula]``, ``["e", error]``.
"""

import csv
import io
import json
import os
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

_MOST_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)[\"']")
_KEPT_BEHIND = 200


class Refused(Exception):
    """The file is not taken; `why` is a key of the parent's words, `details` fill their places."""

    def __init__(self, why: str, **details: Any) -> None:
        super().__init__(why)
        self.why = why
        self.details = details


class Amount:
    """How much has been read so far; one short text that a workbook refers to a million times also counts."""

    def __init__(self, limits: dict[str, int]) -> None:
        self._limits = limits
        self._rows = self._letters = 0

    def add(self, cells: list[Any]) -> None:
        self._rows += 1
        self._letters += sum(8 + (len(cell) if isinstance(cell, str) else 8) for cell in cells)
        if self._rows > self._limits["rows"]:
            raise Refused("too_many_rows", most=self._limits["rows"])
        if self._letters > self._limits["unpacked"]:
            raise Refused("too_much", most=self._limits["unpacked"] // 2**20)


def tables(content: bytes, limits: dict[str, int]) -> list[dict[str, Any]]:
    """The visible sheets of a workbook, or the one table of a CSV file."""
    if not content:
        raise Refused("empty")
    if content.startswith(b"PK\x03\x04"):
        return workbook(content, limits)
    if content.startswith(_OLE):
        raise Refused("locked" if "EncryptedPackage".encode("utf-16-le") in content else "old_format")
    return [{"name": "", "rows": list(csv_rows(text_of(content), limits))}]


# -- workbooks ------------------------------------------------------------------------------------------------------


def workbook(content: bytes, limits: dict[str, int]) -> list[dict[str, Any]]:
    """Every visible sheet with its filled rows and merged cells, in the order of the workbook."""
    import openpyxl

    assert openpyxl.DEFUSEDXML, "openpyxl found no defusedxml"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            check_package(package, len(content), limits)
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False, data_only=False)
            amount = Amount(limits)
            found = [sheet_of(sheet, package, amount, limits) for sheet in book.worksheets if is_shown(sheet)]
            book.close()
    except ValueError as error:
        if _means_harm(error):
            raise Refused("entities") from None
        raise
    if not found:
        raise Refused("no_sheet")
    return found


def _means_harm(error: BaseException | None) -> bool:
    """Whether entities or outside references are behind an error, which the library wraps into one of its own."""
    from defusedxml.common import DefusedXmlException

    while error is not None:
        if isinstance(error, DefusedXmlException):
            return True
        error = error.__cause__ or error.__context__
    return False


def check_package(package: zipfile.ZipFile, size: int, limits: dict[str, int]) -> None:
    """What the list of parts tells before any of them is unpacked."""
    parts = package.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("locked")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > limits["unpacked"] or unpacked > size * limits["ratio"]:
        raise Refused("too_big_inside", most=limits["unpacked"] // 2**20)
    if "xl/workbook.bin" in names:
        raise Refused("binary_workbook")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refused("other_package")
    kinds = package.read("[Content_Types].xml")
    if b"macroEnabled" in kinds or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("macros")
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise Refused("external_links")
    if any(name.startswith(("xl/embeddings/", "xl/activeX/", "xl/connections")) for name in names):
        raise Refused("embedded")


def is_shown(sheet: Any) -> bool:
    """Whether people see the sheet; lists behind drop-downs lie on hidden ones."""
    return bool(sheet.sheet_state == "visible")


def sheet_of(sheet: Any, package: zipfile.ZipFile, amount: Amount, limits: dict[str, int]) -> dict[str, Any]:
    """The filled rows of a sheet by their numbers, its merged cells, and the day from which its serials count."""
    rows = []
    # What a file declares about its size may be wrong, and would cut rows off.
    sheet.reset_dimensions()
    columns = limits["columns"]
    for number, cells in enumerate(sheet.iter_rows(max_col=columns + 1), 1):
        values = [value_of(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if len(values) > columns:
            raise Refused("too_many_columns", most=columns, sheet=sheet.title)
        if values:
            amount.add([value[1] if isinstance(value, list) else value for value in values])
            rows.append([number, values])
    with package.open(sheet._worksheet_path) as part:
        merged = list(merged_in(part))
    return {"name": sheet.title, "rows": rows, "merged": merged, "since": sheet.parent.epoch.date().isoformat()}


def value_of(cell: Any) -> Any:
    """One cell as JSON carries it."""
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if value is None or value == "":
        return None
    if kind == "f":
        return ["f", str(getattr(value, "text", None) or value)[:200]]
    if kind == "e":
        return ["e", str(value)]
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, (time, timedelta)):
        return str(value)
    if isinstance(value, (int, float)):
        return ["n", value]
    text = str(value)
    return text if text.strip() else None


def merged_in(part: Any) -> Iterator[str]:
    """The ranges of merged cells; they stand behind the rows, where a reader that only streams does not look."""
    behind = b""
    while piece := part.read(2**16):
        text = behind + piece
        last = 0
        for found in _MERGED.finditer(text):
            last = found.end()
            yield found[1].decode()
        behind = text[max(last, len(text) - _KEPT_BEHIND) :]


# -- CSV ------------------------------------------------------------------------------------------------------------


def text_of(content: bytes) -> str:
    """The text of a CSV file in UTF-8 (with or without its mark) or GB18030, which is how Excel writes it here."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4096]:
        raise Refused("utf16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "not_a_table")
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"{\\rtf", b"%pdf-")):
        raise Refused("web_page" if head.startswith(b"<") else "not_a_table")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def csv_rows(text: str, limits: dict[str, int]) -> Iterator[list[Any]]:
    """The filled rows of a CSV file by their numbers, as a spreadsheet counts them."""
    amount, columns = Amount(limits), limits["columns"]
    first = text.split("\n", 1)[0]
    separator = max((",", "\t", ";"), key=first.count)
    csv.field_size_limit(2**17)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            values = [cell if cell.strip() else None for cell in cells]
            while values and values[-1] is None:
                values.pop()
            if len(values) > columns:
                raise Refused("too_many_columns", most=columns, sheet="")
            if values:
                amount.add(values)
                yield [number, values]
    except csv.Error:
        raise Refused("quotes", row=number + 1) from None


# -- the process ----------------------------------------------------------------------------------------------------


def limit_this_process(limits: dict[str, int]) -> None:
    """Bytes of memory and seconds of processor time; nothing is written to any file."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Limit this process, read one file, answer, end."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limits = json.loads(sys.stdin.buffer.readline())
    limit_this_process(limits)
    answer: dict[str, Any]
    try:
        answer = {"sheets": tables(sys.stdin.buffer.read(), limits)}
    except Refused as refused:
        answer = {"refused": refused.why, **refused.details}
    except MemoryError:
        answer = {"refused": "too_much", "most": limits["unpacked"] // 2**20}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        answer = {"refused": "damaged"}
    except Exception as error:  # noqa: BLE001 - whatever a file makes the library do, the parent must learn of it
        answer = {"refused": "unreadable", "error": type(error).__name__}
    answers.write(json.dumps(answer, ensure_ascii=True).encode())
    answers.flush()


if __name__ == "__main__":
    main()
