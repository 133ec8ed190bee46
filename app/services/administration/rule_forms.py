"""Forms in which a rules keeper changes one rule, and the entry of a rule file that each of them means."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from app.services.rule_changes import EntryChange
from workflows.kit.counting import Span, Unit
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.kit.forms import LabelledEnum, Line, OptionalLine, StepForm
from workflows.rules.citing import Documents
from workflows.rules.model import SEVERITIES, BasisKind, RuleSet, SwitchRule, TermRule
from workflows.rules.terms import MAY_BE_NOTHING
from workflows.setting_choices import CHOICES

#: The choice of a document that no file names yet.
OTHER = "other"


class SpanUnit(LabelledEnum):
    """Units of a length."""

    WD = "WD", "工作日"
    D = "D", "日"
    M = "M", "个月"
    Y = "Y", "年"


class GradeChoice(LabelledEnum):
    """How well an entry is evidenced."""

    V = "V", "已核全文"
    P = "P", "已核节选"
    S = "S", "二手来源"
    B = "B", "背景知识（待核）"
    I = "I", "系统设定（待核）"  # noqa: E741 - the letter is the grade's published name


class BasisChoice(LabelledEnum):
    """Whether the document itself says so."""

    DIRECT = "direct", "依据（该文件直接规定）"
    PEER = "peer", "参照（比照该文件办理）"


class RankChoice(LabelledEnum):
    """Rank of a document; a lower one never makes a higher one's term worse."""

    LAW = "1", "法律、行政法规"
    NATION = "2", "国务院、国务院办公厅文件"
    PROVINCE = "3", "地方性法规"
    RULE = "4", "规章、部门文件"
    PLAN = "5", "市、区实施方案"


Number = Annotated[int, Field(ge=0, le=9999)]
#: A term of nothing is no term: whether it may be dropped is for the loader, term by term.
Positive = Annotated[int, Field(ge=1, le=9999)]


class EvidenceForm(StepForm):
    """Where the new value comes from, and from when it holds."""

    document: Line = Field(title="依据文件")
    kind: BasisChoice = Field(default=BasisChoice.DIRECT, title="依据方式")
    article: OptionalLine = Field(default="", title="条款", description="如“第十条”")
    quote: Annotated[str, Field(max_length=60)] = Field(default="", title="原文", description="照录，至多60字")
    new_title: OptionalLine = Field(
        default="", title="另行登记的文件：名称", description="依据文件选“另行登记”的填写，不加书名号"
    )
    new_number: OptionalLine = Field(default="", title="另行登记的文件：文号")
    new_rank: RankChoice | None = Field(default=None, title="另行登记的文件：位阶")
    new_in_force: date | None = Field(default=None, title="另行登记的文件：施行日期")
    grade: GradeChoice = Field(title="核实程度")
    note: Annotated[str, Field(max_length=200)] = Field(default="", title="备注")
    in_force_from: date = Field(title="规则施行日期", description="须晚于今日；自这一日起收到的事项适用")


class TermChangeForm(EvidenceForm):
    """The length of a term."""

    number: Positive = Field(title="时长")
    unit: SpanUnit = Field(title="单位", json_schema_extra={"as": "select"})
    extension: Number | None = Field(default=None, title="可延长至多", description="单位同上；不得延长的不填")


class Length(StepForm):
    """The length for one severity."""

    number: Positive = Field(title="时长")
    unit: SpanUnit = Field(title="单位", json_schema_extra={"as": "select"})


class LengthOrNone(Length):
    """The length for one severity that need not have any."""

    number: Number = Field(title="时长", description="填0的，不设这一期限")


class SeverityTermChangeForm(EvidenceForm):
    """The lengths of a term that depends on the severity."""

    minor: Length = Field(title="轻微")
    general: Length = Field(title="一般")
    serious: Length = Field(title="严重")


class DroppableTermChangeForm(SeverityTermChangeForm):
    """The lengths of a term that may be set to nothing."""

    minor: LengthOrNone = Field(title="轻微")
    general: LengthOrNone = Field(title="一般")
    serious: LengthOrNone = Field(title="严重")


class FlagChangeForm(EvidenceForm):
    """A setting that is yes or no."""

    value: bool = Field(title="内容", default=True)


class TextChangeForm(EvidenceForm):
    """A setting that is a text."""

    value: Line = Field(title="内容")


class NumberChangeForm(EvidenceForm):
    """A setting that is a number."""

    value: Number = Field(title="内容")


class ListChangeForm(EvidenceForm):
    """A setting that is a list."""

    value: list[Line] = Field(default_factory=list, max_length=30, title="内容")


Section = Literal["terms", "switches"]
#: The values stand first, though the form of the evidence is the older one.
VALUES = ("number", "unit", "extension", "minor", "general", "serious", "value")


def form_for(
    rules: RuleSet, section: Section, key: str, documents: Documents
) -> tuple[type[EvidenceForm], str, dict[str, Any]]:
    """The form of an entry, its label, and what it holds now.

    Raises:
        KeyError: there is no such entry.
    """
    if section == "terms":
        rule = next((one for one in rules.terms if one.key == key), None)
        if rule is None:
            raise KeyError(key)
        return _term_form(rule), rule.label, _term_now(rule) | _evidence_now(rule, documents)
    switch = rules.switch_rule(key)
    return (
        _switch_form(switch),
        switch.label,
        {"value": _as_given(switch.value)} | _evidence_now(switch, documents),
    )


def entry_of(section: Section, key: str, form: EvidenceForm, documents: Documents) -> EntryChange:
    """What the form says, as a rule file holds it.

    Raises:
        FormIncomplete: a document to be entered lacks its title, rank or day, or a value is not one to choose.
    """
    cited, document = _cited(form)
    entry: dict[str, Any] = {"grade": form.grade.value, "note": form.note}
    if cited:
        basis = {"doc": cited, "kind": form.kind.value, "article": form.article, "quote": form.quote}
        if cited in documents and documents[cited].practice:
            del basis["kind"]  # what another office publishes is always followed, never binding
        entry["basis"] = {name: value for name, value in basis.items() if value}
    if isinstance(form, TermChangeForm):
        entry["span"] = f"{form.number} {form.unit.value}"
        if form.extension is not None:
            entry["extension_cap"] = f"{form.extension} {form.unit.value}"
    elif isinstance(form, SeverityTermChangeForm):
        lengths = {severity: getattr(form, severity) for severity in SEVERITIES}
        entry["by_severity"] = {key: f"{length.number} {length.unit.value}" for key, length in lengths.items()}
    else:
        entry["value"] = _chosen(key, getattr(form, "value"))  # noqa: B009 - each of the other forms has one
    entry["effective_from"] = form.in_force_from
    return EntryChange(section, key, entry, document)


def _term_form(rule: TermRule) -> type[EvidenceForm]:
    if rule.by_severity is None:
        return TermChangeForm
    return DroppableTermChangeForm if rule.key in MAY_BE_NOTHING else SeverityTermChangeForm


def _switch_form(rule: SwitchRule) -> type[EvidenceForm]:
    if isinstance(rule.value, bool):
        return FlagChangeForm
    if isinstance(rule.value, int):
        return NumberChangeForm
    return ListChangeForm if isinstance(rule.value, tuple) else TextChangeForm


def _term_now(rule: TermRule) -> dict[str, Any]:
    now: dict[str, Any] = {}
    if rule.by_severity is not None:
        spans = {severity: rule.by_severity[severity] for severity in SEVERITIES}
        return now | {key: {"number": span.number, "unit": span.unit.value} for key, span in spans.items()}
    span = rule.span or Span(0, Unit.WD)
    extension = rule.extension_cap.number if rule.extension_cap is not None else None
    return now | {"number": span.number if rule.span else "", "unit": span.unit.value, "extension": extension}


def _evidence_now(rule: TermRule | SwitchRule, documents: Documents) -> dict[str, Any]:
    """The basis in force, so that whoever changes a value only writes what is new about it."""
    basis = rule.basis
    named = next(
        (one.key for one in documents.values() if (one.title, one.number) == (basis.document, basis.number)), ""
    )
    if basis.kind is BasisKind.DEFAULT:
        named = "default"
    return {
        "document": named,
        "kind": BasisChoice.PEER if basis.kind is BasisKind.PEER else BasisChoice.DIRECT,
        "article": basis.article,
        "quote": basis.quote or "",
        "grade": rule.grade.value,
        "note": rule.note,
    }


def _as_given(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _cited(form: EvidenceForm) -> tuple[str, tuple[str, Mapping[str, Any]] | None]:
    """Key of the cited document (empty: a default of the office), and the document where it is new."""
    if form.document == "default":
        return "", None
    if form.document != OTHER:
        return form.document, None
    lacking = [
        FieldError(name, EvidenceForm.model_fields[name].title or name, "另行登记的文件须填写")
        for name in ("new_title", "new_rank", "new_in_force")
        if not getattr(form, name)
    ]
    if lacking:
        raise FormIncomplete(tuple(lacking))
    assert form.new_rank is not None
    key = "own_" + hashlib.sha256(f"{form.new_title} {form.new_number}".encode()).hexdigest()[:12]
    table = {"title": form.new_title, "rank": int(form.new_rank.value), "in_force": form.new_in_force}
    return key, (key, table | ({"number": form.new_number} if form.new_number else {}))


def _chosen(key: str, value: Any) -> Any:
    """The value of a setting; one that is chosen from a list is one of the list."""
    known = CHOICES.get(key)
    if known is None or set(value if isinstance(value, list) else [value]) <= known.keys():
        return value
    raise FormIncomplete((FieldError("value", "内容", "请从列出的选项中选择"),))
