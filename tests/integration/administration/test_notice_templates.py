"""文书模板: every notice of the catalogue with its origin and a 样张 that binds nobody."""

from urllib.parse import quote

from flask import Flask

from app.services.reading.notice_templates import list_templates
from tests.support.looking import reading
from tests.support.web_world import client_of, text_of
from tests.support.world import World
from workflows.catalogue import NOTICES


def test_every_notice_has_an_origin_a_text_and_a_preview(app: Flask, world: World) -> None:
    """R137: which step makes it, who signs, on what it rests, where its words stand."""
    client = client_of(app, "keeper")
    page = client.get("/notice-templates").text
    with reading(world, "keeper") as reader:
        lines = list_templates(reader)
    assert [line.kind.key for line in lines] == list(NOTICES)
    assert [line.kind.key for line in lines if not line.made_by and not line.by_itself] == []
    for line in lines:
        assert line.kind.title in page
        sheet = client.get(f"/notice-templates/{line.kind.key}.pdf")
        assert (sheet.status_code, line.kind.title in sheet.text) == (200, True), line.kind.key
        assert quote("（样张）") in sheet.headers["Content-Disposition"]
        assert "〔2026〕8号" not in sheet.text
        assert "7K3M-Q9TX-2HPD" not in sheet.text
    decision = next(line for line in lines if line.kind.key == "objection_decision")
    assert decision.made_by[0][0] == "异议"
    assert decision.basis
    assert client.get("/notice-templates/none.pdf").status_code == 404
    assert "审批人签发" in text_of(page)
