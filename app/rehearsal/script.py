"""What a scenario file may say. Unknown keys are errors; `loading` turns them into lines of the file."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from app.rehearsal.moments import At, Length
from workflows.roles import Post

Locality = Literal["shanghai", "jingan", "laiwu", "nanjing", "yancheng", "demo"]
RefusalName = Literal[
    "NotFound", "UnknownStep", "WrongState", "NotPermitted", "Stale", "FormIncomplete", "GuardRefused", "KeyReused"
]
#: YAML 1.2 has no boolean `yes` and `no`: they are words.
YesNo = Literal["yes", "no"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)


class CalendarDay(_Part):
    """One day that differs from the plain week."""

    date: At
    kind: Literal["off", "work"]
    name: str = "放假调休"
    source: str = "推演假设"


class CalendarChoice(_Part):
    """The shipped calendar, as it was when the year `version` was the last one published."""

    version: int = Field(ge=2004, le=2026)


class CalendarImport(_Part):
    """A new version of the calendar: the shipped facts of `year`, or the days named here."""

    version: str
    year: int = Field(ge=2004, le=2060)
    days: list[CalendarDay] = Field(default_factory=list)


class PersonSpec(_Part):
    """A person of the play; `信用办`, `复核机关`, `容错机关` stand for the organs of the locality."""

    name: str
    unit: str = ""
    posts: list[Post] = Field(default_factory=list)
    confirmation: YesNo = "yes"


class UnitSpec(_Part):
    """What is special about a unit; units are made when they are first named."""

    on_system: YesNo = "yes"
    code: str = ""


class Source(_Part):
    """The document that a record rests on."""

    type: str
    number: str
    on: At
    organ: str = ""


class Given(_Part):
    """A case that is brought to a state by taking steps, as early as its table allows."""

    case: str
    kind: str
    state: str
    subject: str = ""
    provider: str = ""
    finder: str = ""
    #: The case on which it hangs; of a notice or sync item, how it is named there: `R1.record_notice`.
    record: str = ""
    #: Another given case that has to be ready first. The same case may be taken further in a second entry.
    after: str = ""
    severity: str = "一般"
    source: Source | None = None
    behaviour: str = ""
    key_field: str = ""
    facts: str = ""
    conduct_ended_on: At | None = None
    conduct_continues: bool = False
    sanction: str = ""
    sanction_months: int | None = None
    disclosure: str = "政务共享"
    exemption: Literal["none", "claimed"] = "none"
    starts: At | None = Field(default=None, alias="from")
    #: Forms of single steps, where they matter: {decide: {reasons: …}}
    forms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    #: Who takes single steps, where the first who may is not meant.
    actors: dict[str, str] = Field(default_factory=dict)
    #: The way to the state, where the usual one is not meant: names of steps.
    by: list[str] = Field(default_factory=list)


class StepAct(_Part):
    """Somebody takes a step, or is refused."""

    at: At | None = None
    actor: str = Field(alias="as")
    do: str
    on: str = ""
    new: str = ""
    record: str = ""
    form: dict[str, Any] = Field(default_factory=dict)
    proposed_by: str = ""
    via: Literal["paper"] | None = None
    entered_by: str = ""
    received_on: At | None = None
    posted_on: At | None = None
    served_on: At | None = None
    key: str | None = None
    version: int | None = None
    refused: RefusalName | None = None
    refused_by: str = ""
    possible_on: At | None = None


class DaysAct(_Part):
    """Time passes. Without `sweep` nothing is done about what becomes due."""

    days: Length
    sweep: bool = True


class DownAct(_Part):
    """The processes stand still until then; afterwards what was due is caught up."""

    at: At | None = None
    down_until: At


class CalendarAct(_Part):
    """A new calendar is imported."""

    at: At | None = None
    calendar_import: CalendarImport


def _sort_of_act(value: Any) -> str:
    if isinstance(value, Mapping):
        for key, tag in (("down_until", "down"), ("calendar_import", "calendar"), ("days", "days")):
            if key in value:
                return tag
    return "step"


Act = Annotated[
    Annotated[StepAct, Tag("step")]
    | Annotated[DaysAct, Tag("days")]
    | Annotated[DownAct, Tag("down")]
    | Annotated[CalendarAct, Tag("calendar")],
    Discriminator(_sort_of_act),
]


class TermExpected(_Part):
    """What is expected of the newest arming of a term."""

    due_on: At | None = None
    status: Literal["running", "paused", "awaiting", "met", "lapsed"] | None = None
    provisional: bool | None = None
    #: Days of the ledger that are not counted.
    skipped: list[At] | None = None
    arming: int | None = None
    calendar: str | None = None


class NoticeExpected(_Part):
    """What is expected of the newest notice of a key."""

    due: At | None = None
    served_on: At | None = None
    state: str | None = None
    count: int | None = None
    to: str | None = None
    says: list[str] | None = None


class Expected(_Part):
    """What must hold at a moment, or at the end."""

    at: At | None = None
    case: str = ""
    state: str | None = None
    outcome: str | None = None
    phase: Literal["open", "decided", "closed"] | None = None
    number: str | None = None
    terms: dict[str, TermExpected] | None = None
    rungs: dict[str, list[str]] | None = None
    notices: list[str] | dict[str, NoticeExpected] | None = None
    no_notices: list[str] | None = None
    inbox_of: str | None = None
    not_inbox_of: str | None = None
    history: list[str] | None = None
    fields: dict[str, Any] | None = None
    disputed: bool | None = None
    rectifying: bool | None = None
    published: bool | None = None
    moved: list[str] | None = None
    chain: Literal["valid"] | None = None


class Script(_Part):
    """One scenario."""

    title: str
    about: str = ""
    covers: list[str] = Field(default_factory=list)
    locality: Locality = "demo"
    starts: At
    calendar: CalendarChoice | list[CalendarDay] | None = None
    people: dict[str, PersonSpec] = Field(default_factory=dict)
    units: dict[str, UnitSpec] = Field(default_factory=dict)
    given: list[Given] = Field(default_factory=list)
    acts: list[Act] = Field(default_factory=list)
    expect: list[Expected] = Field(default_factory=list)
