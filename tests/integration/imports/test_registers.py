"""Units and accounts from a table, by the system administrator: the same checks as on his pages (trust 1.5, 1.6)."""

import io

import openpyxl
import pytest
from flask import Flask

from app.database import Database, write_transaction
from app.models.base import new_uid
from app.models.history import AccessLog
from app.models.people import PostHolding, Unit, User
from app.services.accounts import Accounts
from app.services.founding import NewPerson, found_person
from app.services.imports import registers
from app.services.imports.batches import ImportRefused, RowStatus, confirm
from app.services.imports.first_passwords import take_first_passwords
from app.services.imports.kinds import kind_of
from app.services.reading.imports import BatchPage
from app.services.sign_ins import SignedIn, sign_in
from tests.support.identity import credit_code, identity_number
from tests.support.importing import PASSWORDS, reading_as, report, run, uploaded
from tests.support.web_world import client_of
from tests.support.workbooks import csv_with
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.roles import Post

UNITS = ("单位名称", "地区", "统一社会信用代码", "机关代字", "上级单位", "通过本系统接收文书")
PEOPLE = ("账号", "姓名", "公民身份号码", "任职单位", "岗位", "任职日期", "任职至")


def with_administrator(world: World) -> World:
    with write_transaction(world.backend.sessions) as session:
        user = found_person(session, NewPerson("sysadmin", "秦测试", session.get_one(Unit, world.organs.government.id),
                                               (Post.SYSADMIN,)))  # fmt: skip
        user.password_hash = PASSWORDS.hasher.hash("Shifan-2026")
        world.people["sysadmin"] = Actor(user.id, user.name, user.uid)
    return world


@pytest.fixture
def office(world: World) -> World:
    return with_administrator(world)


def reasons(page: BatchPage) -> dict[int, str]:
    return {fault.row: f"{fault.column.partition(' ')[2]}：{fault.reason}" for fault in page.faults}


def make(world: World, page: BatchPage) -> BatchPage:
    with reading_as(world, "sysadmin") as reader:
        confirm(reader, page.line.uid, "fine")
    run(world)
    return report(world, page.line.uid, "sysadmin")


def test_what_is_wrong_in_a_row_is_told_from_left_to_right(office: World) -> None:
    """As whoever mends the row goes through its cells, whichever check found it."""
    row = ["示例新局", "示范区", "91110", "示", "无此局", "也许"]
    page = uploaded(office, csv_with(UNITS, row), "units", "sysadmin")
    columns = [fault.column for fault in page.faults]
    assert len(columns) > 1
    assert columns == sorted(columns)


def test_units_are_entered_with_their_superiors(office: World) -> None:
    """R1: a superior may stand above in the same table; what is taken or unknown is named."""
    page = uploaded(
        office,
        csv_with(UNITS, ["示例新局", "示范区", credit_code(90), "示新", "", "是"],
                 ["示例新局下属中心", "demo", "", "", "示例新局", "否"], ["示例甲局", "示范区", "", "", "", ""],
                 ["示例又一局", "示范区", credit_code(90), "", "", ""], ["示例第三局", "示范区", "", "", "无此局", ""]),
        "units", "sysadmin",
    )  # fmt: skip
    found = reasons(page)
    assert found == {
        4: "单位名称：与名册中的单位重复", 5: "统一社会信用代码：与第2行中的单位重复",
        6: "上级单位：没有这个单位：名册中没有，本表上面的行也没有。请核对全称",
    }  # fmt: skip
    make(office, page)
    new, below = (row for row in office.rows(Unit) if row.name.startswith("示例新局"))
    assert (new.code, new.code_word, new.on_system) == (credit_code(90), "示新", True)
    assert (below.superior_id, below.on_system) == (new.id, False)
    assert [row.user_id for row in office.rows(AccessLog) if row.act == "unit_entered"] == [
        office["sysadmin"].user_id
    ] * 2


def test_people_get_accounts_posts_and_a_password_that_is_told_once(office: World) -> None:
    """trust 1.5: one row a post; the first password opens the door and is kept nowhere once it was handed out."""
    page = uploaded(
        office,
        csv_with(PEOPLE, ["zhang", "张测试", identity_number(50), "示例甲局", "单位负责人", "2026-01-01", ""],
                 ["zhang", "张测试", "", "示例丙局", "本单位授权人员", "2026-01-01", "2026-12-31"],
                 ["clerk", "李测试", "", "示例甲局", "单位负责人", "2026-01-01", ""],
                 ["mo", "莫测试", identity_number(50), "示例甲局", "审计员", "2026-01-01", ""],
                 ["ping", "平测试", "", "示例甲局", "审计员", "2026-01-01", ""],
                 ["ping", "平测试", "", "示例甲局", "单位负责人", "2026-01-01", ""],
                 ["lou", "楼测试", "", "无此局", "审计员", "2026-01-01", "2025-01-01"]),
        "people", "sysadmin",
    )  # fmt: skip
    found = reasons(page)
    assert set(found) == {4, 5, 7, 8}
    assert "账号已被使用" in found[4]
    assert "一人一个账号" in found[5]
    assert "三员分立" in found[7]
    made = make(office, page)
    assert (made.counts[RowStatus.MADE], made.has_passwords) == (3, True)
    zhang = next(row for row in office.rows(User) if row.login == "zhang")
    posts = [row for row in office.rows(PostHolding) if row.user_id == zhang.id]
    assert [(row.post, str(row.from_on), str(row.until_on)) for row in posts] == [
        ("head", "2026-01-01", "None"), ("staff", "2026-01-01", "2026-12-31")
    ]  # fmt: skip
    with reading_as(office, "sysadmin") as reader:
        told = take_first_passwords(reader, page.line.uid)
        assert [(name, login) for name, login, _ in told] == [("张测试", "zhang"), ("平测试", "ping")]
        with pytest.raises(ImportRefused, match="已经下载过"):
            take_first_passwords(reader, page.line.uid)
    database = Database(office.backend.engine, office.backend.sessions)
    entered = sign_in(database, office.backend.keys, PASSWORDS, "zhang", told[0][2], office.clock())
    assert isinstance(entered, SignedIn)
    assert entered.login == "zhang"
    assert not report(office, page.line.uid, "sysadmin").has_passwords


def test_an_account_that_was_half_made_is_finished(office: World) -> None:
    """A worker that is killed between account and post: the next one adds the post and gives another password."""
    form = {"login": "zhang", "name": "张测试", "unit": "示例甲局", "post": "head", "from_on": "2026-01-01"}
    by, key = office["sysadmin"].user_id or 0, f"import-{new_uid()}-2"
    database = Database(office.backend.engine, office.backend.sessions)
    half = registers.made_uid(f"{key.rpartition('-')[0]}/zhang")
    Accounts(database, office.backend.keys, PASSWORDS).create(
        "zhang", "张测试", "Weizhi-2026-a", office.clock(), uid=half
    )
    told = [registers.make_person(office.backend, PASSWORDS, key, form, office.clock(), by) for _ in range(2)]
    assert [(uid, bool(secret)) for uid, secret in told] == [(half, True), (half, False)]
    assert (
        len([row for row in office.rows(PostHolding) if row.post == "head" and row.unit_id == office.units["employer"]])
        == 1
    )
    assert len([row for row in office.rows(User) if row.login == "zhang"]) == 1
    unit = {"name": "示例新局", "locality": "demo"}
    made = {registers.make_unit(office.backend, key, unit, office.clock(), by) for _ in range(2)}
    assert made == {registers.made_uid(key)}


@pytest.mark.parametrize("kind", ["units", "people"])
def test_every_column_of_a_register_is_explained(office: World, kind: str) -> None:
    with reading_as(office, "sysadmin") as reader:
        columns = kind_of(kind).layout(reader, None).columns
    assert [column.heading for column in columns if not column.advice] == []


def test_only_the_system_administrator_imports_units_and_people(app: Flask, site: World) -> None:
    """T12, trust 1.6: not a clerk, not the office; and he sees no batch of records."""
    with_administrator(site)
    records = uploaded(site, csv_with(("主体名称", "来源文书类型"), ["王测试", "行政处罚"]))
    admin = client_of(app, "sysadmin")
    assert admin.get(f"/imports/{records.line.uid}").status_code == 404
    assert admin.get("/imports/template/records").status_code == 404
    people = uploaded(site, csv_with(PEOPLE, ["zhang", "张测试", "", "示例甲局", "单位负责人", "2026-01-01", ""]),
                      "people", "sysadmin")  # fmt: skip
    for role in ("clerk", "officer"):
        client = client_of(app, role)
        assert client.get("/imports/template/people").status_code == 404
        assert client.get(f"/imports/{people.line.uid}").status_code == 404
        assert client.post(f"/imports/{people.line.uid}/passwords").status_code == 404
    make(site, people)
    book = openpyxl.load_workbook(io.BytesIO(admin.post(f"/imports/{people.line.uid}/passwords").data))
    told = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[:2] for row in told if "zhang" in row] == [("张测试", "zhang")]
    assert admin.post(f"/imports/{people.line.uid}/passwords").status_code == 422
    with reading_as(site, "clerk") as reader, pytest.raises(NotFound):
        take_first_passwords(reader, people.line.uid)
