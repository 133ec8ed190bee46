"""Forms within forms whose fields only the case knows: a verdict per disputed field, a finding per condition."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, Field, create_model

from app.services.reading.case_page import CasePage
from app.services.reading.record_at_issue import Correctable
from app.services.reading.summaries import DisputeRow
from app.web.forms import Option
from workflows.forms.exemption import DecideExemptionForm
from workflows.forms.objection import AnswerForm, DecideObjectionForm, DecideReviewForm, FieldVerdict, Verdict
from workflows.forms.record import CorrectionForm, Disclosure, RecordField, Severity
from workflows.forms.repair import DenyRepairForm, Finding, RefuseRepairForm, RepairFindingForm
from workflows.kit.forms import OptionalText, StepForm
from workflows.objection_guards import NEVER_EMPTY
from workflows.repair_gate import TO_VERIFY

#: Characters of what a record says, beside the field that corrects it; the whole stands with the record.
_AT_MOST = 60
Inner = Mapping[str, type[BaseModel]]
#: What may be put right in a record, each with the kind of value it takes; a text where nothing else is said.
_KINDS_OF_VALUE: dict[RecordField, Any] = {
    RecordField.SEVERITY: Severity | None,
    RecordField.DISCLOSURE_LEVEL: Disclosure | None,
    RecordField.EFFECTIVE_ON: date | None,
    RecordField.CONDUCT_ENDED_ON: date | None,
}


#: Verdicts that have a meaning for a field; the others are not offered.
_VERDICTS: dict[RecordField, tuple[Verdict, ...]] = {
    **dict.fromkeys(NEVER_EMPTY, (Verdict.KEEP, Verdict.CHANGE)),
    RecordField.RECORD: (Verdict.KEEP, Verdict.DELETE, Verdict.STOP_PUBLICATION, Verdict.ANNUL),
    RecordField.DISCLOSURE_LEVEL: (Verdict.KEEP, Verdict.CHANGE, Verdict.STOP_PUBLICATION),
}
#: Only with these a text of what is to stand in the record goes along.
_WITH_A_VALUE = frozenset({Verdict.CHANGE, Verdict.ADD})
_ORDINARY = (Verdict.KEEP, Verdict.CHANGE, Verdict.ADD, Verdict.DELETE)


def verdict_options(field: str) -> list[Option]:
    """The verdicts that may be given on a disputed field."""
    return [Option(verdict.value, verdict.label) for verdict in _VERDICTS.get(RecordField(field), _ORDINARY)]


def value_options(row: DisputeRow | Correctable) -> list[Option]:
    """What a correction is chosen from; empty where it is written."""
    return [Option(code, words) for code, words in row.choices]


def without_idle_values(given: Any) -> Any:
    """What was posted, without the texts that belong to no verdict: typed first, and then 维持 was chosen after all."""
    if isinstance(given, list):
        return [without_idle_values(item) for item in given]
    if not isinstance(given, dict):
        return given
    idle = "verdict" in given and given["verdict"] not in _WITH_A_VALUE
    return {key: without_idle_values(item) for key, item in given.items() if not (idle and key == "value")}


def inner_forms(model: type[StepForm], page: CasePage) -> Inner:
    """The model to draw for each free mapping of a form; empty for most forms."""
    maker = next((maker for known, maker in _MAKERS if issubclass(model, known)), None)
    return maker(page) if maker is not None else {}


def _answer(page: CasePage) -> Inner:
    fields = {row.field: (_verdict_form(row.field), Field(title=row.label)) for row in page.summary.dispute}
    return {"verdicts": _model("Verdicts", fields)}


def _verdict_form(field: str, called: str = "核查结论") -> type[FieldVerdict]:
    """A verdict whose correction is written as that field is, a day as a day; `called` as whoever reaches it says."""
    fields: dict[str, Any] = {"verdict": (Verdict, Field(title=called))}
    if _KINDS_OF_VALUE.get(RecordField(field)) == date | None:
        day = Field(default=None, title="更正或者补充的日期", json_schema_extra={"needed": True})
        fields["value"] = (date | None, day)
    made: type[FieldVerdict] = create_model("FieldVerdict", __base__=FieldVerdict, **fields)
    return made


def _decision(page: CasePage) -> Inner:
    said = {row.field: f"核查结论为“{row.answer}”。不改动的，不用选择。" for row in page.summary.dispute if row.answer}
    return {"verdicts": _model("Decisions", _departures(page, said, "审定结论"))}


def _review(page: CasePage) -> Inner:
    said = {
        row.field: f"原审定结论为“{row.decision}”。维持的，不用选择。" for row in page.summary.dispute if row.decision
    }
    return {"verdicts": _model("Reviews", _departures(page, said, "复核结论"))}


def _departures(page: CasePage, said: Mapping[str, str], called: str) -> dict[str, Any]:
    """A verdict per field that may be left out, since what was said before then stands."""
    return {
        row.field: (
            _verdict_form(row.field, called) | None,
            Field(default=None, title=row.label, description=said.get(row.field, "")),
        )
        for row in page.summary.dispute
    }


def _findings(page: CasePage) -> Inner:
    lines = [line for line in page.checklist if line.key in TO_VERIFY]
    return {"findings": _model("Findings", {line.key.value: (Finding, Field(title=line.label)) for line in lines})}


def _unmet(page: CasePage) -> Inner:
    fields = {
        line.key.value: (
            OptionalText,
            Field(default="", title=line.label, description=f"现为“{line.status}”。{line.note}".rstrip("。") + "。"),
        )
        for line in page.checklist
        if not line.met or line.key in TO_VERIFY
    }
    return {"unmet": _model("UnmetConditions", fields)}


def _changes(page: CasePage) -> Inner:
    fields = {
        one.field.value: (
            _KINDS_OF_VALUE.get(one.field, OptionalText),
            Field(default=None, title=one.field.label, description=f"现记载为“{_begun(one.recorded)}”。"),
        )
        for one in page.correctable
    }
    return {"changes": _model("Changes", fields)}


def _begun(text: str) -> str:
    """As much of a text as a hint needs to be known by."""
    return text if len(text) <= _AT_MOST else f"{text[:_AT_MOST]}……"


def _model(name: str, fields: Mapping[str, Any]) -> type[BaseModel]:
    made: type[BaseModel] = create_model(name, __base__=StepForm, **dict(fields))
    return made


_MAKERS: tuple[tuple[type[StepForm], Callable[[CasePage], Inner]], ...] = (
    (AnswerForm, _answer),
    (DecideObjectionForm, _decision),
    (DecideReviewForm, _review),
    (RepairFindingForm, _findings),
    (RefuseRepairForm, _unmet),
    (DenyRepairForm, _unmet),
    (CorrectionForm, _changes),
    (DecideExemptionForm, _changes),
)
