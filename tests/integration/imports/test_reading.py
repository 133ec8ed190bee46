"""Uploaded tables are opened in a limited child; what is not taken is told with the way to mend it (trust 1.10)."""

import datetime
import resource
import subprocess
from pathlib import Path

import pytest

from app.workbooks import reading, worker
from app.workbooks.reading import MOST_ROWS, TableRefused, read_sheets
from app.workbooks.words import REFUSALS
from tests.support.workbooks import bad_files, csv_with, with_parts, xlsx_with

LIMITS = {"rows": 50, "columns": 80, "unpacked": 50 * 2**20, "ratio": 100}
BAD = bad_files()
#: What only the whole reader answers for, with its child.
BROKEN = {"too large", "cut off", "no structure", "entities outside"}


def said_of(content: bytes, **limits: int) -> str:
    """What is said of a file when it is read within this process, with smaller limits."""
    with pytest.raises(worker.Refused) as refused:
        worker.tables(content, {**LIMITS, **limits})
    return str(reading.refusal(refused.value.why, **refused.value.details))


@pytest.mark.parametrize("name", sorted(set(BAD) - BROKEN))
def test_a_file_that_is_no_good_table_is_named_for_what_it_is(name: str) -> None:
    """trust 1.10: bombs, macros, links, passwords, old formats, wrong structure, encodings."""
    content, words = BAD[name]
    said = said_of(content)
    assert words in said
    assert said.endswith("重新上传。"), said


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_child_answers_for_what_a_library_fails_on(name: str) -> None:
    content, words = BAD[name]
    with pytest.raises(TableRefused, match=words):
        read_sheets(content)


def test_the_values_of_a_workbook_come_as_they_are() -> None:
    """Formulas, errors, days and numbers are told apart; the rows keep their numbers, blank ones are left out."""
    day = datetime.date(2026, 11, 21)
    content = xlsx_with(["标题"], [], ["文字 ", day, 46347, 1.10101199003078e17, True, "=A1+1", "#REF!", " ", None])
    (sheet,) = read_sheets(content)
    assert sheet.rows == (
        (1, ("标题",)),
        (3, ("文字 ", ["d", "2026-11-21"], ["n", 46347], ["n", 1.10101199003078e17], ["b", True], ["f", "=A1+1"],
             ["e", "#REF!"])),
    )  # fmt: skip
    assert (sheet.name, sheet.since) == ("Sheet", datetime.date(1899, 12, 30))


def test_merged_cells_are_found_behind_the_rows() -> None:
    content = xlsx_with(["甲", "乙"], shape=lambda book: book.active.merge_cells("A2:B3"))
    assert worker.tables(content, LIMITS)[0]["merged"] == ["A2:B3"]


def test_a_declared_size_that_is_wrong_cuts_nothing_off() -> None:
    content = xlsx_with(["甲"], ["乙"])
    (path,) = ("xl/worksheets/sheet1.xml",)
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>'
    )
    sheet += (
        b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in (1, 2, 9))
        + b"</sheetData></worksheet>"
    )
    found = worker.tables(with_parts(content, {path: sheet}), LIMITS)
    assert [row[0] for row in found[0]["rows"]] == [1, 2, 9]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_in_the_encodings_of_this_country(encoding: str) -> None:
    content = csv_with(["文书编号", "备注"], [], ["示处〔2026〕1号", "两行\n文字，䶮"], encoding=encoding)
    assert worker.tables(content, LIMITS)[0]["rows"] == [
        [1, ["文书编号", "备注"]], [3, ["示处〔2026〕1号", "两行\n文字，䶮"]]
    ]  # fmt: skip


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_other_separators_are_seen(separator: str) -> None:
    assert worker.tables(f"甲{separator}乙".encode(), LIMITS)[0]["rows"] == [[1, ["甲", "乙"]]]


def test_rows_and_letters_are_counted() -> None:
    """One short text that is referred to a million times is also too much."""
    assert "数据超过50行" in said_of(csv_with(*[["甲"]] * 51))
    assert "内容过多" in said_of(csv_with(*[["甲" * 1000]] * 40), unpacked=2**14)
    assert MOST_ROWS == 20_000


def test_the_child_is_ended_when_it_takes_too_long() -> None:
    with pytest.raises(TableRefused, match="超过0秒未完成"):
        read_sheets(xlsx_with(["甲"]), seconds=0.0)


def test_the_child_has_limits_and_no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """trust 1.10: memory and time are limited by the kernel, nothing is written, the environment is its own."""
    limited: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", lambda which, limit: limited.update({which: limit}))
    started: dict[str, object] = {}

    def start(_command: object, **more: object) -> None:
        started.update(more)
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(FileNotFoundError):
        reading._ask(b"", 1.0)
    assert started["env"] == {"OPENPYXL_LXML": "False", "OPENPYXL_DEFUSEDXML": "True", "LANG": "C.UTF-8"}
    worker.limit_this_process({"memory": 2**30, "cpu": 90})
    assert limited == {
        resource.RLIMIT_AS: (2**30, 2**30),
        resource.RLIMIT_CPU: (90, 90),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
    }


def test_a_child_that_dies_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends it, by its limits or not, is a refusal with words; no child is left behind."""
    monkeypatch.setattr(reading, "_LIMITS", {**reading._LIMITS, "cpu": 0})
    before = children()
    with pytest.raises(TableRefused, match="内部结构不正常"):
        read_sheets(xlsx_with(["甲"]))
    assert children() <= before


def children() -> set[str]:
    """Processes that this one has begun and not yet waited for."""
    return {pid for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()}


def test_every_refusal_says_how_to_mend_it() -> None:
    assert [words for words in REFUSALS.values() if not words.endswith("重新上传。")] == []
