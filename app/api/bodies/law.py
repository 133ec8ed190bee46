"""Bodies about procedures, working days, rules, registers, and the API itself."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from app.api.bodies.base import DayInAddress, DaysInAddress, Given, Named, PageKey, YearInAddress
from workflows.kit.forms import StepForm


class Health(Given):
    """Whether the service can do its work."""

    status: str
    database: str
    migrations: str
    sweep: str


class MeBody(Given):
    """The token of this request."""

    token: str
    label: str
    unit: str
    post: Named
    scopes: list[Named]
    expires_on: date


class StateBody(Given):
    """A state of a procedure."""

    key: str
    label: str
    phase: str
    holder: str
    resting: str


class TableStep(Given):
    """A row of a procedure's table: from where to where, by whom, and whether a program may take it."""

    key: str
    label: str
    by: list[Named]
    sources: list[str]
    targets: list[str]
    opening: bool
    on_proposal: bool
    open_to_programs: bool
    notices: list[Named]
    basis: str


class TableTerm(Given):
    """A term of a procedure; how long it is depends on the rules of the place."""

    key: str
    label: str
    nature: str
    holder: str


class ProcedureLine(Given):
    """A procedure by its code."""

    kind: str
    label: str


class ProcedureList(Given):
    """Every procedure."""

    items: list[ProcedureLine]


class ProcedureBody(ProcedureLine):
    """The table of a procedure."""

    states: list[StateBody]
    steps: list[TableStep]
    terms: list[TableTerm]


class StepFormBody(Given):
    """The form of a step as JSON Schema (2020-12); field names are the contract, titles the Chinese labels."""

    kind: str
    step: str
    label: str
    form: dict[str, Any]


class WorkingDaysQuery(StepForm):
    """From which day, which is not counted, how many working days."""

    start: DayInAddress = Field(title="起算日", description="当日不计")
    days: DaysInAddress = Field(title="工作日数")


class SkippedDays(Given):
    """Days that are not counted for one reason."""

    first: date
    last: date
    reason: str


class WorkingDaysBody(Given):
    """The last day of a term in working days, and what was skipped on the way."""

    start: date
    days: int
    due_on: date
    provisional: bool
    calendar_version: str
    skipped: list[SkippedDays]


class YearQuery(StepForm):
    """Of which year."""

    year: YearInAddress = Field(title="年份")


class SpecialDay(Given):
    """A day that is not what its weekday says."""

    on: date
    working: bool
    reason: str


class CalendarBody(Given):
    """The special days of a year; `provisional` until the State Council has announced it."""

    year: int
    provisional: bool
    calendar_version: str
    published_through: int
    days: list[SpecialDay]


class PlaceBody(Given):
    """A locality with rules of its own."""

    key: str
    label: str


class PlaceList(Given):
    """Every locality of this installation."""

    items: list[PlaceBody]


class RuleBody(Given):
    """A term as the rules of a place fix it. `length` is empty where it depends on severity or does not exist."""

    key: str
    label: str
    holder: str
    length: str
    by_severity: dict[str, str]
    start: str
    basis: str
    grade: str
    unconfirmed: bool = Field(description="待核：依据尚未核对到正式全文")


class BehaviourBody(Given):
    """A behaviour that may be recorded here."""

    id: str
    label: str
    field: str
    basis: list[str]


class RulesBody(Given):
    """The numbered rule set that is in force in a place today."""

    locality: str
    name: str
    number: int
    in_force_from: date
    digest: str
    terms: list[RuleBody]
    behaviours: list[BehaviourBody]


class RegisterQuery(StepForm):
    """Conditions of the register of notices; empty means any."""

    word: str = Field(default="", max_length=60, title="机关代字")
    year: YearInAddress | None = Field(default=None, title="年份")
    words: str = Field(default="", max_length=80, title="文号、标题、核验码或者受送达人")
    after: str = Field(default="", max_length=80, title="翻页", description="上一页的 next；不填为第一页")


class RegisterLine(Given):
    """A notice in the register; a natural person is masked."""

    uid: str
    number: str
    signed_on: date | None
    title: str
    organ: str
    recipient: str
    signer: str
    case: str
    case_uid: str
    status: str
    state_label: str
    served_on: date | None
    code: str


class RegisterBody(Given):
    """One page of the register, newest number first, and whether the numbers asked for have no gap."""

    items: list[RegisterLine]
    count: int
    without_gap: bool
    next: str


class WebhookRequest(StepForm):
    """An address that is to be told of steps."""

    url: str = Field(min_length=1, max_length=400, title="通知地址", description="https 地址")


class WebhookBody(Given):
    """An address that is told; while it fails, nothing is sent before `retry_at`."""

    uid: str
    url: str
    created_at: datetime
    failures: int
    retry_at: datetime | None


class NewWebhookBody(WebhookBody):
    """The same with the key that signs what is sent. It is shown this once."""

    secret: str


class WebhookList(Given):
    """The addresses of this token."""

    items: list[WebhookBody]


class DeliveryQuery(StepForm):
    """Which page."""

    before: PageKey | None = Field(default=None, title="翻页")


class DeliveryBody(Given):
    """What came of one event: waiting, delivered or given_up."""

    uid: str
    case: str
    seq: int
    status: str
    attempts: int
    answer: int | None
    error: str
    first_at: datetime
    last_at: datetime


class DeliveryList(Given):
    """One page of deliveries, newest first."""

    items: list[DeliveryBody]
    next: int | None
