"""The cells of a case in a list that goes out as a file."""

from app.services.reading.lines import NO_NUMBER, CaseLine
from app.workbooks.values import Content, Value

LINE_HEAD = ("文号", "事项", "当事人", "状态", "承办", "期限届满日", "来文单位", "立案日期", "结果")


def line_cells(line: CaseLine) -> tuple[Value, ...]:
    """A case under LINE_HEAD."""
    return (
        Content(line.number) or NO_NUMBER,
        line.title,
        Content(line.subject),
        line.state_label,
        line.holder_label,
        line.term.due_on if line.term else None,
        Content(line.from_unit),
        line.opened_on,
        line.outcome,
    )


def cut_off(is_cut: bool, rows: int, unit: str = "件") -> str:
    """What is said below a list of which only so many go out; nothing of a whole one."""
    return f"以上为前{rows}{unit}，其余未导出；请缩小查询范围后分次导出。" if is_cut else ""
