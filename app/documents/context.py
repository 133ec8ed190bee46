"""What a notice says, as plain values: the only thing that crosses into the renderer.

A ``NoticeContext`` is built by the services, stored as canonical JSON beside the finished bytes, and read by
``templates/notices/``. Every ``*_on`` is a legal day; every text is already Chinese and final.
"""

import json
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Organ:
    """The organ that signs, as its head line shows it. ``mark`` is its 发文机关标志; empty: the name."""

    name: str
    address: str = ""
    phone: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the notice is addressed to and served on. ``title``: 同志, 女士, 先生 or empty."""

    name: str
    kind: Literal["person", "unit"]
    title: str = ""

    @property
    def address(self) -> str:
        """The words of the address line (主送), without its colon."""
        return f"{self.name}{self.title}"

    @property
    def you(self) -> str:
        """How the text speaks to the recipient: 你 to a person, 你单位 to a unit."""
        return "你" if self.kind == "person" else "你单位"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The parent case the notice belongs to. ``number`` is empty until the case is filed."""

    kind: str
    kind_label: str
    number: str = ""
    received_on: date | None = None
    accepted_on: date | None = None
    opened_on: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The source document a record rests on, for example 行政处罚决定书."""

    type_label: str
    number: str = ""
    on: date | None = None
    organ: str = ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The dishonesty record of the dossier, in the revision that the notice speaks of.

    ``effective_on``: the source took effect; ``conduct_ended_on``: ``None`` while the conduct goes on (持续中).
    """

    subject_name: str
    behaviour_id: str
    behaviour: str
    key_field: str
    facts: str
    severity_label: str
    source: Source
    number: str = ""
    effective_on: date | None = None
    conduct_ended_on: date | None = None
    provider: str = ""
    listed_on: date | None = None
    retention_until: date | None = None


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that was not counted, and why (双休日, 国庆节, 暂停：…)."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class TermLine:
    """One row of the 期限告知 table.

    ``rule_text`` is the length in words (五个工作日). ``days`` counts the days that ran, in the term's own sense
    (working days for WD, calendar days otherwise). ``by_service``: the notice's own service starts the term, so first
    and last day are reckoned as if served on the day of signing. ``provisional``: beyond the published calendar.
    ``unconfirmed``: the rule's evidence grade is B or I, shown as 待核 on pages, never on paper.
    """

    label: str
    rule_text: str
    basis: str
    first_day: date | None = None
    last_day: date | None = None
    days: int | None = None
    skipped: tuple[SkippedDay, ...] = ()
    by_service: bool = False
    provisional: bool = False
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """Everything one notice prints.

    ``number`` is empty while drafted. ``content`` holds the parent's own matter under the names that the notice's
    template reads (``docs/notices.md`` lists them by key). ``remedies`` and ``basis`` are finished sentences or
    citations from the rule set. ``code`` and ``verify_url`` are printed as short code and QR.
    ``specimen``: shown before anybody signed it, marked 样张 on every page.
    """

    key: str
    title: str
    organ: Organ
    recipient: Recipient
    dated: date
    case: CaseFacts
    locality_name: str
    number: str = ""
    record: RecordFacts | None = None
    content: dict[str, Any] = field(default_factory=dict, hash=False)
    terms: tuple[TermLine, ...] = ()
    remedies: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    reason: str = ""
    attachments: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    code: str = ""
    verify_url: str = ""
    labelled_demo: bool = False
    specimen: bool = False

    def to_json(self) -> str:
        """Canonical JSON text: sorted keys, no spaces, dates as ISO; equal contexts give equal text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)

    @classmethod
    def from_json(cls, text: str) -> "NoticeContext":
        """Read back what ``to_json`` wrote; ``ValueError`` names the place that does not fit."""
        context: NoticeContext = _read(cls, json.loads(text), "文书数据")
        return context


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"文书数据只能由文字、数字、日期组成，不能是 {type(value).__name__}")


def _read(kind: Any, value: Any, place: str) -> Any:
    """Rebuild one value of the annotated type ``kind``; the types above are the only schema."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        kind = next(option for option in get_args(kind) if option is not NoneType)
        return _read(kind, value, place)
    if is_dataclass(kind):
        return _read_record(kind, value, place)
    if kind is date:
        return date.fromisoformat(value)
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{place}应当是一组值")
        return tuple(_read(get_args(kind)[0], item, f"{place}第{n}项") for n, item in enumerate(value, start=1))
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{place}只能是{'、'.join(get_args(kind))}之一")
        return value
    if isinstance(kind, type) and not isinstance(value, kind):
        raise ValueError(f"{place}的类型不对：{value!r}")
    return value


def _read_record(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{place}应当是一组名称与值")
    hints = get_type_hints(kind)
    unknown = sorted(value.keys() - {item.name for item in fields(kind)})
    if unknown:
        raise ValueError(f"{place}有不认识的项：{'、'.join(unknown)}")
    missing = [
        item.name
        for item in fields(kind)
        if item.default is MISSING and item.default_factory is MISSING and item.name not in value
    ]
    if missing:
        raise ValueError(f"{place}缺少必要的项：{'、'.join(missing)}")
    return kind(**{name: _read(hints[name], item, f"{place}.{name}") for name, item in value.items()})
