"""Bodies about cases: lists, one case with its terms and possible acts, its history and documents."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.bodies.base import Given, PageKey
from workflows.kit.forms import StepForm

FileUid = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]


class CaseQuery(StepForm):
    """Conditions of the list of cases; empty means any."""

    kind: str = Field(default="", max_length=20, title="事项类别", description="程序代码，例如 record、objection")
    state: str = Field(default="", max_length=30, title="状态", description="状态代码；须同时写明事项类别")
    words: str = Field(default="", max_length=80, title="查找", description="编号、姓名、名称或者其他文字")
    due: Literal["late", "today", "near", "week"] | None = Field(
        default=None, title="期限", description="late 已经逾期，today 今日到期，near 三个工作日内到期，week 本周到期"
    )
    before: PageKey | None = Field(default=None, title="翻页", description="上一页的 next；不填为第一页")


class TermLine(Given):
    """The governing term of a case; `days` are working days that are left, or by which it is overdue."""

    key: str
    status: str
    due_on: date | None
    days: int
    provisional: bool = Field(description="届满日所在年度的放假安排尚未公布，可能调整")


class CaseLineBody(Given):
    """A case as a line of a list."""

    uid: str
    kind: str
    kind_label: str
    title: str
    number: str
    subject: str
    state: str
    state_label: str
    phase: str = Field(description="open 办理中，decided 已作出决定，closed 已办结")
    version: int
    holder: str
    holder_label: str
    from_unit: str
    opened_on: date | None
    outcome: str
    term: TermLine | None


class CaseList(Given):
    """One page of cases, newest first; `next` is the value of `before` for the next page."""

    items: list[CaseLineBody]
    count: int = Field(description="件数，数到 1000 为止")
    more_than_counted: bool = Field(description="是否不止 1000 件")
    notes: list[str] = Field(description="查找内容中未作为条件的部分及原因")
    next: int | None


class ActBody(Given):
    """An act that the table offers here. `reasons` say why it is not possible now; `opens` is the kind it begins."""

    step: str
    label: str
    possible: bool
    reasons: list[str]
    on_proposal: bool
    opens: str
    notices: list[str] = Field(description="办理后制作的文书")


class LengthBody(Given):
    """A length: WD working days, D days, M months, Y years."""

    number: int
    unit: str
    text: str


class LedgerDayBody(Given):
    """One day of a term: its number where it is counted, and why."""

    on: date
    counted: int | None
    reason: str
    leg: int


class TermBody(Given):
    """A term of the case with its ledger: every day counted or skipped, and why."""

    key: str
    label: str
    nature: str
    holder: str
    length: LengthBody
    basis: str
    grade: str = Field(description="依据的证据等级；B、I 级待核")
    start: str
    status: str
    status_label: str
    due_on: date | None
    days: int
    provisional: bool
    ended_on: date | None
    ledger: list[LedgerDayBody]


class SummaryLine(Given):
    """One line of what the case is about."""

    label: str
    text: str


class CaseBody(CaseLineBody):
    """One case: where it stands, what may be done, and until when."""

    resting: str
    marks: list[str]
    capacities: list[str]
    holds: bool = Field(description="是否轮到本单位办理")
    summary: list[SummaryLine]
    acts: list[ActBody]
    terms: list[TermBody]
    parent: CaseLineBody | None
    related: list[CaseLineBody]


class EventBody(Given):
    """One event of the history; an empty author is the system."""

    seq: int
    at: datetime
    act: str
    author: str
    led_to: str
    lines: list[str]


class HistoryBody(Given):
    """What this token may read of the history, newest first."""

    items: list[EventBody]


class TermList(Given):
    """The terms of the case, live ones first."""

    items: list[TermBody]


class StepBody(StepForm):
    """What is filled in for a step: see the form of the step under /procedures."""

    form: dict[str, object] = Field(default_factory=dict, title="填写内容")
    files: list[FileUid] = Field(
        default_factory=list,
        max_length=20,
        title="所附文件",
        description="已为本步骤上传的文件的编号；表单有 files 项的，列入该项",
    )


class OpeningBody(StepForm):
    """The opening step of a new case; `parent` is the uid of the record on which it hangs."""

    kind: str = Field(min_length=1, max_length=20, title="事项类别")
    step: str = Field(min_length=1, max_length=40, title="步骤")
    parent: str = Field(default="", max_length=36, title="所涉记录")
    form: dict[str, object] = Field(default_factory=dict, title="填写内容")


class TakenBody(Given):
    """What came of a step. `repeated`: the same key had taken it before, and nothing was done twice."""

    uid: str
    kind: str
    step: str
    state: str
    version: int
    number: str | None
    repeated: bool


class SubjectQuery(StepForm):
    """Name, pinyin, credit code, or an identity number in full. In the body, so that no log of addresses keeps it."""

    text: str = Field(min_length=1, max_length=100, title="姓名、名称或者代码")


class SubjectBody(Given):
    """A person or unit that a record may be about."""

    uid: str
    name: str
    kind: str
    detail: str


class SubjectList(Given):
    """At most twenty subjects; `more` if there are others."""

    items: list[SubjectBody]
    more: bool
