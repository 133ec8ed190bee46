"""批量导入 through its pages, without JavaScript: template, upload, report, import, what goes back, taking back."""

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.models.history import AccessLog
from app.models.kinds import Record
from app.services.imports.layout import REASONS
from app.workbooks.reading import read_sheets
from tests.support.importing import HEADINGS, row_of, run
from tests.support.web_world import client_of, text_of
from tests.support.workbooks import csv_with, xlsx_with
from tests.support.world import World

STRANGERS = ("head", "officer", "subject", "unit_head")


@pytest.fixture
def clerk(app: Flask, site: World) -> FlaskClient:
    return client_of(app, "clerk")


def send(client: FlaskClient, content: bytes, kind: str = "records", name: str = "导入.csv") -> str:
    """Upload a file; gives the address of its batch."""
    answer = client.post(f"/imports/new/{kind}", data={"table": (io.BytesIO(content), name)})
    assert answer.status_code == 303, text_of(answer.text)
    return str(answer.location)


def test_from_the_upload_to_taking_back(clerk: FlaskClient, site: World) -> None:
    """Issue 4.6: the report is there before anything is written; the number of the batch holds it together."""
    where = send(
        clerk, csv_with([*HEADINGS, "内部备注"], row_of(1), row_of(2, 文书日期="明天"), row_of(3, 失信程度=""))
    )
    waiting = clerk.get(where).text
    assert "正在校验" in waiting
    assert f'hx-get="{where}/progress"' in waiting
    assert "HX-Refresh" not in clerk.get(f"{where}/progress").headers
    run(site)
    assert clerk.get(f"{where}/progress").headers["HX-Refresh"] == "true"
    page = text_of(clerk.get(where).text)
    assert "共3行：2行无误，1行有误。尚未写入任何数据。" in page
    assert "3D列 文书日期明天日期的写法不对" in page
    assert "提交审签前尚需补齐：失信程度（第4行）" in page
    assert "以下各列不导入：内部备注" in page
    assert clerk.post(f"{where}/confirm", data={"mode": "all"}).status_code == 422
    assert site.rows(Record) == []
    assert clerk.post(f"{where}/confirm", data={"mode": "fine"}).status_code == 303
    assert "正在导入：已完成0行，共2行" in text_of(clerk.get(where).text)
    run(site)
    page = clerk.get(where).text
    assert "已导入2行，1行有误未导入。" in text_of(page)
    assert all(f'href="/cases/{record.uid}"' in page for record in site.rows(Record))
    assert clerk.post(f"{where}/discard").status_code == 303
    run(site)
    assert "已作废2行" in text_of(clerk.get(where).text)
    assert "已作废" in text_of(clerk.get("/imports").text)


def test_the_wrong_rows_go_back_with_their_reasons_and_come_again(clerk: FlaskClient, site: World) -> None:
    """Issue 4.6: their own cells, the reasons in a column; the file is taken again as it is once it is mended."""
    where = send(clerk, csv_with([*HEADINGS, "内部备注"], [*row_of(1, 文书日期="明天"), "=1+1"], [*row_of(2), ""]))
    run(site)
    answer = clerk.post(f"{where}/to-mend")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet, *_beside = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    head, row = sheet.iter_rows()
    assert [cell.value for cell in head] == [*HEADINGS, "内部备注", REASONS]
    assert row[-1].value == "文书日期：日期的写法不对。请填写成“2026-11-21”或者“2026年11月21日”，年份写四位"
    assert (row[-2].value, row[-2].data_type) == ("=1+1", "s")
    sheet["D2"] = "2026-06-01"
    mended = io.BytesIO()
    sheet.parent.save(mended)
    again = send(clerk, mended.getvalue(), name="改正.xlsx")
    run(site)
    assert "共1行：1行无误，0行有误。" in text_of(clerk.get(again).text)
    exports = [(row.target, row.purpose) for row in site.rows(AccessLog) if row.act == "exported"]
    assert exports == [(where.rpartition("/")[2], "1条")]


def test_a_refused_formula_is_refused_when_it_comes_back_as_text(clerk: FlaskClient, site: World) -> None:
    """trust 1.10: what goes back holds the formula as text, and unchanged it is as little taken as before."""
    formula = '=HYPERLINK("http://example.invalid","示罚〔2026〕1号")'
    file = xlsx_with(HEADINGS, row_of(1, 文书编号=formula))
    for words in ("单元格是公式，不能导入", "以“=”开头，会被当作公式，不能导入", "以“=”开头"):
        where = send(clerk, file, name="公式.xlsx")
        run(site)
        page = text_of(clerk.get(where).text)
        assert "共1行：0行无误，1行有误。" in page
        assert words in page
        file = clerk.post(f"{where}/to-mend").data
        (cell,) = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]["C2:C2"][0]
        assert (cell.value, cell.data_type) == (formula, "s")
    assert site.rows(Record) == []


def lists_of(book: Any) -> dict[str, list[str]]:
    """The choices of each drop-down of the first sheet, by heading."""
    data, found = book.worksheets[0], {}
    for rule in data.data_validations.dataValidation:
        if rule.type == "list":
            heading = data[str(rule.sqref).split(":", 1)[0].rstrip("0123456789") + "1"].value
            source = book["选项"][rule.formula1.partition("!")[2].replace("$", "")]
            found[heading.rstrip("*")] = [cell.value for (cell,) in source]
    return found


def test_what_goes_back_is_laid_out_like_the_template(clerk: FlaskClient, site: World) -> None:
    """Issue 4.6: lists, explanations; a wrong cell is coloured and bears its reason; the columns stay as they came."""
    head = ["内部备注", *HEADINGS[::-1]]
    row = row_of(1, 文书日期="明天", 失信程度="很重", 主体名称="")
    where = send(clerk, csv_with(head, ["甲", *row[::-1]], ["乙", *row_of(2, 失信程度="很轻")[::-1]]))
    run(site)
    book = openpyxl.load_workbook(io.BytesIO(clerk.post(f"{where}/to-mend").data))
    data = book.worksheets[0]
    template = openpyxl.load_workbook(io.BytesIO(clerk.get("/imports/template/records").data))
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        (sheet.title, sheet.sheet_state) for sheet in template
    ]
    choices = lists_of(template)
    assert lists_of(book) == {heading: choices[heading] for heading in choices if heading in HEADINGS}
    explained = {line[0].value: line[2].value for line in template["填写说明"].iter_rows()}
    assert explained.items() <= {line[0].value: line[2].value for line in book["填写说明"].iter_rows()}.items() | {
        (remark, None) for remark in explained if remark and remark.startswith("第2行是示例")
    }
    assert [cell.value for cell in data[1]] == [*head, REASONS]
    coloured = {cell.coordinate for line in data["A2:M3"] for cell in line if cell.fill.fgColor.rgb != "00000000"}
    noted = {cell.coordinate: cell.comment.text for line in data.iter_rows() for cell in line if cell.comment}
    wrong = {data.cell(2, head.index(name) + 1).coordinate for name in ("文书日期", "失信程度", "主体名称")}
    wrong.add(data.cell(3, head.index("失信程度") + 1).coordinate)
    assert coloured == set(noted) == wrong
    assert noted[data.cell(2, head.index("主体名称") + 1).coordinate] == "尚未填写"
    assert "失信程度：不是可选项" in data.cell(3, len(head) + 1).value
    mended = io.BytesIO()
    for line, name, text in ((2, "文书日期", "2026-06-01"), (2, "失信程度", "一般"), (2, "主体名称", "王测试")):
        data.cell(line, head.index(name) + 1).value = text
    book.save(mended)
    again = send(clerk, mended.getvalue(), name="改正.xlsx")
    run(site)
    assert "共2行：1行无误，1行有误。" in text_of(clerk.get(again).text)


@pytest.mark.parametrize("kind", ["records", "penalties"])
def test_every_column_of_a_template_is_explained(clerk: FlaskClient, kind: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(f"/imports/template/{kind}").data))
    told = {line[0].value: line[2].value for line in book["填写说明"].iter_rows()}
    assert [cell.value for cell in book.worksheets[0][1] if not told[cell.value.rstrip("*")]] == []


def test_a_batch_can_be_given_up(clerk: FlaskClient, site: World) -> None:
    where = send(clerk, csv_with(HEADINGS, row_of(1)))
    run(site)
    assert clerk.post(f"{where}/drop").status_code == 303
    assert "本批次未导入，所上传的内容已删除" in text_of(clerk.get(where).text)


def test_the_same_file_asks_for_a_word(clerk: FlaskClient, site: World) -> None:
    file = csv_with(HEADINGS, row_of(1), row_of(2, 文书日期="明天"))
    for _ in range(2):
        where = send(clerk, file)
        run(site)
        page = text_of(clerk.get(where).text)
        clerk.post(f"{where}/confirm", data={"mode": "fine"})
        run(site)
    assert "共2行：0行无误，2行有误。" in page
    assert "与本单位已有的记录（草稿）重复" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "尚未选择文件"),
        ({"table": (io.BytesIO(b""), "空.csv")}, "文件是空的"),
        ({"table": (io.BytesIO(b"," * (10 * 2**20 + 1)), "大.csv")}, "超过10MB的上限"),
    ],
)
def test_a_file_that_cannot_be_taken_is_answered_beside_its_field(
    clerk: FlaskClient, given: dict[str, Any], words: str
) -> None:
    answer = clerk.post("/imports/new/records", data=given)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#f-table"' in answer.text
    assert "<title>错误：" in answer.text


def test_what_is_far_too_large_is_not_read(clerk: FlaskClient) -> None:
    answer = clerk.post("/imports/new/records", data={"table": (io.BytesIO(b"," * (13 * 2**20)), "大.csv")})
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["records", "penalties"])
def test_the_template_can_be_filled_in_and_taken_as_it_is(clerk: FlaskClient, site: World, kind: str) -> None:
    """Issue 4.6: headings, lists, explanations, one make-believe example that is never imported."""
    content = clerk.get(f"/imports/template/{kind}").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets][1:] == [
        ("填写说明", "visible"), ("选项", "hidden")
    ]  # fmt: skip
    data = book.worksheets[0]
    lists = {
        data[f"{rule.sqref}".split(":")[0][:-1] + "1"].value: rule.formula1
        for rule in data.data_validations.dataValidation
        if rule.type == "list"
    }
    source = book["选项"][lists["失信程度"].partition("!")[2].replace("$", "")]
    assert [cell.value for (cell,) in source] == ["轻微", "一般", "严重"]
    explained = [row[0].value for row in book["填写说明"].iter_rows()]
    assert all(str(cell.value).rstrip("*") in explained for cell in data[1])
    assert [sheet.name for sheet in read_sheets(content)] == [data.title, "填写说明"]
    where = send(clerk, content, kind, "模板.xlsx")
    run(site)
    assert "表头以下没有数据" in text_of(clerk.get(where).text)


def test_only_who_may_import_finds_any_of_it(app: Flask, site: World, clerk: FlaskClient) -> None:
    """T12: pages, templates, batches and every act answer 404; a form without a sign-in goes nowhere."""
    where = send(clerk, csv_with(HEADINGS, row_of(1)))
    run(site)
    for role in (*STRANGERS, "other_clerk"):
        client = client_of(app, role)
        for path in ("", "/progress"):
            assert client.get(f"{where}{path}").status_code == 404, role
        for path in ("confirm", "discard", "drop", "to-mend"):
            assert client.post(f"{where}/{path}", data={"mode": "all"}).status_code == 404, role
        if role in STRANGERS:
            for path in ("/imports", "/imports/new/records", "/imports/template/records"):
                assert client.get(path).status_code == 404, role
            sent = client.post("/imports/new/records", data={"table": (io.BytesIO(xlsx_with(["甲"])), "甲.xlsx")})
            assert sent.status_code == 404, role
    assert where not in client_of(app, "other_clerk").get("/imports").text
    assert "共1行：1行无误" in text_of(clerk.get(where).text)
    assert app.test_client().get("/imports").status_code == 302
