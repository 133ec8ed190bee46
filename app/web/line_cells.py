"""The cells of a case in a list that goes out as a file."""

from collections.abc import Iterator

from app.services.reading.lines import CaseLine
from workflows.kit.storable import in_words

LINE_HEAD = ("文号", "事项", "当事人", "状态", "承办", "期限届满日", "来文单位", "立案日期", "结果")


def line_cells(line: CaseLine) -> tuple[str, ...]:
    """A case under LINE_HEAD."""
    due = line.term.due_on if line.term else None
    return (
        line.number,
        line.title,
        line.subject,
        line.state_label,
        line.holder_label,
        in_words(due) if due else "",
        line.from_unit,
        in_words(line.opened_on) if line.opened_on else "",
        line.outcome,
    )


def cut_off(is_cut: bool, rows: int, unit: str = "件") -> Iterator[tuple[str, ...]]:
    """The last row of a list of which only so many go out; none of a whole one."""
    if is_cut:
        yield (f"以上为前{rows}{unit}，其余未导出；请缩小查询范围后分次导出。",)
