"""A table is recognised by its headings, in whatever order; what does not fit is said before any row is judged."""

from collections.abc import Sequence

import pytest

from app.services.imports.layout import REASONS, Layout, recognise
from app.services.imports.penalties import penalty_layout
from app.services.imports.records import record_layout
from app.workbooks.reading import Sheet, TableRefused
from tests.support.importing import HEADINGS, row_of
from workflows.rules.loader import load_locality

RULES = load_locality("demo")
LAYOUT = record_layout(RULES)


def sheet(*rows: Sequence[str | None], name: str = "甲", merged: tuple[str, ...] = ()) -> Sheet:
    return Sheet(name, tuple((number, tuple(row)) for number, row in enumerate(rows, 1) if any(row)), merged)


def refusal(*sheets: Sheet, layout: Layout = LAYOUT) -> str:
    with pytest.raises(TableRefused) as refused:
        recognise(sheets, layout)
    return refused.value.message


def test_columns_come_in_any_order_under_names_of_their_own() -> None:
    """Issue 4.6: headings recognised by name with aliases, width, marks of duty; titles may stand above."""
    head = ["文号", "来源文书类型（必填）", "主 体 名 称*", "Severity", "内部备注"]
    table = recognise([sheet(["年度汇总表"], [], head, ["示罚1号", "行政处罚", "王测试", "一般", "x"])], LAYOUT)
    (row,) = table.rows
    assert row.number == 4
    assert row.values == {
        "source_number": "示罚1号", "source_type": "penalty", "subject_name": "王测试", "severity": "general"
    }  # fmt: skip
    assert table.unknown == ("内部备注",)
    assert row.problems == []


def test_what_a_row_lacks_and_what_cannot_be_read_are_named_by_column() -> None:
    table = recognise([sheet(list(HEADINGS), row_of(1, 主体名称="", 文书日期="明天"))], LAYOUT)
    (row,) = table.rows
    found = {table.headings[problem.column or 0]: problem.reason for problem in row.problems}
    assert found["主体名称"] == "尚未填写"
    assert "日期的写法不对" in found["文书日期"]


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ([sheet(["甲", "乙"], ["1", "2"])], "没有找到“政务失信记录”的表头"),
        ([sheet(["主体名称", "文书编号"], ["王测试", "1号"])], "表头缺少：“来源文书类型”。已识别的列有：“主体名称”"),
        ([sheet([*HEADINGS, "文号"], row_of(1))], "在C列和M列出现了两次"),
        ([sheet(list(HEADINGS))], "表头以下没有数据"),
        ([sheet(list(HEADINGS), row_of(1)), sheet(list(HEADINGS), row_of(2), name="乙")], "“甲”、“乙”。请只保留一个"),
        ([sheet(list(HEADINGS), row_of(1), merged=("A2:A5",))], "A2:A5"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_what_to_do(sheets: list[Sheet], words: str) -> None:
    """Issue 4.6: wrong structure, doubled and missing columns, merged cells."""
    assert words in refusal(*sheets)


def test_merged_titles_do_no_harm() -> None:
    merged = sheet(["年度汇总表"], list(HEADINGS), row_of(1), merged=("A1:L1",))
    assert len(recognise([merged], LAYOUT).rows) == 1


def test_the_example_of_the_template_is_left_out_and_nothing_else() -> None:
    samples = [column.sample or None for column in LAYOUT.columns]
    head = [column.heading for column in LAYOUT.columns]
    other = [cell if cell != "示例某局" else "另一机关" for cell in samples]
    table = recognise([sheet(head, samples, other)], LAYOUT)
    assert (table.examples, [row.number for row in table.rows]) == ((2,), [3])


def test_the_column_of_reasons_is_no_unknown_column() -> None:
    table = recognise([sheet([*HEADINGS, REASONS], [*row_of(1), "日期不对"])], LAYOUT)
    assert table.unknown == ()


def test_the_penalty_table_is_known_by_codes_and_by_names() -> None:
    """law 9.4: codes of the 2018 standard; a second row of headings is no row."""
    layout = penalty_layout(RULES)
    codes = ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_SY", "CF_JDRQ", "CF_CFJG", "CF_NR_FK", "CF_XDR_LB"]
    names = [
        "行政相对人名称",
        "统一社会信用代码",
        "行政处罚决定书文号",
        "违法事实",
        "处罚决定日期",
        "处罚机关",
        "罚款",
        "类别",
    ]
    cells = ["示例丙局", None, "示罚1号", "未公开。", "2026-06-01", "示例乙局", "0.5", "机关"]
    first = recognise([sheet(names, codes, cells)], layout)
    second = recognise([sheet(codes, names, cells)], layout)
    assert [row.values for row in first.rows] == [row.values for row in second.rows]
    assert first.rows[0].values["CF_NR_FK"] == "0.5"
    assert first.unknown == ("类别",)
