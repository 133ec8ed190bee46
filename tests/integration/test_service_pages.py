"""送达 through the pages, on both databases: forms of each method, 送达回证, 送达台账, 送达地址确认书 (R142)."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.clock import MovableClock
from app.models.history import AccessLog
from app.models.people import ServiceAddress, User
from tests.support import uploads
from tests.support.serving import by_post, handed_over, returned
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def notice(world: World) -> str:
    """The uid of an issued 告知书 to somebody who has not agreed to electronic service."""
    (found,) = world.notices(world.record_in("noticing", "offline"), "record_notice")
    return found.uid


def hidden(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form of one act of a page."""
    form = next(part for part in page.split("<form ")[1:] if f'name="form" value="{act}"' in part).split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


def acts(page: str) -> list[str]:
    """The acts whose forms a page draws."""
    return re.findall(r'name="form" value="([^"]+)"', page)


def post(client: FlaskClient, uid: str, act: str, /, **fields: Any) -> TestResponse:
    """Send the form of one act as the page has it, with these fields filled in."""
    kept = hidden(client.get(f"/cases/{uid}").text, act)
    filled = {f"{act}-{name.replace('_upload', '-upload')}": value for name, value in fields.items()}
    step = act.partition("-")[0]
    return client.post(f"/cases/{uid}/steps/{step}", data={**kept, **filled}, content_type="multipart/form-data")


def scan() -> tuple[io.BytesIO, str]:
    return io.BytesIO(uploads.png()), "送达回证.png"


DIRECT = {
    "hour": "15:30", "place": "示例甲局", "receiver": "family", "signed_by": "何某", "relation": "配偶",
}  # fmt: skip


def test_each_method_has_a_form_of_its_own_and_what_is_impossible_has_none(
    app: Flask, world: World, notice: str
) -> None:
    """R142: neither announcement nor electronic service without consent is offered for 送出."""
    page = client_of(app, "officer").get(f"/cases/{notice}").text
    assert [act for act in acts(page) if act.startswith("dispatch")] == [
        "dispatch-direct", "dispatch-post", "dispatch-entrusted", "dispatch-through_unit"
    ]  # fmt: skip
    assert "announcement" not in page
    assert 'name="dispatch-post-tracking_number"' in page
    assert 'name="dispatch-direct-tracking_number"' not in page
    world.take("officer", "dispatch", notice, **by_post(world))
    page = client_of(app, "officer").get(f"/cases/{notice}").text
    offered = [act for act in acts(page) if act.startswith("confirm")]
    assert offered == ["confirm_service-post", "confirm_service-direct"]
    assert 'name="confirm_service-post-witness"' not in page


def test_a_service_is_registered_with_its_scanned_receipt(app: Flask, world: World, notice: str) -> None:
    """R142, 民事诉讼法 art. 87: handed over, the receipt attached and shown to those who may see the notice."""
    officer = client_of(app, "officer")
    assert post(officer, notice, "dispatch-direct").status_code == 303
    served = world.today.isoformat()
    answer = post(officer, notice, "confirm_service-direct", served_on=served, files_upload=scan(), **DIRECT)
    assert answer.status_code == 303, text_of(answer.text)[:600]
    assert world.state(notice) == "served"
    for role in ("officer", "approver", "offline"):
        page = client_of(app, role).get(f"/cases/{notice}")
        assert "送达回证.png" in page.text, role
        (link,) = re.findall(r'href="(/cases/[^"]+/materials/[^"]+)"', page.text)
        assert client_of(app, role).get(link).data == uploads.png()
    assert client_of(app, "other_clerk").get(f"/cases/{notice}").status_code == 404


def test_what_is_missing_is_said_and_what_was_typed_stays_with_its_file(app: Flask, world: World, notice: str) -> None:
    """Errors in Chinese at the field; the uploaded file is not lost."""
    officer = client_of(app, "officer")
    post(officer, notice, "dispatch-direct")
    answer = post(officer, notice, "confirm_service-direct", place="示例甲局门卫室", files_upload=scan())
    assert answer.status_code == 422
    text = text_of(answer.text)
    for words in ("送达日期：尚未填写", "送达时刻：直接送达应当填写本项", "签收人：直接送达应当填写本项"):
        assert words in text
    assert "示例甲局门卫室" in answer.text
    (kept,) = re.findall(r'name="confirm_service-direct-files" value="([^"]+)" checked', answer.text)
    assert "送达回证.png" in text
    served = {"served_on": world.today.isoformat(), **DIRECT, "files": kept}
    assert post(officer, notice, "confirm_service-direct", **served).status_code == 303
    assert world.case(notice).service["files"] == [kept]


def test_without_a_receipt_a_reason_is_asked_and_the_receipt_comes_later(app: Flask, world: World, notice: str) -> None:
    """民事诉讼法 art. 87: 补交送达回证; the board says that it is missing until then."""
    officer = client_of(app, "officer")
    post(officer, notice, "dispatch-direct")
    served = {"served_on": world.today.isoformat(), **DIRECT}
    refused = post(officer, notice, "confirm_service-direct", **served)
    assert (refused.status_code, "送达应当有送达回证" in refused.text) == (422, True)
    post(officer, notice, "confirm_service-direct", **served, no_receipt_reason="回证原件尚未寄回")
    mark = 'tag-caution">待补交送达回证'
    assert mark in officer.get("/service?group=served&no_receipt=1").text
    assert post(officer, notice, "add_receipt", files_upload=scan()).status_code == 303
    assert mark not in officer.get("/service?group=served").text
    assert "送达回证.png" in officer.get(f"/cases/{notice}").text


def test_a_receipt_that_nobody_uploaded_is_no_receipt(app: Flask, world: World, notice: str) -> None:
    """A made-up or foreign file does not stand for a 送达回证."""
    officer = client_of(app, "officer")
    post(officer, notice, "dispatch-direct")
    served = {"served_on": world.today.isoformat(), **DIRECT, "files": "nobody-uploaded-this"}
    answer = post(officer, notice, "confirm_service-direct", **served)
    assert (answer.status_code, "没有找到上传的文件" in answer.text) == (422, True)
    assert world.state(notice) == "dispatched"


def test_leaving_needs_a_witness_or_a_picture(app: Flask, world: World, notice: str) -> None:
    """民事诉讼法 art. 89."""
    officer = client_of(app, "officer")
    post(officer, notice, "dispatch-direct")
    left = {"served_on": world.today.isoformat(), "hour": "10:00", "place": "示例甲局", "refusal_reason": "拒绝签收"}
    act = "confirm_service-leaving"
    refused = post(officer, notice, act, **left, no_receipt_reason="未带回")
    assert "没有见证人的，应当上传拍照或者录像截图" in text_of(refused.text)
    picture = (io.BytesIO(uploads.png()), "现场.png")
    assert post(officer, notice, act, **left, files_upload=picture).status_code == 303
    assert world.case(notice).service["method"] == "leaving"


def test_a_method_that_cannot_come_of_the_dispatch_is_refused_in_chinese(app: Flask, world: World, notice: str) -> None:
    """A form of another method that somebody had open before: a letter does not end in leaving."""
    officer = client_of(app, "officer")
    post(officer, notice, "dispatch-direct")
    stale = hidden(officer.get(f"/cases/{notice}").text, "confirm_service-leaving")
    world.take("officer", "fail", notice, reason="无人在家")
    world.take("officer", "redispatch", notice, **by_post(world))
    left = {"served_on": world.today.isoformat(), "hour": "10:00", "place": "示例甲局", "refusal_reason": "拒收",
            "witness": "李测试", "no_receipt_reason": "未带回"}  # fmt: skip
    data = {**stale, **{f"confirm_service-leaving-{name}": value for name, value in left.items()}}
    answer = officer.post(f"/cases/{notice}/steps/confirm_service", data=data)
    assert answer.status_code in {409, 422}
    assert world.state(notice) == "dispatched"


def test_the_receipt_is_printed_before_service(app: Flask, world: World, notice: str) -> None:
    """送达回证, filled in as far as known: case, notice, number, recipient, confirmed address, and who prints it."""
    officer = client_of(app, "officer")
    confirm_on_paper(officer, world, notice, channel="direct", address="示范路1号示例甲局201室")
    page = officer.get(f"/cases/{notice}?tab=documents").text
    assert f"/documents/{notice}/receipt.pdf" in page
    sheet = officer.get(f"/documents/{notice}/receipt.pdf")
    text = sheet.get_data(as_text=True)
    for words in ("送达回证", "何测试", "示范路1号示例甲局201室", world.case(notice).number):
        assert words in text
    assert "填发人｜孙测试" in text
    world.take("officer", "dispatch", notice, method="直接送达")
    world.take("officer", "confirm_service", notice, **handed_over(world.today, "何测试"))
    seen = client_of(app, "offline").get(f"/documents/{notice}/receipt.pdf").get_data(as_text=True)
    assert "填发人" in seen
    assert "孙测试" not in seen
    assert seen.count("何测试") == 1


def test_undeliverable_then_announced_then_served_by_the_clock(app: Flask, world: World, notice: str) -> None:
    """R142: post fails, the supervisor announces, thirty days later the clock deems it served."""
    officer, approver = client_of(app, "officer"), client_of(app, "approver")
    post(officer, notice, "dispatch-post", tracking_number="演示邮1001", posted_on=world.today.isoformat())
    assert "act-announce" not in approver.get(f"/cases/{notice}").text
    assert post(officer, notice, "fail", reason="原址查无此人，邮件退回").status_code == 303
    page = approver.get(f"/cases/{notice}").text
    assert "现依法公告送达" in page
    manuscript = text_of(page.split("公告文稿")[1].split("</blockquote>")[0])
    assert "何测试" in manuscript
    assert "拟记入政务失信记录告知书" not in manuscript, "for a natural person the content is not announced"
    announced = {"posted_on": world.today.isoformat(), "place": "区政府门户网站", "reason": "邮寄未成，下落不明"}
    assert post(approver, notice, "announce", **announced).status_code == 303
    began = world.today
    assert '公告中 <span class="count">1</span>' in officer.get("/service").text
    world.go(began + timedelta(days=29))
    assert world.state(notice) == "announced"
    world.go(began + timedelta(days=45))
    assert world.state(notice) == "served"
    assert world.case(notice).served_on > began + timedelta(days=30)


def test_a_corrected_day_re_arms_the_term_through_the_page(app: Flask, world: World) -> None:
    """R142: not by who registered it; the term of the record counts from the corrected day."""
    record = world.record_in("noticing", "offline")
    (row,) = world.notices(record, "record_notice")
    world.take("officer", "dispatch", row.uid, method="直接送达")
    first = world.today
    world.go(first + timedelta(days=2))
    world.take("officer", "confirm_service", row.uid, **handed_over(first))
    before = world.terms(record)["record.statement"].due_on
    corrected = {"served_on": world.today.isoformat(), "evidence": "回证上的签收日期"}
    assert post(client_of(app, "approver"), row.uid, "correct_service", **corrected).status_code == 303
    term = world.terms(record)["record.statement"]
    assert before is not None
    assert term.due_on is not None
    assert (term.anchor_on, term.due_on > before) == (world.today, True)
    assert "armed" in {event.sort for event in world.events(record)}


# -- 送达台账 -------------------------------------------------------------------------------------------------------


def test_a_notice_goes_through_the_board_with_one_press_where_no_field_is_needed(
    app: Flask, world: World, notice: str
) -> None:
    """R142: 送出 in the row; the next group then has it."""
    officer = client_of(app, "officer")
    page = officer.get("/service").text
    assert '待送出 <span class="count">1</span>' in page
    assert "何测试" in page, "whoever carries it to him has to know to whom"
    assert f"/cases/{notice}?act=dispatch-post#act-dispatch-post" in page, "the other way that is gone most often"
    form = next(part for part in page.split("<form ") if 'value="service"' in part).split("</form>")[0]
    action = re.findall(r'action="([^"]+)"', form)[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    answer = officer.post(action, data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/service")
    assert world.case(notice).method == "direct"
    page = officer.get("/service?group=on_the_way").text
    assert f"/cases/{notice}?act=confirm_service-direct#act-confirm_service-direct" in page
    assert "还剩" in page


def test_the_board_filters_and_is_taken_out_with_an_entry_in_the_log(app: Flask, world: World, notice: str) -> None:
    """R142, trust 1.10."""
    officer = client_of(app, "officer")
    world.take("officer", "dispatch", notice, **by_post(world))
    assert world.case(notice).number in officer.get("/service?group=on_the_way&method=post").text
    for nothing in ("method=direct", "words=%E6%97%A0", "late=1"):
        assert "没有符合条件的文书" in officer.get(f"/service?group=on_the_way&{nothing}").text
    world.go(world.today + timedelta(days=30))
    officer = client_of(app, "officer")
    assert world.case(notice).number in officer.get("/service?group=on_the_way&late=1").text
    answer = officer.post("/service/export", data={"group": "on_the_way", "form": "csv"})
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["发文字号"] == world.case(notice).number
    assert "exported" in {entry.act for entry in world.rows(AccessLog)}


@pytest.mark.parametrize("role", ["subject", "clerk", "head", "reviewer", "tolerance"])
def test_the_board_is_the_credit_offices(app: Flask, world: World, role: str) -> None:
    """404 for everybody else, also for the export."""
    client = client_of(app, role)
    assert client.get("/service").status_code == 404
    assert client.post("/service/export").status_code == 404


def test_the_board_survives_strange_addresses(app: Flask, world: World, notice: str) -> None:
    officer = client_of(app, "officer")
    for query in ("group=x", "after=-5", "after=99999999999999999999", "after=x", "words=%25_%5C"):
        assert officer.get(f"/service?{query}").status_code == 200, query


# -- 送达地址确认书 -------------------------------------------------------------------------------------------------


def confirm_on_paper(client: FlaskClient, world: World, notice: str, **fields: str) -> TestResponse:
    """The office enters what the recipient signed."""
    signed = {"confirmed_on": world.today.isoformat(), "scan-upload": scan(), **fields}
    answer = client.post(f"/service-address/{notice}", data=signed, content_type="multipart/form-data")
    assert answer.status_code == 303, text_of(answer.text)[:600]
    return answer


def test_consent_given_before_dispatch_makes_electronic_service_the_default(
    app: Flask, world: World, notice: str
) -> None:
    """民事诉讼法 art. 90: also for a notice that was drafted before; then it arrives with the press."""
    officer = client_of(app, "officer")
    confirm_on_paper(officer, world, notice, channel="post", electronic="true", receiver="何测试",
                     address="示范路1号", phone="13900000000")  # fmt: skip
    page = officer.get(f"/cases/{notice}").text
    assert acts(page)[0] == "dispatch-electronic"
    assert post(officer, notice, "dispatch-electronic").status_code == 303
    assert (world.state(notice), world.case(notice).served_on) == ("served", world.today)
    assert "受送达人同意电子送达" in text_of(officer.get(f"/cases/{notice}").text)


def test_the_confirmed_method_leads_and_the_address_is_kept_sealed(app: Flask, world: World, notice: str) -> None:
    """The default of the next dispatch; nothing of the address stands readable in the table."""
    officer = client_of(app, "officer")
    confirm_on_paper(
        officer, world, notice, channel="post", receiver="何测试", address="示范路1号", phone="13900000000"
    )
    page = officer.get(f"/cases/{notice}").text
    assert acts(page)[0] == "dispatch-post"
    assert "示范路1号，何测试，13900000000" in page
    (row,) = world.rows(ServiceAddress)
    assert "示范路" not in row.sealed
    assert officer.get(f"/service-address/{notice}/scan").data == uploads.png()
    for role in ("approver", "clerk", "offline"):
        assert client_of(app, role).get(f"/service-address/{notice}").status_code == 404, role


def test_a_later_confirmation_ends_consent(app: Flask, world: World) -> None:
    """Whoever no longer wants it is served on paper from then on."""
    client = client_of(app, "subject")
    answer = client.post("/service-address", data={"channel": "direct"})
    assert answer.status_code == 303
    subject = next(user for user in world.rows(User) if user.login == "subject")
    assert subject.electronic_service_on is None
    (row,) = world.notices(world.record_in("noticing"), "record_notice")
    assert row.state == "issued"


def test_a_wrong_address_is_said_in_chinese_and_stays_typed(app: Flask, world: World, notice: str) -> None:
    client = client_of(app, "offline")
    answer = client.post("/service-address", data={"channel": "post", "receiver": "何测试", "phone": "一二三"})
    assert answer.status_code == 422
    text = text_of(answer.text)
    assert "送达地址：选择邮寄送达的应当填写" in text
    assert "联系电话：请填写固定电话" in text
    assert "一二三" in answer.text
    unscanned = client_of(app, "officer").post(
        f"/service-address/{notice}", data={"channel": "direct", "confirmed_on": world.today.isoformat()}
    )
    assert (unscanned.status_code, "扫描件" in unscanned.text) == (422, True)


def test_a_unit_is_spoken_for_by_its_own_people(app: Flask, world: World) -> None:
    """STAFF and heads of the unit; nobody else."""
    uid = world.unit_uids["subject"]
    filled = {"channel": "post", "receiver": "办公室", "address": "示范路2号", "phone": "010-55550100"}
    assert client_of(app, "staff").post(f"/service-address?unit={uid}", data=filled).status_code == 303
    assert client_of(app, "clerk").get(f"/service-address?unit={uid}").status_code == 404
    assert world.rows(ServiceAddress)[0].unit_id == world.units["subject"]


def test_a_letter_returned_with_its_slip_is_served_on_the_day_of_the_slip(world: World, notice: str) -> None:
    """R142: by post the day of the return slip counts, not that of posting."""
    posted = world.today
    world.take("officer", "dispatch", notice, **by_post(world))
    world.go(posted + timedelta(days=3))
    world.take("officer", "confirm_service", notice, **returned(posted + timedelta(days=2)))
    assert world.case(notice).served_on == posted + timedelta(days=2)
