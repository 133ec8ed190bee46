"""访问日志 for the auditor (trust 1.6, 1.8, 1.10): what administrators did is found and exported, which is logged."""

import re

from flask import Flask

from app.models.base import new_uid
from app.models.history import AccessLog, DraftRow
from app.services.access_log import Act
from app.services.access_log import record as record_entry
from tests.support.english_pages import english
from tests.support.exported import rows_in, sheets_in
from tests.support.mergers import propose
from tests.support.web_world import client_of, text_of
from tests.support.world import World


def test_the_auditor_finds_and_exports_what_administrators_did(app: Flask, world: World) -> None:
    who = world["clerk"].uid
    client_of(app, "sysadmin").post(f"/people/{who}/name", data={"name-name": "=李测式", "name-reason": "有误"})
    client = client_of(app, "auditor")
    page = text_of(client.get("/audit/access", query_string={"act": "name_corrected"}).text)
    assert "更正姓名" in page
    assert "秦测试" in page
    assert "clerk" in page
    assert "没有符合条件的记录" in client.get("/audit/access?actor=无此人").text
    assert client.get("/audit/access?from_on=2026-02-30").status_code == 422
    csv = client.post("/audit/access/export", data={"act": "name_corrected"}).data.decode("utf-8-sig")
    assert "李测试→=李测式：有误" in csv
    answer = client.post("/audit/access/export", data={"actor": "秦测试", "format": "xlsx"})
    (sheet,) = sheets_in(answer.data)
    rows = rows_in(sheet)
    assert [*rows[0]][:3] == ["时间", "事项", "人员"]
    assert [row["时间"] for row in rows] == sorted((row["时间"] for row in rows), reverse=True)
    assert {row["人员"] for row in rows} == {"秦测试"}
    exported = [row.target for row in world.rows(AccessLog) if row.act == "exported"]
    assert exported == ["access", "access"]
    for login in ("sysadmin", "secadmin", "keeper", "officer"):
        other = client_of(app, login)
        assert other.get("/audit/access").status_code == 404
        assert other.post("/audit/access/export").status_code == 404


def test_a_reason_goes_out_as_it_was_written(app: Flask, world: World) -> None:
    """In English too, where it happens to be a word of ours; what the program says itself is told in English."""
    own, now = app.extensions["zhengcheng"], world.clock()
    by = world["clerk"].user_id
    record_entry(own.database, own.keys, Act.EXPORTED, by, now, target="cases", purpose="一般")
    record_entry(own.database, own.keys, Act.SIGN_IN, by, now, purpose="统一身份认证")
    client = english(app, "auditor")
    (sheet,) = sheets_in(client.post("/audit/access/export", data={"format": "xlsx"}).data)
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert cells >= {"一般", "Exported", "Single sign-on"}
    assert '<span lang="zh-CN">一般</span>' in client.get("/audit/access").text


def test_the_log_says_in_words_what_was_handed_over_looked_at_and_taken(app: Flask, world: World) -> None:
    """Trust 1.8: the auditor reads kind and number, from whom to whom; no key of the database, nothing of a case."""
    record = world.record_in("listed")
    number = world.case(record).number
    draft = new_uid()
    with app.extensions["zhengcheng"].database.write() as session:
        clerk = world["clerk"].user_id
        session.add(
            DraftRow(
                uid=draft, author_id=clerk, kind="record", step="create", form='{"x": "秘密"}', saved_at=world.clock()
            )
        )
    backend, by, now = world.backend, world["head"].user_id, world.clock()
    own = app.extensions["zhengcheng"]
    gone = new_uid()
    merger = propose(world)
    meant = {
        (Act.VIEWED, record): f"政务失信记录 {number}",
        (Act.DRAFT_HANDED_OVER, draft): "草稿：政务失信记录“起草”",
        (Act.DRAFT_HANDED_OVER, gone): "草稿（已提交或者删除）",
        (Act.UNIT_CHANGED, world.unit_uids["provider"]): "示例乙局",
        (Act.MERGER_REJECTED, merger): "示例乙局→示例丁局",
        (Act.EXPORTED, "audit"): "办理记录",
        (Act.PASSWORD_RESET, world["clerk"].uid): "李测试（账号clerk）",
        (Act.RULES_CONFIRMED, "demo 1"): "示范区第1号规则集",
        (Act.RETRIED, "work-414"): "后台任务 #414",
        (Act.RETRIED, "term-7"): "期限到期处理 #7",
        (Act.RETRIED, "all"): "全部任务",
    }
    for act, target in meant:
        record_entry(own.database, backend.keys, act, by, now, target=target)
    client = client_of(app, "auditor")
    for (act, target), words in meant.items():
        page = client.get("/audit/access", query_string={"act": act.value}).text
        objects = re.findall(r'<td class="hash" data-label="对象">([^<]*)</td>', page)
        assert words in objects
        assert target not in objects
        assert "秘密" not in page
    table = client.post("/audit/access/export", data={"act": "draft_handed_over"}).data.decode("utf-8-sig")
    assert "草稿：政务失信记录" in table
    assert draft not in table
