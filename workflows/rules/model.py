"""The types of a rule set: what one locality's law says, resolved, frozen and comparable.

Everything here is plain immutable data. Reading the shipped files is the business of `loader`, writing and
reading the stored form that of `codec`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal, Self, TypeAlias

from workflows.kit.counting import Nature, Span
from workflows.rules import codec

SwitchValue: TypeAlias = str | bool | int | tuple[str, ...]
RemedyKind: TypeAlias = Literal["person", "unit"]

SEVERITIES: Mapping[str, str] = {"minor": "轻微", "general": "一般", "serious": "严重"}


class Grade(StrEnum):
    """How well an entry is evidenced, from the full text of the law down to a choice of our own."""

    V = "V"
    P = "P"
    S = "S"
    B = "B"
    I = "I"  # noqa: E741 - the letter is the grade's published name

    @property
    def label(self) -> str:
        """The grade in Chinese."""
        return {"V": "已核全文", "P": "已核节选", "S": "二手来源", "B": "背景知识", "I": "系统设定"}[self.value]

    @property
    def unconfirmed(self) -> bool:
        """Whether the product must show the entry as 待核."""
        return self not in (Grade.V, Grade.P, Grade.S)


class BasisKind(StrEnum):
    """How an entry leans on the text it names."""

    DIRECT = "direct"  # the text itself says so
    PEER = "peer"  # the text governs a neighbouring procedure and is followed by analogy
    PRACTICE = "practice"  # the published practice of another office, followed by analogy; no titled document
    DEFAULT = "default"  # no text says so; the product needs a value


@dataclass(frozen=True, slots=True)
class Basis:
    """Where an entry comes from: document and article in Chinese, and for a seed the cited words."""

    document: str
    article: str
    number: str | None = None  # 文号, such as 国办发〔2025〕22号
    kind: BasisKind = BasisKind.DIRECT
    seed: str | None = None  # "002-10": the seed and its section
    section: str | None = None  # the section as the document counts it
    quote: str | None = None  # verbatim, at most 60 characters
    law: str | None = None  # key of the law text whose words are quoted

    @property
    def text(self) -> str:
        """The citation as it is printed, such as 《上海市社会信用条例》第三十六条."""
        if self.kind is BasisKind.DEFAULT:
            return "尚无明文规定，暂按系统默认设定办理"
        if self.kind is BasisKind.PRACTICE:
            return f"参照{self.document}{self.article}"
        number = f"（{self.number}）" if self.number else ""
        cited = f"《{self.document}》{number}{self.article}"
        return f"参照{cited}" if self.kind is BasisKind.PEER else cited


@dataclass(frozen=True, slots=True)
class TermRule:
    """One term as the rule set fixes it. `span` None: the term does not exist in this locality."""

    key: str
    label: str
    nature: Nature | None  # None for the two measures that are no terms: term.transit, term.floor
    holder: str  # capacity that must act: OFFICE, PROVIDER, SUBJECT …; "" where nobody must
    span: Span | None
    by_severity: Mapping[str, Span] | None = field(hash=False)
    anchor: str  # what starts it: "received", "received_complete", "accepted", "service", or a step
    anchor_label: str
    expiry: str  # "ladder", "gate", "none" or the step taken by SYSTEM
    expiry_label: str
    basis: Basis
    grade: Grade
    effective_from: date
    effective_to: date | None = None
    extension_cap: Span | None = None  # longest extension, counted from the old last day
    total_cap: Span | None = None  # longest duration with every extension
    note: str = ""

    @property
    def exists(self) -> bool:
        """Whether the locality knows this term at all."""
        return self.span is not None or self.by_severity is not None

    def for_severity(self, severity: str) -> "TermRule":
        """The same rule with the span of one severity (minor, general, serious) put in place.

        Raises KeyError, in Chinese, for a severity that does not exist.
        """
        if severity not in SEVERITIES:
            raise KeyError(f"没有“{severity}”这一失信程度，可用：{'、'.join(SEVERITIES)}")
        if self.by_severity is None:
            return self
        return replace(self, span=self.by_severity[severity], by_severity=None)


@dataclass(frozen=True, slots=True)
class SwitchRule:
    """One setting of a locality that is no term: a name, a yes or no, a list."""

    key: str
    label: str
    value: SwitchValue
    basis: Basis
    grade: Grade
    effective_from: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class RemedyRule:
    """What a party may do about something, in sentences that are printed on the notice."""

    about: str
    subject_kind: RemedyKind
    sentences: tuple[str, ...]
    never: tuple[str, ...]  # words that no such notice may contain
    basis: Basis
    grade: Grade


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A recordable behaviour of the catalogue in force (B01–B45)."""

    id: str
    label: str
    field: str  # key of the key field, "" for the general sources
    subject_kinds: tuple[str, ...]  # "organ", "person"
    word: str  # record, credit, handled, assessment, forbidden: how strongly the document speaks
    citations: tuple[Basis, ...]
    grade: Grade
    effective_from: date

    @property
    def recordable(self) -> bool:
        """Whether the document itself orders an entry in the record or an equal one."""
        return self.word in ("record", "credit")


@dataclass(frozen=True, slots=True)
class KeyField:
    """A key field (重点领域) and the units that answer for it."""

    key: str
    label: str
    lead: tuple[str, ...]
    supporting: tuple[str, ...]
    others: tuple[str, ...]  # units that the document names only as a group, such as 其他相关部门
    basis: Basis


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A unit with what the documents charge it with."""

    name: str
    fields: tuple[str, ...]  # labels of the key fields it leads or supports
    duties: tuple[str, ...]  # mechanism duties such as 记录、共享与公开
    citations: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class SyncTarget:
    """A place outside that must learn of a record and of its end (S01–S16)."""

    id: str
    label: str
    receives: str
    subject_kinds: tuple[str, ...]
    unit: str  # who confirms; "" where the office does
    fed_automatically: bool
    publishes: bool
    per_record: bool  # a sync item is opened for each record; else it is fed by another business
    basis: Basis
    grade: Grade


@dataclass(frozen=True)
class RuleSet:
    """Everything that is law in one locality from one day on, fully resolved."""

    locality: str
    name: str
    code: str  # division code, GB/T 2260
    level: str
    chain: tuple[str, ...]  # the files it was resolved from, nation first, the locality last
    make_believe: bool
    in_force_from: date
    terms: tuple[TermRule, ...]
    switches: tuple[SwitchRule, ...]
    remedy_rules: tuple[RemedyRule, ...]
    behaviours: tuple[Behaviour, ...]
    key_fields: tuple[KeyField, ...]
    units: tuple[UnitRule, ...]
    sync_targets: tuple[SyncTarget, ...]

    def term(self, key: str, severity: str | None = None) -> TermRule | None:
        """The term rule `key`, or None where no such term exists in this locality.

        `severity` (minor, general, serious) picks the span of a term that depends on it. Raises KeyError for
        a key that no rule set knows, so that a misspelt term never passes for one that does not exist.
        """
        rule = self._terms_by_key.get(key)
        if rule is None:
            raise KeyError(f"{self.name}规则集中没有期限“{key}”")
        if not rule.exists:
            return None
        return rule if severity is None else rule.for_severity(severity)

    def switch(self, key: str) -> SwitchValue:
        """The value of a setting. Raises KeyError, in Chinese, for an unknown key."""
        return self.switch_rule(key).value

    def switch_rule(self, key: str) -> SwitchRule:
        """The setting with its basis and grade. Raises KeyError, in Chinese, for an unknown key."""
        try:
            return self._switches_by_key[key]
        except KeyError:
            raise KeyError(f"{self.name}规则集中没有设置项“{key}”") from None

    def text(self, key: str) -> str:
        """A setting that is a text. Raises KeyError if unknown, TypeError if it is not a text."""
        value = self.switch(key)
        if not isinstance(value, str):
            raise TypeError(f"设置项“{key}”不是文字")
        return value

    def flag(self, key: str) -> bool:
        """A setting that is yes or no. Raises KeyError if unknown, TypeError if it is neither."""
        value = self.switch(key)
        if not isinstance(value, bool):
            raise TypeError(f"设置项“{key}”不是是否项")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A setting that is a list of texts. Raises KeyError if unknown, TypeError if it is no list."""
        value = self.switch(key)
        if not isinstance(value, tuple):
            raise TypeError(f"设置项“{key}”不是列表")
        return value

    def remedies(self, about: str, subject_kind: RemedyKind) -> tuple[str, ...]:
        """Printable sentences on what a person or unit may do about something; empty where nothing is open.

        Raises KeyError, in Chinese, for a subject of remedies that no rule set knows.
        """
        return self.remedy_rule(about, subject_kind).sentences

    def remedy_rule(self, about: str, subject_kind: RemedyKind) -> RemedyRule:
        """The remedy with its basis and the words that must never be printed. Raises KeyError as `remedies`."""
        for rule in self.remedy_rules:
            if rule.about == about and rule.subject_kind == subject_kind:
                return rule
        raise KeyError(f"{self.name}规则集中没有关于“{about}”（{subject_kind}）的救济途径")

    def behaviour(self, behaviour_id: str) -> Behaviour:
        """A behaviour in force here. Raises KeyError, in Chinese, for one that is not in the catalogue."""
        for entry in self.behaviours:
            if entry.id == behaviour_id:
                return entry
        raise KeyError(f"{self.name}现行目录中没有失信行为“{behaviour_id}”")

    def key_field(self, key: str) -> KeyField:
        """A key field. Raises KeyError, in Chinese, for one that this locality does not name."""
        for entry in self.key_fields:
            if entry.key == key:
                return entry
        raise KeyError(f"{self.name}规则集中没有重点领域“{key}”")

    def to_json(self) -> str:
        """The canonical text of this rule set: equal sets give equal bytes."""
        return codec.dump(self)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Raises ValueError for anything else."""
        return codec.load(cls, text)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @cached_property
    def _terms_by_key(self) -> Mapping[str, TermRule]:
        return {rule.key: rule for rule in self.terms}

    @cached_property
    def _switches_by_key(self) -> Mapping[str, SwitchRule]:
        return {rule.key: rule for rule in self.switches}
