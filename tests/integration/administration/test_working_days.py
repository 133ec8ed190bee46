"""工作日历 (interface 10; T6): simulated before it is applied; what moves is counted, and no case is named."""

import io
from datetime import date, timedelta

from flask import Flask

from app.models.cases import CalendarRow
from app.models.history import AccessLog
from app.services.calendar_imports import catch_up_newest
from tests.support.web_world import client_of, text_of
from tests.support.workbooks import xlsx_with
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar


def typed(day: date, **changed: str) -> dict[str, str]:
    text = f"日期,类别,名称,来源\n{day},放假,示例节,示办发〔2026〕8号\n"
    given = {"text": text, "version": "2026-2", "source": "示办发〔2026〕8号"} | changed
    return {f"calendar-{name}": value for name, value in given.items()}


def test_an_import_is_simulated_then_applied_and_logged(app: Flask, world: World) -> None:
    record = world.record_in("screening")
    term = next(row for row in world.terms(record).values() if row.nature == "duty")
    assert term.due_on is not None
    holiday = shipped_calendar().next_working_day(world.today + timedelta(days=1))
    client = client_of(app, "keeper")
    page = client.post("/calendar", data=typed(holiday) | {"act": "foresee"}).text
    assert "将调整1个" in page
    assert str(world.case(record).number) not in page
    assert len(world.rows(CalendarRow)) == 1
    assert world.terms(record)[term.key].due_on == term.due_on
    assert client.post("/calendar", data=typed(holiday) | {"act": "import"}).status_code == 303
    moved = world.terms(record)[term.key]
    assert moved.due_on == shipped_calendar().add_working_days(term.due_on, 1)
    assert "调整期限1个" in text_of(client.get("/calendar").text)
    assert [row.user_id for row in world.rows(AccessLog) if row.act == "calendar_imported"] == [world["keeper"].user_id]
    again = client.post("/calendar", data=typed(holiday + timedelta(days=30)) | {"act": "import"})
    assert (again.status_code, "已经导入过" in again.text) == (422, True)
    assert catch_up_newest(world.backend, world.clock) == 0


def test_a_workbook_is_simulated_first_like_what_is_typed(app: Flask, world: World) -> None:
    """Issue 4.6: its days stand in the field, from which they are imported; what is no table is refused by its cell."""
    client, day = client_of(app, "keeper"), world.today + timedelta(days=3)
    rows = xlsx_with(("日期", "类别", "名称", "来源"), [day, "放假", "示例节", "示办发〔2026〕8号"])
    foreseen = client.post(
        "/calendar", data=typed(day, text="") | {"act": "foresee", "table": (io.BytesIO(rows), "2026.xlsx")}
    )
    assert "试算结果" in foreseen.text
    assert f"{day},放假,示例节" in foreseen.text
    assert len(world.rows(CalendarRow)) == 1
    wrong = xlsx_with(("日期", "类别", "名称", "来源"), [day, "休", "示例节", "通知"])
    for content, said in ((wrong, "第2行类别"), (b"no workbook", "工作簿：")):
        refused = client.post(
            "/calendar", data=typed(day) | {"act": "import", "table": (io.BytesIO(content), "a.xlsx")}
        )
        assert (refused.status_code, said in refused.text) == (422, True)
    assert len(world.rows(CalendarRow)) == 1
    assert client.get("/calendar/template.xlsx").data[:2] == b"PK"


def test_the_days_are_listed_by_holiday_before_they_are_imported(app: Flask, world: World) -> None:
    """T6: read as an office writes them, with the notice of the form as their source."""
    days = (
        "2026/5/1,放假,劳动节",
        "2026年5月5日,放假,劳动节",
        "2026.5.9,上班,劳动节",
        "2026-12-31,放假,元旦",
        "2026-1-1,放假,元旦",
    )
    text = "\n".join(("日期,类别,名称", *days))
    client = client_of(app, "keeper")
    assert "导入后立即施行，不经另一人确认" in text_of(client.get("/calendar").text)
    page = text_of(client.post("/calendar", data=typed(world.today, text=text) | {"act": "foresee"}).text)
    for words in (
        "劳动节2026年5月1日至2026年5月5日，共5天2026年5月9日（周六）",
        "元旦2026年1月1日，共1天无",
        "元旦2026年12月31日，共1天",
    ):
        assert words in "".join(page.split()), words
    assert len(world.rows(CalendarRow)) == 1


def test_several_faults_are_a_list_and_not_a_paragraph(app: Flask, world: World) -> None:
    text = "日期,类别,名称\n2027-02-30,放假,某节\n2027-05-01,休,某节\n"
    page = client_of(app, "keeper").post("/calendar", data=typed(world.today, text=text) | {"act": "foresee"}).text
    assert "<li>第3行：类别“休”无法识别，应当为“放假”或者“上班”。</li>" in page
    assert text_of(page).count("第2行：日期") == 1
    assert "放假安排：有2处需要改正" in text_of(page)


def test_what_is_wrong_with_the_days_comes_back(app: Flask, world: World) -> None:
    client = client_of(app, "keeper")
    wrong = client.post("/calendar", data=typed(world.today, text="日期,类别,名称,来源\n2026-02-30,休,x,y"))
    assert wrong.status_code == 422
    assert "第2行" in wrong.text
    assert "2026-02-30,休" in wrong.text
    assert client.post("/calendar", data=typed(world.today, source="")).status_code == 422
    assert len(world.rows(CalendarRow)) == 1
