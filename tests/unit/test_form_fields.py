"""Drawing a step's form and reading it back: what is typed arrives, and what is wrong is said where it is."""

from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field
from werkzeug.datastructures import MultiDict

from app.web.forms import Kind, Option, fields_of, parse_posted, reshaped, summary_of
from tests.support.drawn_forms import drawn, submitted
from workflows.forms.repair import SubmitRepairForm
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.kit.forms import LabelledEnum, Line, OptionalLine, OptionalText, ReasonForm, StepForm, Text, parse_form
from workflows.kit.proposals import ProposeForm


class Ground(LabelledEnum):
    """Why a field is disputed."""

    WRONG = "wrong", "错误"
    MISSING = "missing", "遗漏"
    STALE = "stale", "超期"


class Service(StepForm):
    """A nested form."""

    address: OptionalLine = Field(default="", title="送达地址")
    electronic: bool = Field(default=False, title="同意电子送达")


class Dispute(StepForm):
    """One row."""

    field: Line = Field(title="异议项目")
    ground: Ground = Field(title="异议理由")
    wanted: OptionalLine = Field(default="", title="请求更正为")


class ObjectionForm(StepForm):
    """Every kind of field at once."""

    title: Line = Field(title="标题", description="写明要点。")
    reason: Text = Field(title="事实和理由")
    note: OptionalText = Field(default="", title="备注")
    happened_on: date = Field(title="发生日期")
    until_on: date | None = Field(default=None, title="截止日期")
    copies: int = Field(title="份数", ge=1, le=20)
    ground: Ground = Field(title="类别")
    second_ground: Ground | None = Field(default=None, title="其他类别")
    way: Literal["书面", "口头"] = Field(default="书面", title="方式")
    paper: bool = Field(title="是否纸质")
    urgent: bool = Field(default=False, title="加急")
    public: bool = Field(default=True, title="公开")
    asked: bool | None = Field(default=None, title="是否已经询问")
    missing: list[Line] = Field(default_factory=list, title="缺少的材料")
    grounds: tuple[Ground, ...] = Field(default=(Ground.WRONG,), title="涉及类别")
    fields: list[Dispute] = Field(min_length=1, title="异议内容")
    service: Service = Field(default_factory=Service, title="送达方式")
    evidence: list[str] = Field(default_factory=list, title="证据材料", json_schema_extra={"as": "files"})


WORDS = st.text(alphabet="异议申请ab <>&\"'%{}-1\n", min_size=1, max_size=20).map(str.strip).filter(bool)
LINES = WORDS.map(lambda text: text.replace("\n", "/"))
DAYS = st.dates(date(1949, 10, 1), date(2060, 12, 31))
DISPUTES = st.builds(Dispute, field=LINES, ground=st.sampled_from(Ground), wanted=LINES | st.just(""))
FORMS = st.builds(
    ObjectionForm,
    title=LINES,
    reason=WORDS,
    note=WORDS | st.just(""),
    happened_on=DAYS,
    until_on=DAYS | st.none(),
    copies=st.integers(1, 20),
    ground=st.sampled_from(Ground),
    second_ground=st.sampled_from(Ground) | st.none(),
    way=st.sampled_from(["书面", "口头"]),
    paper=st.booleans(),
    urgent=st.booleans(),
    public=st.booleans(),
    asked=st.booleans() | st.none(),
    missing=st.lists(LINES, max_size=3),
    grounds=st.lists(st.sampled_from(Ground), max_size=3, unique=True).map(
        lambda found: tuple(ground for ground in Ground if ground in found)
    ),
    fields=st.lists(DISPUTES, min_size=1, max_size=3),
    service=st.builds(Service, address=LINES | st.just(""), electronic=st.booleans()),
    evidence=st.lists(st.uuids().map(str), max_size=2, unique=True),
)


def field_named(name: str, given: dict[str, Any] | None = None, **more: Any) -> Any:
    drawn_fields = fields_of(ObjectionForm, given, **more)
    return next(field for top in drawn_fields for field in top.walk() if field.name == name)


@settings(max_examples=60, deadline=None)
@given(FORMS)
def test_what_is_drawn_comes_back_unchanged(form: ObjectionForm) -> None:
    """A form that is opened and submitted untouched is the same form."""
    page = drawn(fields_of(ObjectionForm, form.model_dump()))
    assert parse_form(ObjectionForm, parse_posted(ObjectionForm, submitted(page))) == form


@settings(max_examples=60, deadline=None)
@given(FORMS)
def test_stored_forms_are_drawn_as_well_as_typed_ones(form: ObjectionForm) -> None:
    """A draft or proposal is kept as JSON; drawing it gives the same page."""
    assert fields_of(ObjectionForm, form.model_dump(mode="json")) == fields_of(ObjectionForm, form.model_dump())


NAMES = st.from_regex(r"(fields|missing|service|title|copies|happened_on)(-[0-9a-z²]{0,5}){0,3}", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NAMES | st.text(max_size=8), st.text(max_size=12)), max_size=12))
def test_nothing_that_is_posted_breaks_the_reader(pairs: list[tuple[str, str]]) -> None:
    posted = MultiDict(pairs)
    content = parse_posted(ObjectionForm, posted)
    reshaped(ObjectionForm, MultiDict([*pairs, ("add", pairs[0][0] if pairs else "fields")]))
    reshaped(ObjectionForm, MultiDict([*pairs, ("remove", pairs[-1][0] if pairs else "fields-0")]))
    assert set(content) <= set(ObjectionForm.model_fields)
    with pytest.raises(FormIncomplete) as refusal:
        parse_form(ObjectionForm, content)
    lines = summary_of(fields_of(ObjectionForm, content, refusal.value.errors), refusal.value.errors)
    assert lines


def test_kinds_follow_from_the_types() -> None:
    kinds = {field.name: field.kind for field in fields_of(ObjectionForm)}
    assert kinds == {
        "title": Kind.LINE,
        "reason": Kind.TEXT,
        "note": Kind.TEXT,
        "happened_on": Kind.DATE,
        "until_on": Kind.DATE,
        "copies": Kind.NUMBER,
        "ground": Kind.RADIO,
        "second_ground": Kind.SELECT,
        "way": Kind.RADIO,
        "paper": Kind.YES_NO,
        "urgent": Kind.CHECK,
        "public": Kind.YES_NO,
        "asked": Kind.YES_NO,
        "missing": Kind.LINES,
        "grounds": Kind.MANY,
        "fields": Kind.ROWS,
        "service": Kind.GROUP,
        "evidence": Kind.FILES,
    }


def test_labels_help_and_limits_come_from_the_model() -> None:
    title, reason = field_named("title"), field_named("reason")
    assert (title.label, title.hint, title.required) == ("标题", "写明要点。", True)
    assert reason.hint == "最多4000字。"
    # The help is a sentence of its own, whether or not its author closed it.
    assert replace(reason, help="写明时间").hint == "写明时间。最多4000字。"
    assert replace(reason, help="写明时间。").hint == "写明时间。最多4000字。"
    assert field_named("fields-0-ground").options[0] == Option("wrong", "错误")
    assert not field_named("note").required


def test_a_box_to_be_ticked_states_what_it_is_ticked_for() -> None:
    """Of the title of its column, 是否已签署, a box has only what is so if it is ticked."""
    drawn = {field.name: field for field in fields_of(SubmitRepairForm, {}, ())}
    assert drawn["commitment"].label == "是否已签署信用承诺书"
    assert drawn["commitment"].statement == "已签署信用承诺书"


def test_a_label_is_taken_for_its_code() -> None:
    assert field_named("ground", {"ground": "超期"}).value == "stale"


def test_errors_stand_beside_the_field_and_in_the_summary_with_the_same_words() -> None:
    content = {"title": "甲", "happened_on": "2026-02-30", "copies": "0", "fields": [{"field": "当事人"}]}
    with pytest.raises(FormIncomplete) as refusal:
        parse_form(ObjectionForm, content)
    fields = fields_of(ObjectionForm, content, refusal.value.errors)
    lines = summary_of(fields, refusal.value.errors)
    page = drawn(fields, lines)
    summary = [(str(link["href"]), link.get_text()) for link in page.select(".error-summary a")]
    assert ("#f-fields-0-ground", "异议理由：尚未填写") in summary
    assert ("#f-copies", "份数：不得小于1") in summary
    for address, words in summary:
        target = page.select_one(address)
        assert target is not None
        described = str((target if target.get("aria-describedby") else target.parent)["aria-describedby"]).split()  # type: ignore[index]
        assert words in [page.select_one(f"#{one}").get_text() for one in described]  # type: ignore[union-attr]
    assert page.select_one("#f-happened_on")["value"] == "2026-02-30"  # type: ignore[index]
    assert page.select_one(".error-summary").has_attr("autofocus")  # type: ignore[union-attr]


def test_an_error_that_belongs_to_no_field_is_still_listed() -> None:
    with pytest.raises(FormIncomplete) as refusal:
        parse_form(ReasonForm, {"reason": "已核实", "verdict": "维持"})
    lines = summary_of(fields_of(ReasonForm, {}, refusal.value.errors), refusal.value.errors)
    assert [(line.text, line.anchor) for line in lines] == [("verdict：不是本步骤的填写项，请删去", "")]


def test_an_error_in_one_line_of_many_names_the_line() -> None:
    errors = (FieldError("missing.1", "缺少的材料", "最多200字，请精简"),)
    assert field_named("missing", {"missing": ["身份证明", "字" * 201]}, errors=errors).problem == (
        "缺少的材料：第2项最多200字，请精简"
    )


def test_a_row_is_added_and_removed_without_javascript() -> None:
    page = drawn(fields_of(ObjectionForm, {"title": "甲", "fields": [{"field": "事由"}, {"field": "日期"}]}))
    more = reshaped(ObjectionForm, submitted(page, "再加一项"))
    assert more is not None
    assert more["title"] == "甲"
    assert more["fields"] == [{"field": "事由"}, {"field": "日期"}, {}]
    page = drawn(fields_of(ObjectionForm, more))
    fewer = reshaped(ObjectionForm, submitted(page, "删除第1项"))
    assert fewer is not None
    assert fewer["fields"] == [{"field": "日期"}, {}]
    assert reshaped(ObjectionForm, submitted(page)) is None
    assert parse_posted(ObjectionForm, submitted(page))["fields"] == [{"field": "事由"}, {"field": "日期"}]


def test_two_forms_on_one_page_keep_apart_by_prefix() -> None:
    page = drawn([*fields_of(ReasonForm, {"reason": "甲"}, prefix="a"), *fields_of(ReasonForm, prefix="b")])
    posted = submitted(page)
    assert parse_posted(ReasonForm, posted, prefix="a") == {"reason": "甲"}
    assert parse_posted(ReasonForm, posted, prefix="b") == {}


def test_a_proposal_is_drawn_with_the_form_of_the_proposed_step() -> None:
    given = {"step": "decide", "form": {"reason": "证据不足"}, "opinion": "拟予维持"}
    sub_forms = {"form": ReasonForm}
    fields = fields_of(ProposeForm, given, sub_forms=sub_forms)
    assert [field.name for top in fields for field in top.walk()] == ["step", "form", "form-reason", "opinion"]
    assert parse_posted(ProposeForm, submitted(drawn(fields)), sub_forms=sub_forms) == given


def test_choices_of_the_page_turn_a_text_into_a_choice() -> None:
    choices = {"fields.field": [Option("subject", "当事人"), Option("acted_on", "行为日期")]}
    field = field_named("fields-0-field", {"fields": [{"field": "acted_on"}]}, choices=choices)
    assert (field.kind, field.value, len(field.options)) == (Kind.RADIO, "acted_on", 2)


def test_a_day_may_be_written_as_in_a_document() -> None:
    for text in ("2026年1月5日", "2026/1/5", "2026.01.05", "2026-01-05"):
        assert parse_posted(ObjectionForm, MultiDict([("happened_on", text)])) == {"happened_on": "2026-01-05"}


def test_a_required_group_left_empty_names_its_own_fields() -> None:
    class Outer(StepForm):
        """A form around a required group."""

        inner: Dispute = Field(title="异议内容")

    assert parse_posted(Outer, MultiDict()) == {"inner": {}}


def test_a_type_that_cannot_be_drawn_is_refused_when_the_page_is_made() -> None:
    class Odd(StepForm):
        """A form with a field that no page can show."""

        content: bytes = Field(title="内容")

    with pytest.raises(TypeError):
        fields_of(Odd)
