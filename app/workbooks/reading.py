"""Opening a table that somebody sent in, in a child process of its own; the same limits for every file (trust 1.10)."""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.workbooks.formulas import unmarked
from app.workbooks.words import REFUSALS
from workflows.kit.errors import Refusal

_WORKER = Path(__file__).with_name("worker.py")
LARGEST_FILE = 10 * 2**20
MOST_ROWS = 20_000
#: Rows of headings, titles and of a sheet of explanations beside the data.
_ROWS_BESIDE = 500
_LIMITS = {
    "rows": MOST_ROWS + _ROWS_BESIDE,
    "columns": 80,
    "unpacked": 50 * 2**20,
    "ratio": 100,
    "memory": 1024 * 2**20,
    "cpu": 90,
}
_SECONDS = 240.0
#: More than a child that keeps to its limits can answer, each letter written as \uXXXX.
_LARGEST_ANSWER = 6 * _LIMITS["unpacked"] + 2**20

#: A cell: None, a text, or a pair of a letter (n, d, b, f, e) and a value; see the worker.
Cell = Any


class TableRefused(Refusal):
    """A file is not taken as a table; the message says what is wrong and how to mend it."""

    code = "TableRefused"


@dataclass(frozen=True)
class Sheet:
    """The filled rows of one sheet, each with its number in the file. `since`: day 0 of serial dates."""

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    merged: tuple[str, ...] = ()
    since: date = field(default=date(1899, 12, 30))


def read_sheets(content: bytes, *, seconds: float = _SECONDS) -> tuple[Sheet, ...]:
    """The visible sheets of a workbook, or the one table of a CSV file (its name is empty).

    Args:
        seconds: the parent's clock for one file, after which the child is killed.

    Raises:
        TableRefused: not a table, damaged, locked, too large, or made to do harm.
    """
    demand_small(len(content))
    answer = _ask(content, seconds)
    if "refused" in answer:
        raise refusal(**answer)
    return tuple(
        Sheet(
            sheet["name"],
            tuple(
                (number, tuple(cells) if sheet["name"] else tuple(map(_of_csv, cells)))
                for number, cells in sheet["rows"]
            ),
            tuple(sheet.get("merged", ())),
            date.fromisoformat(sheet.get("since", "1899-12-30")),
        )
        for sheet in answer["sheets"]
    )


def _of_csv(cell: str | None) -> Cell:
    """A text as a spreadsheet would understand it: a formula unless it is marked as none."""
    return ["f", cell[:200]] if cell is not None and cell.startswith("=") else cell and unmarked(cell)


def demand_small(size: int) -> None:
    """Refuse a file by its size alone, before it is kept anywhere.

    Raises:
        TableRefused: it is empty or above 10 MB.
    """
    if size == 0:
        raise refusal("empty")
    if size > LARGEST_FILE:
        raise refusal("too_large", size=f"{size / 2**20:.1f}", most=LARGEST_FILE // 2**20)


def refusal(refused: str, **details: Any) -> TableRefused:
    """The refusal of this name in words."""
    return TableRefused(REFUSALS[refused].format(**details))


def _ask(content: bytes, seconds: float) -> dict[str, Any]:
    child = subprocess.Popen(
        [sys.executable, "-I", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OPENPYXL_LXML": "False", "OPENPYXL_DEFUSEDXML": "True", "LANG": "C.UTF-8"},
        cwd="/",
        bufsize=0,
    )
    try:
        body = _exchange(child, json.dumps(_LIMITS).encode() + b"\n" + content, time.monotonic() + seconds)
    except TimeoutError:
        raise refusal("too_slow", seconds=f"{seconds:g}") from None
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
    try:
        answer: dict[str, Any] = json.loads(body)
    except ValueError:
        # Ended by its limits before it could say so.
        raise refusal("unreadable") from None
    return answer


def _exchange(child: "subprocess.Popen[bytes]", question: bytes, deadline: float) -> bytes:
    """Write the question and read the answer at the same time, since a child may answer before it has read all."""
    assert child.stdin is not None
    assert child.stdout is not None
    for pipe in (child.stdin, child.stdout):
        os.set_blocking(pipe.fileno(), False)
    rest, parts, received, writing = memoryview(question), list[bytes](), 0, True
    while True:
        left = deadline - time.monotonic()
        readable, writable, _ = select.select([child.stdout], [child.stdin] if writing else [], [], max(0.0, left))
        if not readable and not writable:
            raise TimeoutError
        if writable:
            writing, rest = _write_some(child, rest)
        if readable:
            part = os.read(child.stdout.fileno(), 2**16)
            received += len(part)
            if not part or received > _LARGEST_ANSWER:
                return b"".join(parts) if received <= _LARGEST_ANSWER else b""
            parts.append(part)


def _write_some(child: "subprocess.Popen[bytes]", rest: memoryview) -> tuple[bool, memoryview]:
    assert child.stdin is not None
    try:
        rest = rest[os.write(child.stdin.fileno(), rest[: 2**16]) :]
    except BrokenPipeError:
        return False, rest
    if not rest:
        child.stdin.close()
        return False, rest
    return True, rest
