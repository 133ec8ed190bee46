"""涉密信息不得录入 (procedures, section 0): a row whose writer does not say that it holds no secret is not kept."""

import io
import json

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from app.database import read_transaction
from app.models.batches import ImportBatch, ImportRow
from app.models.kinds import Record
from app.services.imports.batches import RowStatus, confirm
from app.services.imports.layout import REASONS
from app.services.imports.running import open_row
from app.services.reading.imports import BatchPage, rows_to_mend
from tests.support.identity import credit_code
from tests.support.importing import HEADINGS, reading_as, report, row_of, run, uploaded
from tests.support.web_world import client_of, text_of
from tests.support.workbooks import csv_with, xlsx_with
from tests.support.world import World

ANSWER = "确认不含国家秘密和工作秘密"
SECRET = "示例机密事项的经过"
SAID = "填“否”即含有国家秘密或者工作秘密，涉密信息不得录入。原表第3行不能导入，其余各格未予保存"


def kept_of(world: World, page: BatchPage) -> str:
    """All that the database keeps of a batch, unsealed."""
    with read_transaction(world.backend.engine) as session:
        batch = session.execute(select(ImportBatch).where(ImportBatch.uid == page.line.uid)).scalar_one()
        assert batch.content is None
        rows = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).all()
        kept = [open_row(world.backend, batch.uid, row.number, row.sealed) for row in rows]
    return batch.summary + json.dumps([vars(one) for one in kept], ensure_ascii=False)


def test_a_row_that_may_hold_a_secret_is_refused_and_not_kept(world: World) -> None:
    """Procedures 0: 否 is an answer; none of the row's cells is stored, also not with what goes back."""
    secret = [
        *row_of(2, 事实=SECRET, 文书编号="密〔2026〕7号", 文书日期="明天", 确认不含国家秘密和工作秘密="否"),
        SECRET,
    ]
    page = uploaded(world, csv_with([*HEADINGS, "内部备注"], [*row_of(1), ""], secret))
    assert page.counts == {RowStatus.FINE: 1, RowStatus.WRONG: 1}
    assert [(fault.row, fault.column, fault.value, fault.reason) for fault in page.faults] == [
        (3, f"L列 {ANSWER}", "否", SAID)
    ]
    kept = kept_of(world, page)
    assert "未按承诺的期限办结" in kept
    assert not [word for word in (SECRET, "密〔2026〕7号", "明天") if word in kept]
    with reading_as(world, "clerk") as reader:
        (row,) = rows_to_mend(reader, page.line.uid).rows
    assert [cell for cell in row.cells if cell] == ["否"]
    with reading_as(world, "clerk") as reader:
        confirm(reader, page.line.uid, "fine")
    run(world)
    assert [record.source_number for record in world.rows(Record)] == ["示罚〔2026〕1号"]
    assert SECRET not in kept_of(world, report(world, page.line.uid))


def test_a_row_that_is_withheld_doubles_no_other(world: World) -> None:
    page = uploaded(world, [row_of(1, 确认不含国家秘密和工作秘密="否"), row_of(1)])
    assert page.counts == {RowStatus.FINE: 1, RowStatus.WRONG: 1}


@pytest.mark.parametrize(
    ("answer", "reason"), [("涉密", "只能填写“是”或者“否”"), (f"含{SECRET}", "只能填写“是”或者“否”"), (0, "填“否”即")]
)
def test_an_answer_that_is_not_plainly_yes_keeps_nothing(world: World, answer: str, reason: str) -> None:
    page = uploaded(world, xlsx_with(HEADINGS, row_of(1), [*row_of(2, 事实=SECRET)[:-1], answer]))
    assert [fault.reason.startswith(reason) for fault in page.faults] == [True]
    assert page.faults[0].reason.endswith("其余各格未予保存")
    assert SECRET not in kept_of(world, page)


def test_the_public_table_of_penalties_is_judged_alike(world: World) -> None:
    head = ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_SY", "CF_JDRQ", "CF_CFJG", ANSWER]
    row = ["示例丙局", credit_code(3), "示罚决〔2026〕9号", SECRET, "2026-06-01", "示例乙局", "否"]
    page = uploaded(world, xlsx_with(head, row), "penalties")
    assert page.counts == {RowStatus.WRONG: 1}
    assert SECRET not in kept_of(world, page)


def test_a_question_that_was_left_out_is_asked(world: World) -> None:
    """As the form: a draft may wait for the answer, and nothing goes on without it."""
    page = uploaded(world, [row_of(1), row_of(2, 确认不含国家秘密和工作秘密="")])
    notes = {note.text: note.rows for note in page.notes}
    assert notes["未确认不含国家秘密和工作秘密：涉密信息不得录入，请在导入前逐行核对"] == (3,)
    assert f"提交审签前尚需补齐：{ANSWER}" in notes


def test_the_file_that_goes_back_names_the_row_and_is_refused_again(app: Flask, site: World) -> None:
    clerk = client_of(app, "clerk")
    page = uploaded(site, [row_of(1), row_of(2, 事实=SECRET, 确认不含国家秘密和工作秘密="否")])
    answer = clerk.post(f"/imports/{page.line.uid}/to-mend")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    head, row = list(book.worksheets[0].iter_rows())
    found = {name.value: cell.value for name, cell in zip(head, row, strict=True)}
    assert (found["事实"], found[ANSWER], found[REASONS]) == (None, "否", f"{ANSWER}：{SAID}")
    assert SECRET not in text_of(clerk.get(f"/imports/{page.line.uid}").text)
    assert uploaded(site, answer.data).counts == {RowStatus.WRONG: 1}


def test_an_export_gives_no_answer_that_nobody_gave(app: Flask, site: World) -> None:
    """A draft that still lacks the word comes back as one that lacks it, not as one that holds secrets."""
    site.record_in("draft", secret_free=False)
    answer = client_of(app, "clerk").post("/cases/export/records")
    head, row = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows())
    assert {name.value: cell.value for name, cell in zip(head, row, strict=True)}[ANSWER] is None
