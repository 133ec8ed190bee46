"""A page with everything the macros draw, so that they are looked at before any case exists."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from app.web.forms import fields_of, parse_posted, reshaped, summary_of
from app.web.lights import AWAITING, NO_TERM, PAUSED, running_light
from app.web.views import Identity, Link, TermView, TimelineEntry, strip_of
from workflows.kit.calendar import shipped_calendar
from workflows.kit.counting import Counting, Extension, Nature, Pause, Span, Unit, ledger
from workflows.kit.errors import FieldError, FormIncomplete, GuardRefused, Stale, UnmetGuard
from workflows.kit.forms import LabelledEnum, Line, OptionalLine, OptionalText, StepForm, Text, parse_form
from workflows.rules.model import Grade

gallery = Blueprint("gallery", __name__, template_folder="templates", url_prefix="/gallery")
TODAY = date(2026, 9, 18)


class Ground(LabelledEnum):
    """Grounds of an objection."""

    WRONG = "wrong", "错误"
    MISSING = "missing", "遗漏"
    STALE = "stale", "超期"


class DisputedField(StepForm):
    """One disputed field."""

    field: Line = Field(title="异议项目")
    ground: Ground = Field(title="异议理由")
    wanted: OptionalLine = Field(default="", title="请求更正为")


class SampleForm(StepForm):
    """A form with a field of every kind."""

    reason: Text = Field(title="事实和理由", description="写明时间、经过和依据。")
    contact: Line = Field(title="联系电话")
    happened_on: date = Field(title="知悉日期")
    copies: int = Field(title="材料份数", ge=1, le=99)
    fields: list[DisputedField] = Field(min_length=1, title="异议内容")
    missing: list[Line] = Field(default_factory=list, title="缺少的材料")
    grounds: list[Ground] = Field(default_factory=list, title="涉及类别")
    second: Ground | None = Field(default=None, title="其他理由")
    own: bool = Field(title="是否本人办理")
    electronic: bool = Field(default=False, title="同意电子送达")
    note: OptionalText = Field(default="", title="备注")
    evidence: list[str] = Field(default_factory=list, title="证据材料", json_schema_extra={"as": "files"})


@gallery.get("/parts")
def parts() -> ResponseReturnValue:
    return render_template(
        "gallery.html",
        lights=[
            running_light(date(2026, 9, 16), TODAY, 2),
            running_light(TODAY, TODAY, 0),
            running_light(date(2026, 9, 22), TODAY, 2),
            running_light(date(2027, 1, 4), TODAY, 68, provisional=True),
            PAUSED,
            AWAITING,
            NO_TERM,
        ],
        identity=Identity(
            "对政府机构失信记录的异议",
            "示信异〔2026〕17号",
            "示例局（统一社会信用代码11***********002X）",
            "核查中",
            "open",
            running_light(date(2026, 9, 22), TODAY, 2),
            ("涉及个人信息",),
        ),
        strip=strip_of(["提出", "受理", "核查", "签发", "审定"], 2),
        pairs=[("异议人", "王测试"), ("异议理由", "错误"), ("备注", "")],
        entries=_entries(),
        terms=_terms(),
    )


@gallery.route("/form", methods=["GET", "POST"])
def form() -> ResponseReturnValue:
    given: dict[str, Any] = {}
    errors: tuple[FieldError, ...] = ()
    if request.method == "POST":
        changed = reshaped(SampleForm, request.form)
        given = changed or parse_posted(SampleForm, request.form)
        if changed is None:
            try:
                parse_form(SampleForm, given)
            except FormIncomplete as refusal:
                errors = refusal.errors
            else:
                return render_template("gallery_done.html")
    fields = fields_of(SampleForm, given, errors)
    page = render_template("gallery_form.html", fields=fields, lines=summary_of(fields, errors), failed=bool(errors))
    return page, 422 if errors else 200


@gallery.route("/refusal/<name>", methods=["GET", "POST"])
def refusal(name: str) -> ResponseReturnValue:
    if name == "stale":
        raise Stale("李测试")
    if name == "unmet":
        raise GuardRefused(
            (
                UnmetGuard("not_recused", "没有应当回避的情形", "您应当回避：与当事人有近亲属关系"),
                UnmetGuard("old_enough", "公示已满最短期限", "公示未满六个月", date(2027, 3, 18)),
            )
        )
    if name == "crash":
        raise RuntimeError("王测试 must not be shown")
    abort(int(name))


def _entries() -> list[TimelineEntry]:
    return [
        TimelineEntry(datetime(2026, 9, 14, 1, 30, tzinfo=UTC), 1, "提出异议", "王测试（当事人）", "已提交"),
        TimelineEntry(
            datetime(2026, 9, 15, 2, 5, tzinfo=UTC),
            2,
            "受理",
            "李测试（信用管理部门经办人）",
            "核查中",
            ("异议材料齐全，予以受理。",),
            (Link("异议受理通知书（PDF）", "#"),),
        ),
        TimelineEntry(datetime(2026, 9, 17, 16, 0, tzinfo=UTC), 3, "催办", lines=("核查期限将于三个工作日后届满。",)),
    ]


def _terms() -> list[TermView]:
    calendar = shipped_calendar()
    counting = Counting(
        Nature.DUTY,
        Span(10, Unit.WD),
        date(2026, 9, 18),
        (Pause(date(2026, 9, 22), date(2026, 9, 24), "等待当事人补正"),),
        (Extension(Span(5, Unit.WD), date(2026, 10, 9), "《示范区办法》第十二条"),),
    )
    due = ledger(counting, calendar)
    assert due.due_on is not None
    return [
        TermView.counted(
            "objection.answer",
            "核查答复",
            counting,
            due,
            today=TODAY,
            basis="《示范区政务诚信管理办法》第十一条",
            start="受理之日（2026年9月18日，当日不计）",
            grade=Grade.I,
            light=running_light(due.due_on, TODAY, 15),
        ),
        TermView(
            "review", "申请复核", "五个工作日", "《示范区政务诚信管理办法》第十三条", "收到决定之日", Grade.V, AWAITING
        ),
    ]
