"""Reading a calendar file (TOML or CSV): the days of a year that differ from the plain week."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

_KINDS = {"off": False, "work": True, "放假": False, "上班": True}
_COLUMNS = {"日期": "date", "类别": "kind", "名称": "name", "来源": "source"}
_LABELS = {key: label for label, key in _COLUMNS.items()}
#: 2027-05-02, 2027/5/2, 2027.5.2, 2027年5月2日, 20270502: as offices and their spreadsheets write a day.
_DAY = re.compile(r"(\d{4})\s*[-/.．／年－]\s*(\d{1,2})\s*[-/.．／月－]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_CSV_YEAR = re.compile(r"#\s*(?:year|年度)\s*[:：=]\s*(\d{4})\s*")
_TOML_ENTRY = re.compile(r"\s*(?:\[\[\s*days\s*\]\]|\{)")


class Fact(NamedTuple):
    """An exceptional day: a day off by notice or law (``working`` False) or a make-up working day (True)."""

    on: date
    working: bool
    name: str
    source: str


class CalendarFileError(ValueError):
    """The file cannot be taken. ``problems`` are Chinese sentences, each with its place in the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Row(NamedTuple):
    where: str
    fields: Mapping[str, object]


def parse_calendar_file(text: str, source: str = "") -> tuple[tuple[Fact, ...], int]:
    """Read the facts of a notice and the year it publishes.

    TOML: ``year``, ``source`` (both optional) and entries ``days`` with ``date``, ``kind`` (off|work), ``name`` and,
    where the file has no common one, ``source``. CSV: a header ``date,kind,name,source`` (or 日期,类别,名称,来源),
    optionally preceded by ``# year: 2027``. Without a year the latest year among the dates is taken.

    :param source: the notice of every day that names none itself; without it each day has to name its own.
    :returns: facts sorted by day, and the year to hand on as ``published_through``.
    :raises CalendarFileError: listing every problem with its line, in Chinese.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise CalendarFileError(["文件是空的，请填写节假日安排后重新导入。"])
    rows, year = _toml_rows(text) if _looks_like_toml(text) else _csv_rows(text, bool(source))
    facts: dict[date, Fact] = {}
    problems: list[str] = []
    for row in rows:
        try:
            fact = _fact(row, source)
        except CalendarFileError as error:
            problems.extend(error.problems)
            continue
        if fact.on in facts:
            problems.append(f"{row.where}：{fact.on}重复出现，同一天只能写一次。")
        facts[fact.on] = fact
    if not facts and not problems:
        problems.append("文件中没有任何一天的安排，请检查是否选错了文件。")
    if problems:
        raise CalendarFileError(problems)
    # A notice for a year may reach into the last days of the year before and the first of the year after.
    strays = [on for on in sorted(facts) if year is not None and abs(on.year - year) > 1]
    if strays:
        raise CalendarFileError([f"{on}不属于{year}年度的安排，请核对年度和日期。" for on in strays])
    return tuple(facts[on] for on in sorted(facts)), max(facts).year if year is None else year


def _looks_like_toml(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return "=" in first or first.lstrip().startswith("[")


def _toml_rows(text: str) -> tuple[list[_Row], int | None]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        where = f"第{place[1]}行" if place else "文件末尾"
        raise CalendarFileError([f"{where}：TOML格式有误，请检查引号、括号和日期的写法。"]) from error
    year = content.get("year")
    if year is not None and (not isinstance(year, int) or not 2004 <= year <= 2060):
        raise CalendarFileError([f"“year”应当是2004至2060之间的年份，现为“{year}”。"])
    entries = content.get("days")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CalendarFileError(["文件缺少“days”列表，每一天应当写明 date、kind、name。"])
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _TOML_ENTRY.match(line)]
    # One entry a line is the usual layout; otherwise the ordinal of the entry is the best place to name.
    one_a_line = len(lines) == len(entries)
    common = {"source": content["source"]} if "source" in content else {}
    rows = [
        _Row(f"第{lines[index]}行" if one_a_line else f"第{index + 1}条", common | entry)
        for index, entry in enumerate(entries)
    ]
    return rows, year


def _csv_rows(text: str, has_source: bool) -> tuple[list[_Row], int | None]:
    year = next((int(match[1]) for line in text.splitlines() if (match := _CSV_YEAR.fullmatch(line.strip()))), None)
    return list(_csv_lines(text, has_source)), year


def _csv_lines(text: str, has_source: bool) -> Iterator[_Row]:
    header: list[str] | None = None
    reader = csv.reader(io.StringIO(text))
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if header is None:
            header = [_COLUMNS.get(cell, cell) for cell in cells]
            needed = ("date", "kind", "name") if has_source else ("date", "kind", "name", "source")
            missing = [_LABELS[name] for name in needed if name not in header]
            if missing:
                wanted = ",".join(_LABELS[name] for name in needed)
                raise CalendarFileError(
                    [f"第{reader.line_num}行：表头缺少{'、'.join(missing)}列，第一行应当写“{wanted}”。"]
                )
            continue
        yield _Row(f"第{reader.line_num}行", dict(zip(header, cells, strict=False)))


def _day(text: str) -> date | None:
    """The day that somebody wrote; None where it is none."""
    match = _DAY.fullmatch(text.strip())
    try:
        return date(*(int(part) for part in match.groups() if part is not None)) if match else None
    except ValueError:
        return None


def _fact(row: _Row, source: str) -> Fact:
    problems: list[str] = []
    on = row.fields.get("date", "")
    if isinstance(on, str):
        on = _day(on) or on
        if isinstance(on, str):
            problems.append(f"{row.where}：日期“{on}”不存在或者写法不对，应当写成“2027-01-01”。")
    if type(on) is date and not 2004 <= on.year <= 2060:
        problems.append(f"{row.where}：日期{on}超出日历范围（2004年至2060年）。")
    elif type(on) is not date and not isinstance(on, str):
        problems.append(f"{row.where}：日期“{on}”写法不对，应当写成“2027-01-01”。")
    kind = row.fields.get("kind", "")
    if not isinstance(kind, str) or kind not in _KINDS:
        problems.append(f"{row.where}：类别“{kind}”无法识别，应当为“放假”或者“上班”。")
    texts = {key: row.fields.get(key) or default for key, default in (("name", ""), ("source", source))}
    lacking = [key for key, value in texts.items() if not isinstance(value, str) or not value.strip()]
    problems += [f"{row.where}：缺少{_LABELS[key]}。" for key in lacking]
    if problems or type(on) is not date:
        raise CalendarFileError(problems)
    return Fact(on, _KINDS[str(kind)], str(texts["name"]).strip(), str(texts["source"]).strip())
