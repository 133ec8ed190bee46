"""The dry run on records and penalties: who is meant, what is doubled, what is lacking (R17, R18, R127)."""

from pathlib import Path
from typing import Any

import pytest

from app.database import Database, write_transaction
from app.models.kinds import Record
from app.models.people import Unit, User
from app.services.accounts import Accounts
from app.services.imports.batches import RowStatus, Status, confirm
from app.services.outsiders import register_outsider
from app.services.reading.imports import BatchPage
from tests.support.identity import credit_code, identity_number
from tests.support.importing import HEADINGS, PASSWORDS, reading_as, report, row_of, run, uploaded
from tests.support.workbooks import csv_with, xlsx_with
from tests.support.world import World
from workflows.kit.errors import GuardRefused


def reasons(page: BatchPage) -> dict[int, str]:
    """What is wrong, by row."""
    found: dict[int, str] = {}
    for fault in page.faults:
        found[fault.row] = f"{found.get(fault.row, '')}{fault.column.partition(' ')[2]}：{fault.reason}；"
    return found


def make(world: World, page: BatchPage, mode: str = "all") -> BatchPage:
    with reading_as(world, "clerk") as reader:
        confirm(reader, page.line.uid, mode)
    run(world)
    return report(world, page.line.uid)


def test_every_row_becomes_a_draft_of_the_unit_by_the_step_itself(world: World) -> None:
    """R17: through `create`, with its event, by the clerk; nothing is reported by itself."""
    page = uploaded(world, [row_of(1), row_of(2, 主体名称="示例丙局")])
    assert (page.line.status, page.fine, page.wrong) == (Status.CHECKED, 2, 0)
    assert world.rows(Record) == []
    made = make(world, page)
    person, unit = world.rows(Record)
    assert [record.state for record in (person, unit)] == ["draft", "draft"]
    assert {record.provider_unit_id for record in (person, unit)} == {world.units["provider"]}
    assert person.subject_person_id == world["subject"].user_id
    assert unit.subject_unit_id == world.units["subject"]
    assert (person.source_type, person.severity, person.behaviour) == ("penalty", "general", "B30")
    assert (str(person.source_on), str(person.effective_on), str(person.conduct_ended_on)) == (
        "2026-06-01", "2026-06-01", "2026-05-01"
    )  # fmt: skip
    assert [event.actor_id for event in world.events(person.uid)] == [world["clerk"].user_id]
    assert [draft.uid for draft in made.drafts] == [person.uid, unit.uid]
    assert (made.line.status, made.line.made) == (Status.MADE, 2)
    world.take("clerk", "submit", person.uid)
    assert world.state(person.uid) == "head_review"


def test_nothing_is_made_of_a_table_with_a_wrong_row_unless_that_is_wanted(world: World) -> None:
    """Issue 4.6: all or nothing; the good rows only by choice."""
    page = uploaded(world, [row_of(1), row_of(2, 文书日期="2026-02-30")])
    with reading_as(world, "clerk") as reader, pytest.raises(Exception, match="有1行有误，不能全部导入"):
        confirm(reader, page.line.uid, "all")
    run(world)
    assert world.rows(Record) == []
    made = make(world, page, "fine")
    assert [record.source_number for record in world.rows(Record)] == ["示罚〔2026〕1号"]
    assert (made.line.made, made.wrong) == (1, 1)


WRONG = (
    ({"主体名称": "无此人"}, "主体名称：名册中没有这个人或者单位"),
    ({"主体代码": identity_number(9)}, "主体代码：名册中没有这个代码"),
    ({"主体代码": f"{identity_number(9)[:17]}?"}, "主体代码：第18位只能是"),
    ({"主体代码": credit_code(3)}, "主体名称：名称与代码不是同一主体"),
    ({"主体名称": "李测试"}, "主体名称：您是当事人，应当回避"),
    ({"主体名称": "示例乙局"}, "主体名称：您在该单位任职，应当回避"),
    ({"失信行为": "B99"}, "失信行为：不是可选项"),
    ({"失信行为": "B06"}, "失信行为：“B06”只适用于单位，与主体不符"),
    ({"行为终止日期": "2026-09-02"}, "行为终止日期：行为终止日期晚于今天"),
    ({"文书日期": "2026-09-02"}, "文书日期：文书日期晚于今天"),
    ({"行为是否仍在持续": "是"}, "行为终止日期：行为仍在持续的"),
    ({"认定单位": "无此局"}, "认定单位：单位名册中没有这个单位"),
    ({"处分期（月）": "60"}, "处分期（月）：请填写1至48之间的整数"),
)


def test_what_the_step_would_refuse_is_found_in_the_dry_run(world: World) -> None:
    """R17, R18, R147: subject, recusal, catalogue, days; each alone on its row."""
    extra = ["主体代码", "行为是否仍在持续", "认定单位", "处分期（月）"]
    rows = [
        [*row_of(number, **changed), *(changed.get(heading, "") for heading in extra)]
        for number, (changed, _words) in enumerate(WRONG)
    ]
    found = reasons(uploaded(world, csv_with([*HEADINGS, *extra], *rows)))
    assert [found[row].count("；") >= 1 for row in range(2, len(WRONG) + 2)] == [True] * len(WRONG)
    for row, (_changed, words) in enumerate(WRONG, 2):
        assert found[row].startswith(words), (row, found[row])


def test_an_identity_number_finds_its_owner_and_is_kept_nowhere_in_clear(world: World, sqlite_url: str) -> None:
    """trust 1.7, T15: neither the file nor a row is readable in the database."""
    accounts = Accounts(Database(world.backend.engine, world.backend.sessions), world.backend.keys, PASSWORDS)
    number = identity_number(7)
    uid = register_outsider(accounts, "周同名", number, world.clock(), world["clerk"].user_id or 0)
    register_outsider(accounts, "周同名", identity_number(8), world.clock(), world["clerk"].user_id or 0)
    head = [*HEADINGS, "公民身份号码"]
    page = uploaded(
        world,
        csv_with(head, [*row_of(1, 主体名称="周同名"), ""], [*row_of(2, 主体名称="周同名"), number.lower()],
                 [*row_of(3), number], encoding="gb18030"),
    )  # fmt: skip
    assert "名册中有2个同名的主体" in reasons(page)[2]
    assert "名称与代码不是同一主体" in reasons(page)[4]
    assert number not in str(page)
    made = make(world, page, "fine")
    assert made.line.made == 1
    assert world.rows(Record)[0].subject_person_id == next(row.id for row in world.rows(User) if row.uid == uid)
    kept = b"".join(path.read_bytes() for path in sqlite_path(sqlite_url))
    assert number.encode() not in kept
    assert "示罚〔2026〕3号".encode() not in kept, "a row that was not made stays sealed"


def test_the_same_document_about_the_same_subject_is_told(world: World) -> None:
    """Issue 4.6: doubled in the file, or recorded by the unit before; brackets and width do not matter."""
    first = uploaded(world, [row_of(1)])
    make(world, first)
    page = uploaded(
        world,
        [row_of(1, 文书编号="示罚[２０２６]1号"), row_of(2), row_of(2), row_of(2, 失信行为="B01"),
         row_of(2, 主体名称="示例丙局")],
    )  # fmt: skip
    found = reasons(page)
    assert set(found) == {2, 4}
    assert "与本单位已有的记录（草稿）重复" in found[2]
    assert "与第3行重复" in found[4]
    assert "与第3行是同一主体、同一文书，失信行为不同，请核对是否重复" in {note.text for note in page.notes}


def test_another_units_record_is_no_hint(world: World) -> None:
    """T12: what one may not see, the dry run does not tell either."""
    world.open("other_clerk", "record", "create", "", subject=world["subject"].uid, source_type="行政处罚",
               source_number="示罚〔2026〕1号")  # fmt: skip
    assert uploaded(world, [row_of(1)]).faults == ()


def test_a_row_that_is_refused_at_last_says_why_and_the_others_are_made(world: World) -> None:
    """What changed between dry run and import: the finder was renamed away."""
    head = [*HEADINGS, "认定单位"]
    page = uploaded(world, csv_with(head, [*row_of(1), "示例丁局"], [*row_of(2), ""]))
    with write_transaction(world.backend.sessions) as session:
        session.get_one(Unit, world.units["foreign"]).name = "示例戊局"
    made = make(world, page)
    assert made.counts == {RowStatus.MADE: 1, RowStatus.REFUSED: 1}
    assert "单位名册中没有这个单位" in made.faults[0].reason
    assert made.goes_back == 1


CODES = [
    "CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_SY", "CF_YJ", "CF_NR", "CF_NR_FK", "CF_NR_WFFF", "CF_JDRQ", "CF_CFJG",
]  # fmt: skip
PENALTY = [
    "示例丙局", credit_code(3), "示罚决〔2026〕9号", "未按规定公开结果。", "《示范条例》第三条", "处五千元罚款", 0.5, 0,
    "2026-06-01", "示例乙局",
]  # fmt: skip


def test_a_penalty_of_the_public_table_becomes_a_draft_that_waits_for_its_behaviour(world: World) -> None:
    """law 9.4, R127: what it lacks is said, and the draft cannot be submitted before the clerk has chosen."""
    page = uploaded(world, xlsx_with(CODES, PENALTY), "penalties")
    assert page.faults == ()
    assert page.notes[0].text == (
        "提交审签前尚需补齐：生效日期、失信行为、失信程度、是否存在免责容错情形、确认不含国家秘密和工作秘密、行为终止日期"
    )
    make(world, page)
    (record,) = world.rows(Record)
    assert record.facts == "未按规定公开结果。\n处罚依据：《示范条例》第三条。\n处罚内容：处五千元罚款。\n罚款0.5万元。"
    assert (record.behaviour, record.severity, record.source_type) == ("", "", "penalty")
    assert (record.source_number, str(record.source_on), record.source_organ) == (
        "示罚决〔2026〕9号", "2026-06-01", "示例乙局"
    )  # fmt: skip
    with pytest.raises(GuardRefused, match=r"尚未选择失信行为.*尚未确定失信程度"):
        world.take("clerk", "submit", record.uid)


def test_columns_may_be_added_to_the_public_table(world: World) -> None:
    added: dict[str, Any] = {
        "失信行为": "B02", "失信程度": "一般", "生效日期": "2026-06-08", "行为终止日期": "2026-05-01",
        "是否存在免责容错情形": "经核对，不存在免责容错情形", "确认不含国家秘密和工作秘密": "是",
    }  # fmt: skip
    page = uploaded(world, xlsx_with([*CODES, *added], [*PENALTY, *added.values()]), "penalties")
    assert (page.faults, page.notes) == ((), ())
    make(world, page)
    world.take("clerk", "submit", world.rows(Record)[0].uid)
    assert world.rows(Record)[0].state == "head_review"


def test_a_company_is_no_subject(world: World) -> None:
    page = uploaded(world, xlsx_with(CODES, ["示例有限公司", *PENALTY[1:]]), "penalties")
    assert "名称与代码不是同一主体" in page.faults[0].reason
    page = uploaded(world, xlsx_with(CODES, ["示例有限公司", None, *PENALTY[2:]]), "penalties")
    assert "名册中没有这个人或者单位" in page.faults[0].reason


def sqlite_path(url: str) -> list[Path]:
    """The database's file and its journal."""
    path = Path(url.removeprefix("sqlite:///"))
    return [found for found in path.parent.glob(f"{path.name}*") if found.is_file()]
