"""Counting the days of a notice once more, a day at a time, as its recipient would with the calendar on his wall.

Nothing here is shared with what reckons the days: only the calendar's word on a single day, and the rule set.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from app.documents.context import NoticeContext, TermLine
from app.documents.text import notice_text
from workflows.forms.repair import GateKey
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Nature
from workflows.kit.definition import Term
from workflows.kit.span import Span, Unit, chinese_numeral
from workflows.registry import workflow
from workflows.rules import RuleSet
from workflows.rules.model import BasisKind, TermRule

_DAY = timedelta(days=1)
_NUMBERS = {chinese_numeral(number): number for number in range(1, 400)}
_UNITS = {unit.label: unit for unit in Unit}
_SPAN = re.compile(r"(?:，延长)?([一二三四五六七八九十百零]+)(个工作日|日|个月|年)")
_DATE = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_LATE = re.compile(rf"(?:已于){_DATE}届满，截至{_DATE}已逾期(\d+)个工作日")
_CITED = re.compile(r"《[^《》]+》(?:（[^（）]+〔\d{4}〕\d+号）)?")
#: 《…》 that are no rules: notices and documents of the case, named by their own titles.
_PAPERS = re.compile(r"(?:告知书|告知单|决定书|通知书|承诺书)》")


def _day_of(words: str) -> date:
    found = re.fullmatch(_DATE, words)
    assert found is not None, words
    return date(*map(int, found.groups()))


class Recount:
    """One notice under one rule set and one calendar."""

    def __init__(self, context: NoticeContext, rules: RuleSet, calendar: Calendar) -> None:
        self.context, self.rules, self.calendar = context, rules, calendar
        self.text = notice_text(context)

    def faults(self) -> list[str]:
        """Every day, number and citation that is wrong; empty for a notice that can be relied on."""
        return [
            *(fault for line in self.context.terms for fault in self._term(line)),
            *self._dates(),
            *self._lateness(),
            *self._periods(),
            *self._moved(),
            *self._names(),
        ]

    # Single days

    def _works(self, day: date) -> bool:
        return self.calendar.is_working_day(day)

    def _rolled(self, day: date) -> date:
        while not self._works(day):
            day += _DAY
        return day

    def _after(self, start: date, span: Span) -> date:
        """The last day of a span, not yet moved to a working day."""
        if span.unit is not Unit.WD:
            return start + timedelta(days=span.days_from(start))
        day, left = start, span.number
        while left:
            day += _DAY
            left -= self._works(day)
        return day

    def _days(self, first: date, last: date) -> Iterator[date]:
        while first <= last:
            yield first
            first += _DAY

    # What a notice states

    def _rule(self, label: str) -> tuple[Term, TermRule]:
        kinds = (self.context.case.kind, "record")
        terms = [term for kind in kinds for term in workflow(kind).terms if term.label == label]
        rule = self.rules.term(terms[0].key, "general")
        assert rule is not None
        return terms[0], rule

    def _term(self, line: TermLine) -> Iterator[str]:
        term, rule = self._rule(line.label)
        spans = [Span(_NUMBERS[number], _UNITS[unit]) for number, unit in _SPAN.findall(line.rule_text)]
        if not spans or spans[0] != rule.span:
            yield f"{line.label}：规则集为{rule.span}，写为{line.rule_text}"
            return
        if spans[1:] and spans[1:] != [rule.extension_cap]:
            yield f"{line.label}：超出可以延长的时间"
        known = "指定期限" if rule.basis.kind is BasisKind.DEFAULT else rule.basis.text
        if line.basis != known:
            yield f"{line.label}：依据应为{known}，写为{line.basis}"
        if line.first_day is None or line.last_day is None:
            yield f"{line.label}：没有起止日"
            return
        start = line.first_day - _DAY
        begins = {self.context.dated, self.context.case.received_on, self.context.case.accepted_on}
        if start not in begins | ({self.context.record.conduct_ended_on} if self.context.record else set()):
            yield f"{line.label}：不从本事项的任何一日起算"
        if line.by_service and start != self.context.dated:
            yield f"{line.label}：应从送达之日起算"
        last = start
        for span in spans:
            last = self._after(last, span)
            nominal, last = last, last if term.nature is Nature.PERIOD else self._rolled(last)
        if last != line.last_day:
            yield f"{line.label}：应于{last}届满，写为{line.last_day}"
        by_days = spans[0].unit is not Unit.WD
        counted = [day for day in self._days(line.first_day, nominal) if by_days or self._works(day)]
        if len(counted) != line.days:
            yield f"{line.label}：日数应为{len(counted)}，写为{line.days}"
        first_left_out = nominal if by_days else line.first_day
        left_out = [] if term.nature is Nature.PERIOD else self._days(first_left_out, last)
        skipped = [day for day in left_out if not self._works(day)]
        if skipped != [item.on for item in line.skipped]:
            yield f"{line.label}：扣除的日期应为{skipped}"

    def _dates(self) -> Iterator[str]:
        case = self.context.case
        days = [day for day in (case.received_on, case.accepted_on, self.context.dated) if day is not None]
        if case.accepted_on is not None and case.accepted_on > self.context.dated:
            days.remove(case.accepted_on)
        if days != sorted(days):
            yield f"收到、受理、签发的先后：{days}"
        if not self._works(self.context.dated):
            yield f"{self.context.dated}不是工作日，不会签发"
        if self.context.content.get("deemed"):
            assert case.received_on is not None
            acceptance = self.rules.term(f"{case.kind}.acceptance")
            assert acceptance is not None
            assert acceptance.span is not None
            expected = self._after(case.received_on, acceptance.span) + _DAY
            if case.accepted_on != expected:
                yield f"应自{expected}起视为受理"

    def _lateness(self) -> Iterator[str]:
        stated = _LATE.findall(self.text)
        if ("days_late" in self.context.content) != bool(stated):
            yield "没有写明逾期日数"
        for found in stated:
            due, today = date(*map(int, found[:3])), date(*map(int, found[3:6]))
            late = sum(map(self._works, self._days(due + _DAY, today)))
            if late != int(found[6]) or not late:
                yield f"{due}届满，至{today}应逾期{late}个工作日，写为{found[6]}"
            if self.context.key == "circular" and late < 5:
                yield "逾期不足五个工作日，不能通报批评"

    def _periods(self) -> Iterator[str]:
        record, content = self.context.record, self.context.content
        assert record is not None
        assert record.listed_on is not None
        assert record.conduct_ended_on is not None
        if record.retention_until != self._end("record.retention", record.conduct_ended_on):
            yield f"保存期限：{record.retention_until}"
        possible = self._end("record.publication_min", record.listed_on) + _DAY
        if content.get("repair_possible_on", possible.isoformat()) != possible.isoformat():
            yield f"最早可于{possible}申请修复"
        for line in content.get("lines", ()):
            if line["label"] == GateKey.PERIOD.label:
                met = self.context.dated >= possible
                if line["met"] != met or (not met and line["possible_on"] != possible.isoformat()):
                    yield f"最短公示期限：最早于{possible}满足"
        if "barred_until" in content:
            barred = self._end("repair.bar", self.context.dated) + _DAY
            if content["barred_until"] != barred.isoformat():
                yield f"{barred}前不得申请修复"

    def _end(self, key: str, start: date) -> date:
        rule = self.rules.term(key, "general")
        assert rule is not None
        assert rule.span is not None
        return self._after(start, rule.span)

    def _moved(self) -> Iterator[str]:
        content = self.context.content
        if "old_last_day" in content:
            _term, rule = self._rule(content["term_label"])
            assert rule.span is not None
            assert rule.extension_cap is not None
            assert self.context.case.received_on is not None
            old = self._after(self.context.case.received_on, rule.span)
            new = self._after(old, rule.extension_cap)
            stated = (content["old_last_day"], content["new_last_day"], content["extended_by"])
            if stated != (old.isoformat(), new.isoformat(), rule.extension_cap.text):
                yield f"延期：应由{old}延长至{new}，写为{stated}"
            if self.context.dated > old:
                yield "期限届满之后不得延期"
        for change in content.get("changes", ()) if self.context.key == "term_change" else ():
            before, after = (_day_of(change[name]) for name in ("before", "after"))
            if after != self._rolled(before + _DAY):
                yield f"{before}成为休息日的，应顺延至{self._rolled(before + _DAY)}"

    def _names(self) -> Iterator[str]:
        known = {found for text in self._rule_texts() for found in _CITED.findall(text)}
        for cited in (found for found in _CITED.findall(self.text) if not _PAPERS.search(found)):
            if cited not in known and "中华人民共和国民事诉讼法" not in cited:
                yield f"规则集中没有{cited}"
        unit = self.context.content.get("unit")
        if self.context.key in ("reminder", "supervision", "circular") and unit != self.context.recipient.name:
            yield f"致{self.context.recipient.name}，说的是{unit}"

    def _rule_texts(self) -> Iterator[str]:
        for entries in (self.rules.terms, self.rules.switches, self.rules.remedy_rules, self.rules.key_fields):
            yield from (entry.basis.text for entry in entries)
        yield from (basis.text for entry in self.rules.behaviours for basis in entry.citations)
