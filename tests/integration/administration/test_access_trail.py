"""访问日志 for the auditor (trust 1.6, 1.8, 1.10): what administrators did is found and exported, which is logged."""

import io

from flask import Flask
from openpyxl import load_workbook

from app.models.history import AccessLog
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
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["时间", "事项", "人员"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    exported = [row.target for row in world.rows(AccessLog) if row.act == "exported"]
    assert exported == ["access", "access"]
    for login in ("sysadmin", "secadmin", "keeper", "officer"):
        other = client_of(app, login)
        assert other.get("/audit/access").status_code == 404
        assert other.post("/audit/access/export").status_code == 404
