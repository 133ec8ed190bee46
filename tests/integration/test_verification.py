"""文书核验 (R141, issue 3 item 6): by code and by file, signed out, at once, limited, without anything personal."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock
from app.documents.context import NoticeContext
from app.extensions import Installation
from app.models.kinds import Notice
from app.models.limits import RateWindow
from app.seals.pades import LocalSeal
from app.seals.provider import SealRequest
from app.services.files import store_bytes
from app.web import verification
from tests.support.sealed_sheets import ORGAN, sheet_of
from tests.support.web_world import text_of, world_on
from tests.support.world import World
from workflows.kit.context import SYSTEM

#: Bytes that begin like a PDF: only the hash decides, so no renderer is needed here.
SHEET = b"%PDF-1.7\n" + bytes(range(256)) * 8 + b"\n%%EOF\n"


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    """Somebody with a phone who never signed in."""
    return app.test_client()


def issued_with(app: Flask, world: World, uid: str, content: bytes) -> str:
    """Issue a notice that waits for its sheet with these bytes; gives its code."""
    own: Installation = app.extensions["zhengcheng"]
    with own.database.write() as session:
        sha256 = store_bytes(session, own.settings.files_dir, content, "application/pdf", world.clock())
    world.step(SYSTEM, "issue", uid, {"sha256": sha256})
    code: str = world.case(uid).code
    return code


@pytest.fixture
def sealed(app: Flask, world: World) -> str:
    """The code of an objection's acceptance notice, whose sheet is SHEET; nobody else's sheet was made."""
    uid = world.objection_in("submitted")
    world.step("officer", "accept", uid)
    (notice,) = world.notices(uid, "objection_acceptance")
    return issued_with(app, world, notice.uid, SHEET)


def upload(client: FlaskClient, content: bytes, code: str = ""):  # type: ignore[no-untyped-def]
    form = {"sheet": (BytesIO(content), "文书.pdf"), "code": code}
    return client.post("/verify", data=form, content_type="multipart/form-data")


# -- by code --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typing", [str.lower, lambda code: f"{code[:4]} {code[4:8]}－{code[8:]}", lambda code: "".join(
    chr(ord(letter) + 0xFEE0) for letter in code)])  # fmt: skip
def test_a_code_is_found_however_it_was_typed(anybody: FlaskClient, world: World, typing) -> None:  # type: ignore[no-untyped-def]
    """R141: small letters, blanks, dashes, full-width characters."""
    notice = world.notices(world.objection_in("decided"), "objection_decision")[0]
    answer = anybody.get("/verify", query_string={"code": typing(notice.code)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/verify/{notice.code}")
    page = anybody.get(answer.headers["Location"])
    assert page.status_code == 200
    assert notice.title in page.text
    assert str(notice.number) in page.text
    assert str(notice.sha256) in page.text
    assert "本文书真实有效" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_a_code_is_told_so_and_comes_back(anybody: FlaskClient) -> None:
    """R141: too short, or with characters that no code has; the text stays in the field."""
    for typed in ("ABC", "0O1IL0O1IL0O", "ABCD-EFGH-JKMN-P"):
        page = anybody.get("/verify", query_string={"code": typed})
        assert page.status_code == 422
        assert "没有数字0、1和字母I、L、O" in page.text
        assert f'value="{typed}"' in page.text
    assert anybody.get("/verify").status_code == 200
    nothing = anybody.get("/verify", query_string={"code": " "})
    assert nothing.status_code == 422
    assert 'href="#code">请输入核验码。' in nothing.text


def test_the_binding_last_day_stands_there_once_served(anybody: FlaskClient, world: World) -> None:
    """R28, documents 1: only days; the page of a notice that is not served yet has none."""
    uid = world.objection_in("decided")
    notice = world.notices(uid, "objection_decision")[0]
    due = world.terms(uid)["objection.review_filing"].due_on
    assert due is not None
    seen = text_of(anybody.get(f"/verify/{notice.code}").text)
    assert f"申请复核期限届满日{due.year}年{due.month}月{due.day}日" in seen
    unserved = world.notices(world.record_in("noticing"), "record_notice")[0]
    seen = text_of(anybody.get(f"/verify/{unserved.code}").text)
    assert "届满日" not in seen
    assert "尚未登记送达" in seen


def test_unknown_and_not_yet_issued_look_alike(anybody: FlaskClient, world: World) -> None:
    """Trust 1: nobody learns that a notice is being made."""
    uid = world.objection_in("submitted")
    world.step("officer", "accept", uid)
    (waiting,) = world.notices(uid, "objection_acceptance")
    assert waiting.sha256 is None
    answers = [anybody.get(f"/verify/{code}") for code in (waiting.code, "ABCDEFGHJKMN")]
    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = (
        answer.text.replace(code, "") for answer, code in zip(answers, (waiting.code, "ABCDEFGHJKMN"), strict=True)
    )
    assert first == second


# -- how it stands --------------------------------------------------------------------------------------------------


def seen_of(anybody: FlaskClient, world: World, uid: str, key: str) -> str:
    notice = world.notices(uid, key)[0]
    return text_of(anybody.get(f"/verify/{notice.code}").text)


def test_a_withdrawn_record_shows_with_the_next_request(anybody: FlaskClient, world: World) -> None:
    """R41: the decision stands, is annulled, and the annulment is named."""
    record = world.record_in("listed")
    assert "效力状态现行有效" in seen_of(anybody, world, record, "record_decision")
    world.take("clerk", "draft_annulment", record, reason="来源文书已撤销", document="示撤〔2026〕1号")
    world.take("head", "report_annulment", record)
    assert "效力状态现行有效" in seen_of(anybody, world, record, "record_decision")
    form = {"reason": "来源文书已撤销", "document": "示撤〔2026〕1号"}
    world.step("approver", "annul", record, form)
    seen = seen_of(anybody, world, record, "record_decision")
    assert "效力状态已撤销" in seen
    assert "撤销政务失信记录告知书" not in seen
    world.seal()
    assert "见《撤销政务失信记录告知书》（示" in seen_of(anybody, world, record, "record_decision")


@pytest.mark.parametrize(
    ("state", "word"), [("repaired", "信用已修复"), ("exempted", "容错免责"), ("expired", "期限已满")]
)
def test_what_became_of_the_record_shows(anybody: FlaskClient, world: World, state: str, word: str) -> None:
    """R52, R66: repaired, exempted, expired."""
    key = "record_notice" if state == "exempted" else "record_decision"
    assert word in seen_of(anybody, world, world.record_in(state), key)


def test_a_corrected_record_shows_on_what_said_the_old_text(anybody: FlaskClient, world: World) -> None:
    """R40: an objection found right corrects the record; its decision stands, the record's does not say the present."""
    objection = world.objection_in("decided")
    (record,) = (case.uid for case in world.dossier(objection) if case.kind == "record")
    assert "所载内容已更正" in seen_of(anybody, world, record, "record_decision")
    assert "效力状态现行有效" in seen_of(anybody, world, objection, "objection_decision")


def test_a_correction_before_service_puts_a_new_notice_in_the_place_of_the_old(
    anybody: FlaskClient, world: World
) -> None:
    """R40: the old one says by which it is replaced, the new one stands."""
    record = world.record_in("noticing")
    content = {"changes": {"facts": "未按承诺的期限办结。"}, "reason": "损失未经核实"}
    world.take("clerk", "draft_correction", record, **content)
    world.take("head", "request_correction", record)
    world.step("approver", "correct", record, content)
    (old, new) = world.notices(record, "record_notice")
    assert "效力状态已作废" in text_of(anybody.get(f"/verify/{old.code}").text)
    assert anybody.get(f"/verify/{new.code}").status_code == 404
    world.seal()
    (old, new) = world.notices(record, "record_notice")
    seen = text_of(anybody.get(f"/verify/{old.code}").text)
    assert f"由新的文书代替。 见《{new.title}》（{new.number}）" in seen
    assert "效力状态现行有效" in text_of(anybody.get(f"/verify/{new.code}").text)


def test_a_voided_notice_names_the_one_in_its_place(anybody: FlaskClient, world: World) -> None:
    """R141: voided at once; replaced once the new one is issued."""
    uid = world.objection_in("submitted")
    world.step("officer", "accept", uid)
    world.seal()
    first = world.notices(uid, "objection_acceptance")[0]
    world.step("approver", "void", first.uid, {"reason": "文书内容有误，另行制作"})
    seen = seen_of(anybody, world, uid, "objection_acceptance")
    assert "效力状态已作废" in seen
    assert "真实有效" not in seen


# -- by file --------------------------------------------------------------------------------------------------------


def test_the_sheet_as_issued_is_recognised_and_one_altered_byte_is_not(anybody: FlaskClient, sealed: str) -> None:
    """R141: with and without the code; nothing of the file is kept."""
    for code in ("", sealed, sealed.lower()):
        page = upload(anybody, SHEET, code)
        assert page.status_code == 200
        assert "与原件完全一致" in page.text
        assert "异议受理告知书" in page.text
    for place in (9, 700, len(SHEET) - 1):
        altered = SHEET[:place] + bytes([SHEET[place] ^ 1]) + SHEET[place + 1 :]
        named = upload(anybody, altered, sealed)
        assert named.status_code == 200
        assert "与系统所存原件不一致" in named.text
        assert "真实有效" not in named.text
        unnamed = upload(anybody, altered)
        assert unnamed.status_code == 404
        assert "没有与此文件完全一致的文书" in unnamed.text
        assert "异议受理告知书" not in unnamed.text


def test_the_signature_on_a_sealed_sheet_is_told(app: Flask, anybody: FlaskClient, world: World) -> None:
    """Documents 5 and 7: whose, when, of what worth; an altered sheet says that it was changed after sealing."""
    own: Installation = app.extensions["zhengcheng"]
    own.seals.authority.found(world.clock())
    sheet = LocalSeal(own.seals.authority).seal(SealRequest(sheet_of("objection_acceptance"), ORGAN), world.clock())
    uid = world.objection_in("submitted")
    world.step("officer", "accept", uid)
    (notice,) = world.notices(uid, "objection_acceptance")
    code = issued_with(app, world, notice.uid, sheet)
    seen = text_of(upload(anybody, sheet, code).text)
    assert "与原件完全一致" in seen
    assert f"签名有效，签署机关：{ORGAN}" in seen
    assert "演示印章（非法定电子印章）" in seen
    place = sheet.index(b"/Contents <") - 40
    seen = text_of(upload(anybody, sheet[:place] + b"X" + sheet[place + 1 :], code).text)
    assert "与系统所存原件不一致" in seen
    assert "签名有效" not in seen


def test_a_genuine_sheet_under_the_code_of_another_does_not_agree(
    app: Flask, anybody: FlaskClient, world: World, sealed: str
) -> None:
    """R141: the code of one notice printed on a file of another is a forgery."""
    notice = world.notices(world.objection_in("decided", world.record_in("listed", "subject")), "objection_decision")[0]
    page = upload(anybody, SHEET, notice.code)
    assert "与系统所存原件不一致" in page.text
    assert "与原件完全一致" not in page.text


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "请选择"), (b"GIF89a" + SHEET, "不是PDF"), (b"\xff\xd8\xff", "不是PDF")]
)
def test_other_files_are_refused_in_words(anybody: FlaskClient, content: bytes, word: str) -> None:
    """Trust 1.10: magic bytes; an empty field says what to choose."""
    page = upload(anybody, content, "ABCDEFGHJKMN")
    assert page.status_code == 422
    assert word in page.text
    assert 'value="ABCDEFGHJKMN"' in page.text


def test_a_file_that_is_too_large_is_not_read(anybody: FlaskClient) -> None:
    """Trust 1.10: a sheet has some hundred kilobytes."""
    page = upload(anybody, b"%PDF-" + bytes(verification.LARGEST_FILE + verification._FORM_AROUND_IT))
    assert page.status_code == 413
    assert "文件过大" in page.text
    assert upload(anybody, b"%PDF-" + bytes(verification.LARGEST_FILE)).status_code == 422


# -- privacy --------------------------------------------------------------------------------------------------------

_NAMES = re.compile("[王何吴郑李赵钱冯孙陈周褚卫蒋沈韩杨]测试")


@pytest.fixture
def every_notice(app: Flask, world: World) -> list[str]:
    """The codes of every issued notice of a busy district."""
    for make in (
        lambda: world.record_in("repaired"),
        lambda: world.record_in("annulled"),
        lambda: world.objection_in("closed"),
        lambda: world.rectification_in("reported"),
        lambda: world.exemption_in("correcting"),
    ):
        make()
    world.seal()
    return [notice.code for notice in world.rows(Notice) if notice.sha256]


def test_no_page_of_any_notice_names_anybody(
    anybody: FlaskClient, world: World, every_notice: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R141: neither people nor the facts, the units concerned or the case's number."""
    monkeypatch.setattr(verification, "CODES", {"each": 10_000, "in_all": 10_000})
    assert len(every_notice) > 20
    for code in every_notice:
        page = anybody.get(f"/verify/{code}")
        assert page.status_code == 200
        assert not _NAMES.search(page.text)
        for secret in ("造成企业损失", "示例丙局", "示例甲局", "示处〔2026〕", "同志"):
            assert secret not in page.text


# -- how often ------------------------------------------------------------------------------------------------------


def test_an_address_that_asks_too_often_waits_until_the_next_minute(
    app: Flask, anybody: FlaskClient, clock: MovableClock
) -> None:
    """ASVS 2.4.1: 429 in Chinese with Retry-After; another address goes on; the counter is shared by all workers."""
    codes = [anybody.get("/verify/ABCDEFGHJKMN").status_code for _ in range(verification.CODES["each"] + 1)]
    assert set(codes[:-1]) == {404}
    assert codes[-1] == 429
    refused = app.test_client().get("/verify/ABCDEFGHJKMN")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "查询过于频繁" in refused.text
    other = anybody.get("/verify/ABCDEFGHJKMN", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 404
    clock.set(clock() + timedelta(minutes=1))
    assert anybody.get("/verify/ABCDEFGHJKMN").status_code == 404


def test_all_addresses_together_are_limited_and_none_is_kept(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PIPL: no address in clear; one IPv6 network counts as one; what is old goes."""
    monkeypatch.setattr(verification, "CODES", {"each": 3, "in_all": 6})
    client = app.test_client()

    def ask(address: str) -> int:
        return client.get("/verify/ABCDEFGHJKMN", environ_base={"REMOTE_ADDR": address}).status_code

    assert [ask(f"2001:db8::{number}") for number in range(1, 5)] == [404, 404, 404, 429]
    assert [ask(f"198.51.100.{number}") for number in range(1, 5)] == [404, 404, 404, 429]
    buckets = rows(world)
    assert len(buckets) == 6
    assert not any("198.51" in bucket or "2001:" in bucket for bucket in buckets)
    world.clock.set(world.clock() + timedelta(hours=2))
    ask("198.51.100.9")
    assert len(rows(world)) == 2


def test_one_address_cannot_use_up_what_all_may_ask(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust 1.10: whoever is refused already takes nothing from the others, however often he asks."""
    monkeypatch.setattr(verification, "CODES", {"each": 2, "in_all": 6})
    client = app.test_client()
    asked = [client.get("/verify/ABCDEFGHJKMN").status_code for _ in range(9)]
    assert asked == [404, 404, *[429] * 7]
    other = client.get("/verify/ABCDEFGHJKMN", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 404


def test_a_made_up_forwarding_header_is_no_other_address(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust 1.10: without a trusted proxy the header is anybody's to write."""
    monkeypatch.setattr(verification, "CODES", {"each": 2, "in_all": 60})
    client = app.test_client()
    asked = [
        client.get("/verify/ABCDEFGHJKMN", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(3)
    ]
    assert asked == [404, 404, 429]


def rows(world: World) -> list[str]:
    with world.backend.sessions() as session:
        return [row.bucket for row in session.query(RateWindow)]


def test_uploads_are_limited_more_strictly(anybody: FlaskClient, sealed: str) -> None:
    """ASVS 2.4.1: comparing files costs more than looking up a code."""
    codes = [upload(anybody, SHEET).status_code for _ in range(verification.FILES["each"] + 1)]
    assert codes[-1] == 429
    assert set(codes[:-1]) == {200}


def test_the_link_on_the_sheet_leads_there(app: Flask, world: World) -> None:
    """R141: the QR code and the printed address are those of the page."""
    world.backend = replace(world.backend, base_url="https://example.invalid")
    uid = world.objection_in("verifying")
    notice = world.notices(uid, "objection_acceptance")[0]
    link = NoticeContext.from_json(notice.context).verify_url
    assert link.startswith("https://example.invalid/")
    assert app.test_client().get(link.removeprefix("https://example.invalid")).status_code == 200
