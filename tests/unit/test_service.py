"""送达: what each method asks for, what it may end in, and on which day (R142; 民事诉讼法 arts. 87–95)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.judging import taken, unmet
from tests.support.situation import TODAY, situation
from workflows.forms.notice import ServiceMethod
from workflows.forms.service import SENT, SERVED, ConfirmServiceForm, DispatchForm
from workflows.kit.context import Context
from workflows.kit.errors import FieldError, FormIncomplete, NotPermitted
from workflows.kit.forms import parse_form
from workflows.notice import NOTICE
from workflows.notice_guards import methods_after
from workflows.roles import Capacity as C

ISSUED = date(2026, 11, 16)
#: A valid content for each method; every value is asked for, so that leaving one out is noticed.
SENT_OUT: dict[str, dict[str, Any]] = {
    "direct": {},
    "electronic": {},
    "post": {"tracking_number": "演示邮1001", "posted_on": TODAY.isoformat()},
    "entrusted": {"via": "示例丁局"},
    "through_unit": {"via": "示范监所", "ground": "imprisoned"},
}
LATER = "回证原件随卷"
CAME_ABOUT: dict[str, dict[str, Any]] = {
    "direct": {"hour": "15:30", "place": "示例甲局", "receiver": "self", "signed_by": "王测试"},
    "leaving": {"hour": "15:30", "place": "示例甲局", "refusal_reason": "拒绝签收"},
    "electronic": {},
    "post": {"slip_number": "演示1号"},
    "entrusted": {"receiver": "self", "signed_by": "王测试"},
    "through_unit": {"signed_by": "王测试"},
}
#: What makes up for the 送达回证 that is not uploaded yet.
UNPROVED = {
    "direct": {"no_receipt_reason": LATER},
    "leaving": {"no_receipt_reason": LATER, "witness": "示例丙局办公室主任李测试"},
    "entrusted": {"no_receipt_reason": LATER},
    "through_unit": {"no_receipt_reason": LATER},
}


def notice(state: str, *capacities: C, **more: Any) -> Context:
    """A notice to a person who agreed to electronic service, issued on `ISSUED`."""
    base: dict[str, Any] = {
        "signer": C.SUPERVISOR.value,
        "electronic": True,
        "issued_on": ISSUED,
        "method": "direct",
        "recipient_unit_id": None,
    }
    return situation(state, *capacities, **(base | more))


def served(method: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "served_on": TODAY, **CAME_ABOUT[method], **UNPROVED.get(method, {}), **more}


def errors_of(model: type[DispatchForm] | type[ConfirmServiceForm], given: dict[str, Any]) -> dict[str, FieldError]:
    """What is wrong with a form, by field."""
    with pytest.raises(FormIncomplete) as refusal:
        parse_form(model, given)
    return {error.field: error for error in refusal.value.errors}


def test_every_method_has_its_fields() -> None:
    """R142: the samples of this file are what the tables of fields demand, no more and no less."""
    assert {method.value: asked.required for method, asked in SENT.items()} == {
        method: frozenset(content) for method, content in SENT_OUT.items()
    }
    assert {method.value: asked.required for method, asked in SERVED.items()} == {
        method: frozenset(content) for method, content in CAME_ABOUT.items()
    }


@pytest.mark.parametrize("method", SENT_OUT)
def test_a_notice_is_sent_out_with_the_fields_of_its_method(method: str) -> None:
    """R142: 送出."""
    ctx = notice("issued", C.OFFICE, form={"method": method, **SENT_OUT[method]})
    assert taken(NOTICE, "dispatch", ctx).to_state.key == "dispatched"


@pytest.mark.parametrize(("method", "missing"), [(m, field) for m, content in SENT_OUT.items() for field in content])
def test_what_is_missing_when_sending_is_named_at_its_field(method: str, missing: str) -> None:
    """R142: in Chinese, at the field."""
    given = {"method": method, **SENT_OUT[method]}
    del given[missing]
    error = errors_of(DispatchForm, given)[missing]
    assert error.message == f"{ServiceMethod(method).label}应当填写本项"


@pytest.mark.parametrize(("method", "missing"), [(m, field) for m, content in CAME_ABOUT.items() for field in content])
def test_what_is_missing_in_a_receipt_is_named_at_its_field(method: str, missing: str) -> None:
    """R142: what the 送达回证 must hold."""
    given = served(method)
    del given[missing]
    assert list(errors_of(ConfirmServiceForm, given)) == [missing]


@pytest.mark.parametrize(
    ("method", "strange"),
    [("post", {"witness": "李测试"}), ("direct", {"slip_number": "演示1号"}), ("electronic", {"signed_by": "王测试"})],
)
def test_a_field_of_another_method_is_refused(method: str, strange: dict[str, str]) -> None:
    """R142: what does not belong together is not registered together."""
    (error,) = errors_of(ConfirmServiceForm, served(method, **strange)).values()
    assert error.field in strange
    assert error.message == f"{ServiceMethod(method).label}不填写本项，请清空，或者改选送达方式"


@pytest.mark.parametrize(
    ("method", "words"), [("announcement", "公告送达应当在其他方式送达未成后"), ("leaving", "请先按直接送达送出")]
)
def test_nothing_is_sent_out_by_announcement_or_by_leaving(method: str, words: str) -> None:
    """R142: the one is a step of its own, the other what a refusal ends in."""
    assert words in errors_of(DispatchForm, {"method": method})["method"].message


@pytest.mark.parametrize("step", ["dispatch", "redispatch"])
def test_electronic_service_needs_the_recipients_consent(step: str) -> None:
    """R142: a signed 送达地址确认书; other methods do not."""
    state = "issued" if step == "dispatch" else "undeliverable"
    refused = notice(state, C.OFFICE, electronic=False, form={"method": "electronic"})
    assert "can_be_served_electronically" in unmet(NOTICE, step, refused)
    assert taken(NOTICE, step, notice(state, C.OFFICE, electronic=False, form={"method": "直接送达"})).moved


def test_a_notice_to_a_unit_is_not_passed_on() -> None:
    """民事诉讼法 arts. 92, 93: 转交 is for soldiers and detained persons."""
    form = {"method": "through_unit", **SENT_OUT["through_unit"]}
    refused = notice("issued", C.OFFICE, recipient_unit_id=7, form=form)
    assert "受送达人是单位的" in unmet(NOTICE, "dispatch", refused)["can_be_passed_on"]


@pytest.mark.parametrize(
    ("day", "words"),
    [(ISSUED, ""), (TODAY, ""), (TODAY + timedelta(1), "不得晚于今天"), (date(2026, 11, 15), "不得早于")],
)
def test_days_lie_between_issue_and_today(day: date, words: str) -> None:
    """R142: the day arms terms, so it is checked; also the days of posting and of the announcement."""
    posted = {"method": "post", "tracking_number": "演示邮1001", "posted_on": day}
    announced = {"posted_on": day, "place": "区政府门户网站", "reason": "下落不明"}
    tried = {"times_taken": 1}
    for step, state, who, form, guard in (
        ("confirm_service", "dispatched", C.OFFICE, served("direct", served_on=day), "served_not_in_the_future"),
        ("dispatch", "issued", C.OFFICE, posted, "posted_not_in_the_future"),
        ("announce", "undeliverable", C.SUPERVISOR, announced, "announced_not_in_the_future"),
    ):
        ctx = notice(state, who, form=form, told=tried)
        if words:
            assert words in unmet(NOTICE, step, ctx)[guard]
        else:
            assert taken(NOTICE, step, ctx).moved


@pytest.mark.parametrize(
    ("sent", "possible"),
    [
        (ServiceMethod.DIRECT, "direct leaving"),
        (ServiceMethod.POST, "post direct"),
        (ServiceMethod.ENTRUSTED, "entrusted direct leaving"),
        (ServiceMethod.THROUGH_UNIT, "through_unit direct"),
        (ServiceMethod.ANNOUNCEMENT, "direct"),
    ],
)
def test_a_service_is_registered_as_what_its_dispatch_can_end_in(sent: ServiceMethod, possible: str) -> None:
    """R142: a letter does not end in leaving; whoever is called in and signs is served directly."""
    assert [method.value for method in methods_after(sent)] == possible.split()
    for method in CAME_ABOUT:
        ctx = notice("dispatched", C.OFFICE, method=sent.value, form=served(method))
        if method in possible.split():
            assert taken(NOTICE, "confirm_service", ctx).to_state.key == "served"
        else:
            assert "method_follows_the_dispatch" in unmet(NOTICE, "confirm_service", ctx)


def test_a_unit_is_served_on_its_own_people_and_a_person_on_his() -> None:
    """民事诉讼法 art. 88."""
    family = served("direct", receiver="family", relation="配偶")
    assert taken(NOTICE, "confirm_service", notice("dispatched", C.OFFICE, form=family)).moved
    unit = notice("dispatched", C.OFFICE, recipient_unit_id=7, form=family)
    assert "单位负责收件的人员" in unmet(NOTICE, "confirm_service", unit)["signed_for_by_the_right_one"]


def test_a_relative_says_how_he_is_related() -> None:
    """民事诉讼法 art. 88: 同住的成年家属."""
    assert list(errors_of(ConfirmServiceForm, served("direct", receiver="family"))) == ["relation"]


@pytest.mark.parametrize("method", ["direct", "leaving", "entrusted", "through_unit"])
def test_service_in_person_needs_its_receipt_or_a_reason(method: str) -> None:
    """民事诉讼法 art. 87: 送达必须有送达回证."""
    given = served(method)
    del given["no_receipt_reason"]
    assert "送达应当有送达回证" in errors_of(ConfirmServiceForm, given)["no_receipt_reason"].message
    proved = parse_form(ConfirmServiceForm, {**given, "files": ["u1"]})
    assert proved.model_dump()["files"] == ["u1"]


def test_leaving_without_a_witness_needs_a_picture() -> None:
    """民事诉讼法 art. 89: a reason does not replace it."""
    given = served("leaving")
    del given["witness"]
    assert "拍照或者录像截图" in errors_of(ConfirmServiceForm, given)["files"].message
    proved = parse_form(ConfirmServiceForm, {**given, "files": ["u1"]})
    assert proved.model_dump()["files"] == ["u1"]


@pytest.mark.parametrize(("hour", "good"), [("15:30", True), ("9：05", True), ("25:00", False), ("下午三点", False)])
def test_an_hour_is_one_of_the_day(hour: str, good: bool) -> None:
    """R142: 送达回证 bears day and hour."""
    if good:
        form = parse_form(ConfirmServiceForm, served("direct", hour=hour))
        assert isinstance(form, ConfirmServiceForm)
        assert form.hour == hour.replace("：", ":")
    else:
        assert "15:30" in errors_of(ConfirmServiceForm, served("direct", hour=hour))["hour"].message


def test_an_announcement_comes_after_other_methods_failed() -> None:
    """R142: 公告送达 is the last resort, and served when its term is over."""
    form = {"posted_on": TODAY, "place": "示范区政务公告栏", "reason": "下落不明"}
    first = notice("undeliverable", C.SUPERVISOR, form=form)
    assert "earlier_methods_failed" in unmet(NOTICE, "announce", first)
    assert taken(NOTICE, "announce", notice("undeliverable", C.SUPERVISOR, form=form, told={"times_taken": 1})).moved
    assert taken(NOTICE, "deem_served", notice("announced", C.SYSTEM)).to_state.key == "served"
    with pytest.raises(NotPermitted):
        taken(NOTICE, "deem_served", notice("announced", C.OFFICE, C.SUPERVISOR))


def test_a_receipt_is_handed_in_later_and_changes_nothing_else() -> None:
    """R142: 补交送达回证."""
    assert not taken(NOTICE, "add_receipt", notice("served", C.OFFICE, form={"files": ["u1"]})).moved
    with pytest.raises(FormIncomplete, match="送达回证"):
        taken(NOTICE, "add_receipt", notice("served", C.OFFICE, form={"files": []}))
