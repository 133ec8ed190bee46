"""What a table has to look like: its columns with headings, readings, choices and advice, and how it is recognised."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.services.imports.cells import CellProblem, Reading, shown
from app.workbooks.reading import MOST_ROWS, Cell, Sheet, TableRefused

#: Added to a file that goes back to its writer; skipped when he uploads it again.
REASONS = "错误原因及修改办法"
#: Among so many first rows the headings are looked for; titles may stand above them.
_ABOVE = 15
_MOST_TOLD = 6


@dataclass(frozen=True)
class Column:
    """One column. `choices` become a drop-down list; `sample` is what the make-believe example holds."""

    key: str
    heading: str
    read: Reading
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    advice: str = ""
    sample: str = ""
    #: Kept as text by the template: a long number must not become one.
    as_text: bool = True
    width: int = 16


@dataclass(frozen=True)
class Layout:
    """The columns of a kind of table. `remarks` stand on the sheet of explanations."""

    kind: str
    title: str
    columns: tuple[Column, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Something wrong with a row; `column` is its place in the file, None where the row as a whole is meant."""

    column: int | None
    reason: str


@dataclass
class Row:
    """One row of the file: its cells as typed, what was read of them by the key of the column, and what is wrong."""

    number: int
    cells: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Checked:
    """A row after the dry run. `form` is what will be made of it, empty if something is wrong; `notes` only tell."""

    row: Row
    form: dict[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def is_fine(self) -> bool:
        return self.row.is_fine


@dataclass(frozen=True)
class Table:
    """A recognised table: headings as they stand in the file, where each known column is, and the rows."""

    headings: tuple[str, ...]
    places: dict[str, int]
    rows: tuple[Row, ...]
    #: Headings that nothing is taken from, and numbers of rows that are the template's example.
    unknown: tuple[str, ...] = ()
    examples: tuple[int, ...] = ()

    def wrong(self, row: Row, key: str, reason: str) -> None:
        """Say what is wrong in one column of a row; of the row itself where the file has no such column."""
        row.problems.append(Problem(self.places.get(key), reason))


def heading_key(text: str) -> str:
    """A heading for comparing: width, case, blanks, marks of duty and punctuation do not matter."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"\((?:必填|选填|必填项|选填项)\)", "", plain)
    return re.sub(r"[\s*:：。、\"'“”]+", "", plain)


def recognise(sheets: Sequence[Sheet], layout: Layout) -> Table:
    """Find the sheet and the row of headings, and read every row below.

    Raises:
        TableRefused: no sheet fits or several do, columns are missing or doubled, cells are merged, nothing is in it.
    """
    known = _known(layout)
    found = [(sheet, *best) for sheet in sheets if (best := _place_of_headings(sheet, known)) is not None]
    # A sheet of explanations may have a heading here and there.
    most = max((count for _sheet, _place, count in found), default=0)
    alike = [(sheet, place) for sheet, place, count in found if count * 2 > most]
    filled = [(sheet, place) for sheet, place in alike if len(sheet.rows) > place + 1] or alike
    if not filled:
        raise TableRefused(
            f"没有找到“{layout.title}”的表头。表头应当在前{_ABOVE}行之内，至少有："
            f"{_headings(column.heading for column in layout.columns if column.required)}。请使用模板填写后重新上传。"
        )
    if len(filled) > 1:
        named = "、".join(f"“{sheet.name}”" for sheet, _ in filled[:_MOST_TOLD])
        raise TableRefused(f"工作簿中有{len(filled)}个工作表都有数据：{named}。请只保留一个，其余的另行上传。")
    ((sheet, place),) = filled
    return _read(sheet, place, layout, known)


def columns_of(headings: Sequence[str], layout: Layout) -> dict[int, Column]:
    """The known columns of a file by their places."""
    known = _known(layout)
    return {place: known[key] for place, name in enumerate(headings) if (key := heading_key(name)) in known}


def _known(layout: Layout) -> dict[str, Column]:
    return {
        heading_key(name): column for column in layout.columns for name in (column.heading, column.key, *column.aliases)
    }


def _place_of_headings(sheet: Sheet, known: dict[str, Column]) -> tuple[int, int] | None:
    """The index of the row with the most known headings, and how many; None where no row has two."""
    best, most = 0, 1
    for place, (number, cells) in enumerate(sheet.rows[:_ABOVE]):
        count = _count_known(cells, known)
        if number <= _ABOVE and count > most:
            best, most = place, count
    return (best, most) if most > 1 else None


def _count_known(cells: Iterable[Cell], known: dict[str, Column]) -> int:
    return len({known[key].key for cell in cells if isinstance(cell, str) and (key := heading_key(cell)) in known})


def _read(sheet: Sheet, place: int, layout: Layout, known: dict[str, Column]) -> Table:
    number, headings = sheet.rows[place][0], tuple(shown(cell).strip() for cell in sheet.rows[place][1])
    places = _places(headings, layout, known)
    _demand_unmerged(sheet, number)
    rows, examples, below = [], [], list(sheet.rows[place + 1 :])
    # The 双公示 table bears a second row of headings: the codes of the fields.
    while below and _count_known(below[0][1], known) * 2 > sum(cell is not None for cell in below[0][1]):
        below.pop(0)
    for row_number, cells in below:
        row = _row(row_number, cells, sheet.since, layout, places)
        if _is_example(row, layout, places):
            examples.append(row_number)
        else:
            rows.append(row)
    if not rows:
        raise TableRefused("表头以下没有数据。请填写后重新上传。")
    if len(rows) > MOST_ROWS:
        raise TableRefused(f"数据有{len(rows)}行，超过{MOST_ROWS}行的上限。请分成几个文件后重新上传。")
    taken = set(places.values())
    unknown = (name for place, name in enumerate(headings) if name and place not in taken and name != REASONS)
    return Table(headings, places, tuple(rows), tuple(unknown), tuple(examples))


def _places(headings: tuple[str, ...], layout: Layout, known: dict[str, Column]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = known.get(heading_key(heading))
        if column is None:
            continue
        if column.key in places:
            first = letters(places[column.key])
            raise TableRefused(
                f"“{column.heading}”在{first}列和{letters(place)}列出现了两次。请删去其中一列后重新上传。"
            )
        places[column.key] = place
    missing = [column.heading for column in layout.columns if column.required and column.key not in places]
    if missing:
        raise TableRefused(
            f"表头缺少：{_headings(missing)}。已识别的列有：{_headings(_named(places, layout)) or '无'}。"
            "请补上所缺的列，或者使用模板填写后重新上传。"
        )
    return places


def _named(places: dict[str, int], layout: Layout) -> list[str]:
    return [column.heading for column in layout.columns if column.key in places]


def _headings(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


def _demand_unmerged(sheet: Sheet, headings: int) -> None:
    """Merged cells leave all cells but one blank, so that a row seems to lack what its reader sees in it."""
    merged = [area for area in sheet.merged if int(re.sub(r".*?(\d+)$", r"\1", area)) >= headings]
    if merged:
        named = "、".join(merged[:_MOST_TOLD]) + ("等" if len(merged) > _MOST_TOLD else "")
        raise TableRefused(
            f"表中有合并的单元格：{named}。合并后只有一格有内容，其余各格是空的。请取消合并，逐行填写完整后重新上传。"
        )


def _row(number: int, cells: Sequence[Cell], since: date, layout: Layout, places: dict[str, int]) -> Row:
    row = Row(number, tuple(shown(cell) for cell in cells))
    for column in layout.columns:
        place = places.get(column.key)
        cell = cells[place] if place is not None and place < len(cells) else None
        try:
            value = column.read(cell, since)
        except CellProblem as problem:
            row.problems.append(Problem(place, str(problem)))
            continue
        if value is not None:
            row.values[column.key] = value
        elif column.required:
            row.problems.append(Problem(place, "尚未填写"))
    return row


def _is_example(row: Row, layout: Layout, places: dict[str, int]) -> bool:
    """Whether the row is the template's example as it came."""
    samples = {places[column.key]: column.sample for column in layout.columns if column.key in places and column.sample}
    cells = {place: text.strip() for place, text in enumerate(row.cells) if text.strip()}
    return bool(samples) and cells == samples


def letters(place: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
