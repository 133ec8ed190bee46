"""单位 (interface 10; R1): entered, put right, renamed from a day on; what was signed or closed keeps the old name."""

from datetime import timedelta

from flask import Flask

from app.models.history import AccessLog
from app.models.kinds import Notice
from app.models.people import Unit, UnitName
from app.services.units.names import apply_due_names
from tests.support.identity import credit_code
from tests.support.web_world import client_of, text_of
from tests.support.world import World
from workflows.kit.storable import in_words

FORM = {"name": "示例新局", "locality": "demo", "kind": "department", "on_system": "true"}


def posted(form: dict[str, str], name: str) -> dict[str, str]:
    return {f"{name}-{key}": value for key, value in form.items()}


def unit(world: World, name: str) -> Unit:
    return next(row for row in world.rows(Unit) if row.name == name)


def rename(app: Flask, world: World, name: str, from_on: str, basis: str = "示编〔2026〕3号") -> tuple[int, str]:
    """The answer of one who has looked at what a past day means."""
    uid = world.unit_uids["provider"]
    form = posted({"name": name, "from_on": from_on, "basis": basis}, "rename") | {"sure": from_on}
    answer = client_of(app, "sysadmin").post(f"/units/{uid}/name", data=form)
    return answer.status_code, answer.text


def told(world: World, act: str) -> list[str]:
    return [row.purpose for row in world.rows(AccessLog) if row.act == act]


def test_a_unit_is_entered_put_right_and_its_changes_are_logged(app: Flask, world: World) -> None:
    client = client_of(app, "sysadmin")
    code = credit_code(77)
    made = client.post("/units/new", data=posted(FORM | {"code": code, "code_word": "示新"}, "new"))
    assert made.status_code == 303
    where = made.headers["Location"]
    assert code in client.get(where).text
    facts = {
        "code": code,
        "code_word": "示新",
        "kind": "department",
        "responsibilities": "市场监督",
        "on_system": "false",
    }
    assert client.post(f"{where}/facts", data=posted(facts, "facts")).status_code == 303
    page = text_of(client.get(where).text)
    assert "职责：无→市场监督；文书送达：True→False" not in page
    assert "职责：无→市场监督" in page
    assert unit(world, "示例新局").on_system is False
    assert client.post(f"{where}/facts", data=posted(facts, "facts")).status_code == 303
    logged = [row.act for row in world.rows(AccessLog) if row.target == unit(world, "示例新局").uid]
    assert logged == ["unit_entered", "unit_changed"], "what did not change is not logged"


def test_what_is_taken_or_wrong_stands_beside_its_field(app: Flask, world: World) -> None:
    client = client_of(app, "sysadmin")
    taken = unit(world, "示例乙局")
    wrong = {"name": "示例乙局"}
    for changed, words in (
        (wrong, "已经登记或者曾经使用"),
        ({"code": "11110101"}, "少10位"),
        ({"code": taken.code or ""}, "另一单位已经登记"),
        ({"code_word": taken.code_word}, "不得共用一列编号"),
        ({"superior": "nowhere"}, "没有这个单位"),
        ({"locality": "nowhere"}, "没有这个地区"),
        ({"name": ""}, "尚未填写"),
    ):
        answer = client.post("/units/new", data=posted(FORM | changed, "new"))
        assert (answer.status_code, words in text_of(answer.text)) == (422, True), words


def test_the_office_keeps_the_code_word_of_its_rule_set(app: Flask, world: World) -> None:
    """Numbers: 机关代字 of the credit office is law (`office_code_word`), not a setting of the administrator."""
    client, office = client_of(app, "sysadmin"), world.organs.office
    facts = posted({"code_word": "示新用", "on_system": "true"}, "facts")
    answer = client.post(f"/units/{office.uid}/facts", data=facts)
    assert (answer.status_code, "由规则集规定" in answer.text) == (422, True)
    below = posted({"superior": world.unit_uids["provider"], "on_system": "true"}, "facts")
    assert "本单位的下级" in client.post(f"/units/{world.organs.government.uid}/facts", data=below).text


def test_a_name_begins_on_its_day_and_both_names_find_the_unit(app: Flask, world: World) -> None:
    """A day to come changes nothing yet; the round that follows midnight of it does."""
    later = world.today + timedelta(days=10)
    assert rename(app, world, "示例乙委员会", later.isoformat())[0] == 303
    assert unit(world, "示例乙局").uid == world.unit_uids["provider"]
    with app.extensions["zhengcheng"].database.write() as session:
        assert apply_due_names(session, later - timedelta(days=1)) == 0
        assert apply_due_names(session, later) == 1
        assert apply_due_names(session, later) == 0
    assert unit(world, "示例乙委员会").uid == world.unit_uids["provider"]
    client = client_of(app, "sysadmin")
    for name in ("示例乙局", "示例乙委员会"):
        assert "示例乙委员会" in client.get("/units", query_string={"q": name}).text
    client.post(f"/units/{world.unit_uids['foreign']}/name", data={})
    answer = client.post(
        f"/units/{world.unit_uids['foreign']}/name",
        data=posted({"name": "示例乙局", "from_on": later.isoformat(), "basis": "示编"}, "rename"),
    )
    assert (answer.status_code, "曾经使用" in answer.text) == (422, True)


def test_a_rename_says_what_is_wrong(app: Flask, world: World) -> None:
    today = world.today.isoformat()
    assert "与现名称相同" in rename(app, world, "示例乙局", today)[1]
    assert rename(app, world, "示例乙委员会", today)[0] == 303
    assert "须晚于上次更名的日期" in rename(app, world, "示例乙厅", today)[1]
    assert rename(app, world, "示例乙厅", "2026-13-01")[0] == 422
    assert len(world.rows(UnitName)) == 2


def test_signed_notices_and_closed_cases_keep_the_old_name(app: Flask, world: World) -> None:
    closed, still_open = world.record_in("declined"), world.record_in("screening")
    signed = next(row.context for row in world.rows(Notice) if row.context)
    world.go(world.today + timedelta(days=1))
    assert rename(app, world, "示例乙委员会", world.today.isoformat())[0] == 303
    client = client_of(app, "officer")
    assert "示例乙委员会" not in client.get(f"/cases/{closed}").text
    assert "示例乙局" in client.get(f"/cases/{closed}").text
    assert "示例乙委员会" in client.get(f"/cases/{still_open}").text
    assert signed == next(row.context for row in world.rows(Notice) if row.context)
    listed = text_of(client.get("/cases").text)
    assert "示例乙局" in listed
    assert "示例乙委员会" in listed


def test_a_rename_of_today_is_logged_with_the_name_that_it_ends(app: Flask, world: World) -> None:
    """Trust 1.6: the auditor reads from which name to which."""
    day = in_words(world.today)
    assert rename(app, world, "示例乙委员会", world.today.isoformat())[0] == 303
    assert told(world, "unit_renamed") == [f"示例乙局→示例乙委员会，自{day}起，示编〔2026〕3号"]
    page = text_of(client_of(app, "sysadmin").get(f"/units/{world.unit_uids['provider']}").text)
    assert f"示例乙局→示例乙委员会，自{day}起" in page


def test_a_rename_to_come_can_be_withdrawn(app: Flask, world: World) -> None:
    """What has not begun leaves nothing behind but the log; the name is free again."""
    later = world.today + timedelta(days=10)
    assert rename(app, world, "示例乙委员会", later.isoformat())[0] == 303
    client, uid = client_of(app, "sysadmin"), world.unit_uids["provider"]
    assert "撤回更名" in client.get(f"/units/{uid}").text
    where = f"/units/{uid}/name/{later.isoformat()}/withdraw"
    assert client.post(where, data={"withdraw-reason": ""}).status_code == 422
    answer = client.post(where, data={"withdraw-reason": "录入有误"})
    assert answer.status_code == 303
    page = text_of(client.get(f"/units/{uid}").text)
    assert "没有更名" in page
    assert told(world, "unit_rename_withdrawn") == [f"示例乙委员会，原定自{in_words(later)}起：录入有误"]
    assert world.rows(UnitName) == []
    assert client.post(where, data={"withdraw-reason": "录入有误"}).status_code == 404
    assert rename(app, world, "示例乙委员会", world.today.isoformat())[0] == 303
    begun = f"/units/{uid}/name/{world.today.isoformat()}/withdraw"
    assert client.post(begun, data={"withdraw-reason": "录入有误"}).status_code == 422
    assert unit(world, "示例乙委员会").uid == uid


def test_of_two_renames_to_come_the_later_is_withdrawn_first(app: Flask, world: World) -> None:
    """Else the name before and after the later one would be the same."""
    sooner, later = (world.today + timedelta(days=days) for days in (10, 20))
    assert rename(app, world, "示例乙委员会", sooner.isoformat())[0] == 303
    assert rename(app, world, "示例乙局", later.isoformat())[0] == 303
    client, uid = client_of(app, "sysadmin"), world.unit_uids["provider"]
    page = client.get(f"/units/{uid}").text
    assert f"/name/{later.isoformat()}/withdraw" in page
    assert f"/name/{sooner.isoformat()}/withdraw" not in page
    refused = client.post(f"/units/{uid}/name/{sooner.isoformat()}/withdraw", data={"withdraw-reason": "录入有误"})
    assert (refused.status_code, f"自{in_words(later)}起的更名" in refused.text) == (422, True)
    for day in (later, sooner):
        taken = client.post(f"/units/{uid}/name/{day.isoformat()}/withdraw", data={"withdraw-reason": "录入有误"})
        assert taken.status_code == 303, day
    assert world.rows(UnitName) == []


def test_a_wrong_name_in_force_is_put_right_by_the_former_one(app: Flask, world: World) -> None:
    """A name belongs to one unit; that unit may bear it again."""
    assert rename(app, world, "示例乙委", world.today.isoformat())[0] == 303
    tomorrow = (world.today + timedelta(days=1)).isoformat()
    assert rename(app, world, "示例乙局", tomorrow)[0] == 303
    with app.extensions["zhengcheng"].database.write() as session:
        assert apply_due_names(session, world.today + timedelta(days=1)) == 1
    assert unit(world, "示例乙局").uid == world.unit_uids["provider"]


def test_a_day_in_the_past_is_asked_about_before_it_is_entered(app: Flask, world: World) -> None:
    client, uid = client_of(app, "sysadmin"), world.unit_uids["provider"]
    form = posted({"name": "示例乙委员会", "from_on": "2020-01-01", "basis": "示编〔2019〕9号"}, "rename")
    asked = client.post(f"/units/{uid}/name", data=form)
    assert asked.status_code == 200
    assert "启用日期2020年1月1日早于今日" in text_of(asked.text)
    assert world.rows(UnitName) == []
    assert client.post(f"/units/{uid}/name", data=form | {"sure": "2019-01-01"}).status_code == 200
    assert client.post(f"/units/{uid}/name", data=form | {"sure": "2020-01-01"}).status_code == 303
    assert unit(world, "示例乙委员会").uid == uid


def test_a_name_entered_late_leaves_what_was_closed_before_as_it_was(app: Flask, world: World) -> None:
    """What ended before the name was entered ended under the old one, whatever day the new one is said to begin."""
    closed = world.record_in("declined")
    world.go(world.today + timedelta(days=1))
    assert rename(app, world, "示例乙委员会", "2020-01-01")[0] == 303
    page = client_of(app, "officer").get(f"/cases/{closed}").text
    assert "示例乙局" in page
    assert "示例乙委员会" not in page
