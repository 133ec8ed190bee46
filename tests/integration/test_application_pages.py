"""我的信用记录 and what is filed from it, through the pages (R33, R44, R48, R49; design: interface 5 and 6)."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import MovableClock
from app.models.history import AccessLog, Attachment, DraftRow
from app.models.people import PostHolding, Unit, User
from app.services.drafts import KEPT, remove_old_drafts
from app.web.presentation import legal_date
from tests.support import uploads
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World

REASON = "记载的损失与事实不符。"
OBJECTION = {"field": "facts", "ground-facts": "error", "wanted-facts": "未造成损失。", "reason": REASON, "key": "k-1"}


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def record(world: World) -> str:
    """A listed record about 王测试."""
    return world.record_in("listed")


def address(record: str, path: str = "objection") -> str:
    return f"/credit/records/{record}/{path}"


def drafts(world: World) -> list[DraftRow]:
    return world.rows(DraftRow)


def post(client: FlaskClient, where: str, **form: object):  # type: ignore[no-untyped-def]
    return client.post(where, data=form, content_type="multipart/form-data")


# -- the home -----------------------------------------------------------------------------------------------------


def test_the_home_of_a_civil_servant_shows_what_who_until_when_and_what_may_be_done(app: Flask, record: str) -> None:
    """R33: every contestable field has its own way to 提出异议; what is not possible says from which day on."""
    shown = client_of(app, "subject").get("/", follow_redirects=True)
    seen = text_of(shown.text)
    assert "B33 行政审批失职渎职" in seen
    assert "信息提供单位 示例乙局" in seen
    assert "最短公示期限 至2027年1月6日届满" in seen
    assert "最早可于2027年1月7日办理" in seen
    assert shown.text.count("objection?field=") == 10
    assert "下载告知书：《政务失信记录决定书》 送达：" in seen
    assert "下一步 保存期限届满后，自动期满归档（2031年5月1日）" in seen


def test_every_act_of_a_card_says_its_last_day(app: Flask, world: World, record: str) -> None:
    """interface 5: the last day is that of the term 保存期限; where it is too early, from when on."""
    kept, least = (world.terms(record)[f"record.{key}"].due_on for key in ("retention", "publication_min"))
    assert kept is not None
    assert least is not None
    home = client_of(app, "subject").get("/credit")
    last = f"最后一日：{legal_date(kept)}"
    assert f"提出异议 {last}" in text_of(home.text)
    first = f"最早可于{legal_date(least + timedelta(days=1))}办理"
    assert f"申请修复 {first}：最短公示期限至{legal_date(least)}届满" in text_of(home.text)
    assert f'{address(record, "repair")}"' not in home.text
    world.go(least + timedelta(days=1))
    home = client_of(app, "subject").get("/credit")
    assert f'{address(record, "repair")}"' in home.text
    assert f"申请修复 申请容错免责 {last}" in text_of(home.text)


def test_what_is_being_handled_is_seen_without_a_click(app: Flask, world: World, record: str) -> None:
    """The state of an objection, who has it and until when stand on the home; what lies with the reader says so."""
    objection = world.objection_in("submitted", record)
    seen = text_of(client_of(app, "subject").get("/credit").text)
    assert "异议中" in seen
    assert "由信用管理部门经办人（示范区信用管理办公室）办理 受理期限：" in seen
    assert "到期" in seen
    world.take("officer", "request_supplement", objection, missing=["身份证明"], reason="缺少身份证明。")
    page = client_of(app, "subject").get("/credit").text
    assert f"请您办理：{world.case(objection).number} 补正期限：" in text_of(page)
    assert f'<a class="btn btn-sm btn-primary" href="/cases/{objection}">请您办理' in page


def test_a_record_is_shown_to_its_subject_only_once_he_was_told(app: Flask, world: World) -> None:
    """R26: nothing of a record that is still being examined."""
    record = world.record_in("screening")
    client = client_of(app, "subject")
    assert "B33" not in client.get("/credit").text
    assert client.get(address(record)).status_code == 404


@pytest.mark.parametrize("role", ["other_clerk", "offline", "clerk", "officer"])
def test_nobody_but_the_subject_may_file_on_a_record(app: Flask, world: World, record: str, role: str) -> None:
    """trust 1: a record that is not one's own is not found, whoever else may see it."""
    client = client_of(app, role)
    assert client.get(address(record)).status_code == 404
    assert post(client, address(record), **OBJECTION).status_code == 404
    assert post(client, address(record) + "/draft", **OBJECTION).status_code == 404
    assert drafts(world) == []


# -- objecting ----------------------------------------------------------------------------------------------------


def test_an_objection_is_filed_with_its_number_next_step_and_last_day(app: Flask, world: World, record: str) -> None:
    """R33, R34: the result says the number, who acts next and until when; the disputed field is marked."""
    client = client_of(app, "subject")
    answer = post(client, address(record), **OBJECTION)
    assert answer.status_code == 303
    seen = text_of(client.get(answer.location).text)
    assert "示信异〔2026〕1号" in seen
    assert "由信用管理部门经办人办理" in seen
    assert "受理期限" in seen
    filed = world.children(record, "objection")[0]
    assert filed.fields == [{"field": "facts", "ground": "error", "wanted": "未造成损失。"}]
    assert filed.reason == REASON
    assert drafts(world) == []
    assert client.get("/credit").text.count("objection?field=") == 9


def test_the_same_form_posted_twice_files_once(app: Flask, world: World, record: str) -> None:
    """T13: the key of the page makes a repetition harmless."""
    client = client_of(app, "subject")
    first, second = (post(client, address(record), **OBJECTION) for _ in range(2))
    assert first.location == second.location
    assert len(world.children(record, "objection")) == 1


def test_what_is_missing_is_named_at_its_field_and_nothing_typed_is_lost(app: Flask, world: World, record: str) -> None:
    """Bad input: 422, the summary leads to the field, the text and the kept file come back."""
    client = client_of(app, "subject")
    form = {**OBJECTION, "ground-facts": "", "files-upload": (io.BytesIO(uploads.PDF), "证明.pdf")}
    answer = post(client, address(record), **form)
    assert answer.status_code == 422
    assert 'href="#f-ground-facts"' in answer.text
    assert "事实——异议事由：尚未选择" in answer.text
    assert REASON in answer.text
    assert "未造成损失。" in answer.text
    assert "证明.pdf" in answer.text
    assert "<title>错误：" in answer.text
    assert world.children(record, "objection") == []


def test_a_kept_file_goes_with_the_objection_and_an_unticked_one_does_not(
    app: Flask, world: World, record: str
) -> None:
    client = client_of(app, "subject")
    both = [(io.BytesIO(uploads.PDF), "甲.pdf"), (io.BytesIO(uploads.png()), "乙.png")]
    post(client, address(record), **{**OBJECTION, "reason": "", "files-upload": both})
    kept = {row.name: row.uid for row in world.rows(Attachment)}
    answer = post(client, address(record), **OBJECTION, files=kept["甲.pdf"])
    assert answer.status_code == 303
    rows = world.rows(Attachment)
    assert [(row.name, row.event_seq, row.draft_id) for row in rows] == [("甲.pdf", 1, None)]
    assert rows[0].case_id == world.children(record, "objection")[0].id


def test_a_disguised_file_is_refused_in_chinese_and_the_rest_is_kept(app: Flask, world: World, record: str) -> None:
    """trust 1.10: told from the bytes, not from the name."""
    files = [(io.BytesIO(b"MZ\x90\x00" + b"\0" * 64), "证明.pdf"), (io.BytesIO(uploads.PDF), "回执.pdf")]
    answer = post(client_of(app, "subject"), address(record), **{**OBJECTION, "files-upload": files})
    assert answer.status_code == 422
    assert "Windows 程序" in answer.text
    assert [row.name for row in world.rows(Attachment)] == ["回执.pdf"]
    assert REASON in answer.text
    assert world.children(record, "objection") == []


def test_the_same_fields_again_are_refused_with_what_to_do_instead(app: Flask, world: World, record: str) -> None:
    world.objection_in("submitted", record)
    answer = post(client_of(app, "subject"), address(record), **OBJECTION)
    assert answer.status_code == 422
    assert "请在原异议中补充" in answer.text
    assert REASON in answer.text


def test_an_unknown_field_or_kind_does_no_harm(app: Flask, record: str) -> None:
    client = client_of(app, "subject")
    assert client.get(f"{address(record)}?field=salary").status_code == 200
    assert client.get(address(record, "pardon")).status_code == 404
    answer = post(client, address(record), field="salary", reason=REASON, key="k-2")
    assert answer.status_code == 422
    assert "请至少选择一项" in answer.text


# -- drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_comes_back_after_the_session_is_lost(app: Flask, world: World, record: str) -> None:
    """interface: drafts autosave, and what was typed is there after signing in again."""
    client = client_of(app, "subject")
    answer = post(client, address(record) + "/draft", **OBJECTION)
    assert "已自动保存 09:00" in answer.text
    client.post("/sign-out")
    again = client_of(app, "subject")
    assert "未提交的草稿" in again.get("/credit").text
    page = again.get(address(record)).text
    assert REASON in page
    assert 'id="f-field-facts" name="field" value="facts" checked' in page
    assert len(drafts(world)) == 1


def test_a_visit_leaves_no_draft_and_a_draft_can_be_thrown_away(app: Flask, world: World, record: str) -> None:
    client = client_of(app, "subject")
    assert post(client, address(record) + "/draft", field="facts").status_code == 204
    assert drafts(world) == []
    post(client, address(record), **OBJECTION, act="save")
    uid = drafts(world)[0].uid
    assert client_of(app, "offline").post(f"/drafts/{uid}/discard").status_code == 404
    assert client.post(f"/drafts/{uid}/discard").status_code == 303
    assert drafts(world) == []


def test_a_draft_is_gone_after_ninety_days(app: Flask, world: World, record: str) -> None:
    client = client_of(app, "subject")
    form = {**OBJECTION, "act": "save", "files-upload": (io.BytesIO(uploads.PDF), "证明.pdf")}
    assert post(client, address(record), **form).status_code == 303
    saved = world.clock()
    with world.backend.sessions() as session:
        assert remove_old_drafts(session, saved + KEPT) == 0
    with app.extensions["zhengcheng"].database.write() as session:
        assert remove_old_drafts(session, saved + KEPT + timedelta(seconds=1)) == 1
    assert drafts(world) == []
    assert world.rows(Attachment) == []


def test_for_a_unit_staff_write_and_the_head_files(app: Flask, world: World) -> None:
    """procedures 3: for a unit SUBJECT_HEAD on a staff draft."""
    record = world.record_in("listed", "unit", behaviour="B30")
    staff, head = client_of(app, "staff"), client_of(app, "unit_head")
    answer = post(staff, address(record), **OBJECTION)
    assert answer.status_code == 303
    assert "由单位负责人签发提出" in staff.get(answer.location).text
    assert world.children(record, "objection") == []
    assert REASON in head.get(address(record)).text
    assert "吴测试" in head.get("/credit").text
    assert 'href="/desk?box=drafts">本单位人员起草、由您审签提出的申请1份</a>' in head.get("/desk").text
    assert "由您审签提出" not in staff.get("/desk").text
    assert client_of(app, "other_head").get(address(record)).status_code == 404
    assert post(head, address(record), **OBJECTION).status_code == 303
    assert len(world.children(record, "objection")) == 1
    assert drafts(world) == []
    assert "由您审签提出" not in head.get("/desk").text


# -- the other applications ---------------------------------------------------------------------------------------


def test_a_repair_that_is_too_early_is_greyed_with_the_first_possible_day(
    app: Flask, world: World, record: str
) -> None:
    """R48: no case is made, and the day is printed."""
    client = client_of(app, "subject")
    page = text_of(client.get(address(record, "repair")).text)
    assert "最早可于2027年1月7日办理" in page
    answer = post(client, address(record, "repair"), correction="已兑现", commitment="true", key="k-3")
    assert answer.status_code == 422
    assert "最早可于2027年1月7日办理" in answer.text
    assert world.children(record, "repair") == []


def test_a_repair_is_filed_once_its_day_has_come(app: Flask, world: World, record: str) -> None:
    """R49: the names of the enclosed files are the evidence."""
    due = world.terms(record)["record.publication_min"].due_on
    assert due is not None
    world.go(due + timedelta(days=1))
    form = {"correction": "已兑现承诺。", "commitment": "true", "key": "k-4"}
    answer = post(
        client_of(app, "subject"), address(record, "repair"), **form,
        **{"files-upload": (io.BytesIO(uploads.PDF), "兑付凭证.pdf")},
    )  # fmt: skip
    assert answer.status_code == 303
    filed = world.children(record, "repair")[0]
    assert (filed.correction, filed.commitment, filed.evidence) == ("已兑现承诺。", True, ["兑付凭证.pdf"])


def test_an_exemption_is_applied_for(app: Flask, world: World) -> None:
    """R44."""
    record = world.record_in("statement_open")
    form = {"situation": "改革创新中的失误", "circumstances": "经集体研究，没有谋取私利。", "key": "k-5"}
    assert post(client_of(app, "subject"), address(record, "exemption"), **form).status_code == 303
    assert world.children(record, "exemption")[0].state == "submitted"


def test_a_statement_is_made_and_a_page_that_is_out_of_date_is_told_so(app: Flask, world: World) -> None:
    """409 for a lost race, with the text kept."""
    record = world.record_in("statement_open")
    client = client_of(app, "subject")
    old = world.case(record).version
    said = post(client, address(record, "statement"), text="并非本人责任。", version=str(old), key="k-6")
    assert said.status_code == 303
    late = post(client, address(record, "statement"), text="再补充一点。", version=str(old), key="k-7")
    assert late.status_code == 409
    assert "再补充一点。" in late.text
    assert world.steps(record).count("state") == 1


def test_a_statement_is_no_longer_offered_on_a_listed_record(app: Flask, record: str) -> None:
    page = text_of(client_of(app, "subject").get(address(record, "statement")).text)
    assert "已不在陈述申辩阶段" in page


# -- service through the system -----------------------------------------------------------------------------------


def test_who_has_not_agreed_to_electronic_service_is_asked_once(app: Flask, world: World) -> None:
    """procedures 2: filing online asks for the 送达地址确认书; it is signed once and logged."""
    record = world.record_in("statement_open")
    with app.extensions["zhengcheng"].database.write() as session:
        session.query(User).filter_by(login="subject").one().electronic_service_on = None
    client = client_of(app, "subject")
    assert "送达地址确认书" in client.get("/credit").text
    assert "f-electronic" in client.get(address(record, "statement")).text
    version = str(world.case(record).version)
    post(client, address(record, "statement"), text="不属实。", electronic="true", version=version, key="k-8")
    kept = next(user for user in world.rows(User) if user.login == "subject")
    assert kept.electronic_service_on == world.today
    assert "f-electronic" not in client.get(address(record, "statement")).text
    client.post("/credit/service-address")
    assert [row.act for row in world.rows(AccessLog)].count("service_confirmed") == 1


# -- what waits comes first -----------------------------------------------------------------------------------------


def order(app: Flask, who: str, *records: str) -> list[str]:
    """The records in the order in which their cards stand."""
    page = client_of(app, who).get("/credit").text
    return sorted(records, key=lambda uid: page.index(f'id="record-{uid}"'))


def test_what_waits_for_the_person_stands_above_what_needs_nothing(app: Flask, world: World) -> None:
    """R33: what he has to supply comes first, then what he may still do, then the rest; what is next leads its card."""
    asked = world.record_in("listed")
    quiet, newest = world.record_in("listed"), world.record_in("listed")
    chosen = world.record_in("statement_open")
    objection = world.objection_in("submitted", asked)
    other = [{"field": "severity", "ground": "错误", "wanted": "轻微"}]
    later = world.objection_in("submitted", asked, fields=other, reason="情节轻微")
    world.take("officer", "request_supplement", objection, missing=["身份证明"], reason="材料不齐")
    world.seal()
    assert order(app, "subject", quiet, newest, chosen, asked) == [asked, chosen, newest, quiet]
    page = client_of(app, "subject").get("/credit").text
    card = page.partition(f'id="record-{asked}"')[2]
    assert card.index(world.case(objection).number) < card.index(world.case(later).number)
    assert card.index("请您办理") < card.index("信息提供单位")


def test_staff_of_a_unit_are_at_home_among_its_records(app: Flask, world: World) -> None:
    """R33: what is the unit's is called so, in the bar and on the page, also where staff follow a link to it."""
    world.record_in("listed", "unit", behaviour="B30")
    staff = client_of(app, "staff")
    assert staff.get("/").location == "/credit/unit"
    for path in ("/credit/unit", "/credit"):
        page = staff.get(path)
        assert "<h1>本单位信用记录</h1>" in page.text
        assert "B30" in page.text
        assert "我的信用记录" not in text_of(page.text)


def test_who_has_both_finds_each_in_its_place(app: Flask, world: World) -> None:
    """A civil servant who also speaks for a unit has two homes, and neither shows what belongs to the other."""
    world.record_in("listed")
    with world.backend.sessions() as session:
        unit = session.execute(select(Unit.id).where(Unit.uid == world.unit_uids["subject"])).scalar_one()
    with app.extensions["zhengcheng"].database.write() as session:
        user = session.execute(select(User).where(User.uid == world["subject"].uid)).scalar_one()
        user.posts.append(PostHolding(post="staff", unit_id=unit, from_on=date(2026, 1, 1)))
    client = client_of(app, "subject")
    own, units = client.get("/credit").text, client.get("/credit/unit").text
    assert "<h1>我的信用记录</h1>" in own
    assert "B33" in own
    assert "<h1>本单位信用记录</h1>" in units
    assert "B33" not in units
    assert own.count('aria-current="page"') == units.count('aria-current="page"') == 1


def test_a_card_says_which_condition_of_repair_fails(app: Flask, world: World) -> None:
    """R48: a record on which statements may still be made is not listed yet: the card says so, and until when."""
    record = world.record_in("statement_open")
    heard = world.terms(record)["record.statement"].due_on
    assert heard is not None
    seen = text_of(client_of(app, "subject").get("/credit").text)
    assert f"所涉记录正在陈述申辩（{legal_date(heard)}届满），记入后方可申请" in seen
