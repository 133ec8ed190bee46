"""What the content of a record row makes certain or odd: an error where a later step refuses it whatever is added, a
remark where it can still be put right, or is only unusual.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from app.services.lawbook import current_calendar
from app.services.reading.reader import Reader
from workflows.facts import Facts
from workflows.forms.record import SANCTION_MONTHS, Sanction, SourceType
from workflows.kit.context import Context
from workflows.kit.definition import Guard, Unmet
from workflows.kit.errors import UnmetGuard
from workflows.record_guards import retention_not_over, source_effective
from workflows.rules.model import RuleSet

#: 问责 may take the form of a 处分 (it is asked about); the other documents impose none.
_MAY_SANCTION = (SourceType.SANCTION, SourceType.ACCOUNTABILITY)


@dataclass(frozen=True)
class Judged:
    """Errors by the key of their column, and remarks."""

    errors: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


class Sense:
    """The judgement on rows of one file; the calendar is read once."""

    def __init__(self, reader: Reader, rules: RuleSet) -> None:
        self._reader, self._rules = reader, rules
        self._calendar = current_calendar(reader.session)

    def of(self, form: Mapping[str, Any]) -> Judged:
        """Judge what was read of a row; a field that could not be read is not in it."""
        errors, remarks = [*self._days_to_come(form)], []
        if told := self._refusal(retention_not_over, form):
            errors.append(("conduct_ended_on", told))
        if told := self._refusal(source_effective, form):
            # It takes effect one day, and the draft can wait for it.
            remarks.append(told)
        for judged in (_of_sanction(form), _of_days(form)):
            errors += judged.errors
            remarks += judged.remarks
        return Judged(tuple(errors), tuple(remarks))

    def _days_to_come(self, form: Mapping[str, Any]) -> list[tuple[str, str]]:
        today, errors = self._reader.today, []
        ended = form.get("conduct_ended_on")
        if ended and form.get("conduct_continues"):
            errors.append(("conduct_ended_on", "行为仍在持续的，不填行为终止日期。两列只填一列"))
        if ended and ended > today:
            errors.append(("conduct_ended_on", "行为终止日期晚于今天。请核对"))
        if form.get("source_on") and form["source_on"] > today:
            errors.append(("source_on", "文书日期晚于今天。请核对"))
        return errors

    def _refusal(self, guard: Guard, form: Mapping[str, Any]) -> str:
        """The words with which 提交审签 would refuse; empty where it would not. Only guards that ask no facts."""
        names = ("under_remedy", "effective_on", "conduct_ended_on")
        case = SimpleNamespace(**{name: form.get(name) for name in names})
        reader = self._reader
        judged = guard.check(
            Context(case, reader.actor, reader.now, reader.today, frozenset(), self._calendar, self._rules,
                    cast(Facts, None))
        )  # fmt: skip
        if not isinstance(judged, Unmet):
            return ""
        return UnmetGuard(guard.key, guard.label, judged.detail, judged.possible_on).text


def _of_sanction(form: Mapping[str, Any]) -> Judged:
    source, months = SourceType(form["source_type"]) if "source_type" in form else None, form.get("sanction_months")
    sanction = Sanction(form["sanction"]) if form.get("sanction") else None
    given = "sanction" if sanction else "sanction_months"
    if source is None or (sanction is None and months is None):
        return Judged((), ())
    if source not in _MAY_SANCTION:
        reason = f"处分种类和处分期只用于纪律处分，来源文书类型为“{source.label}”的不填。请删去，或者更正来源文书类型"
        return Judged(((given, reason),), ())
    if sanction is Sanction.DISMISSAL and months is not None:
        return Judged((("sanction_months", "开除没有处分期，处分期不填。请删去"),), ())
    remarks = []
    if source is not SourceType.SANCTION:
        remarks.append(f"来源文书类型为“{source.label}”而填写了处分种类或者处分期，请核对")
    if sanction is None:
        remarks.append("填写了处分期而没有处分种类，请核对")
    elif months not in (None, SANCTION_MONTHS.get(sanction)):
        fixed = SANCTION_MONTHS[sanction]
        remarks.append(
            f"处分期与法定期间不一致：{sanction.label}的期间为{fixed}个月（公职人员政务处分法第八条），请核对"
        )
    return Judged((), tuple(remarks))


def _of_days(form: Mapping[str, Any]) -> Judged:
    source_on: date | None = form.get("source_on")
    remarks = []
    if source_on and form.get("effective_on") and form["effective_on"] < source_on:
        remarks.append("生效日期早于文书日期，请核对")
    if source_on and form.get("conduct_ended_on") and form["conduct_ended_on"] > source_on:
        remarks.append("行为终止日期晚于文书日期，请核对")
    return Judged((), tuple(remarks))
