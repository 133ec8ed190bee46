"""Rows that become drafts of records: the columns of the table, and the dry run on each row."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.access.capacities import visible_filter
from app.models.kinds import Record
from app.services.facts import RECORD_OVER
from app.services.imports import cells
from app.services.imports.layout import Checked, Column, Layout, Problem, Row, Table
from app.services.imports.record_sense import Sense
from app.services.imports.roster import Named, NotNamed, Roster
from app.services.reading.reader import Reader
from workflows.forms.record import Disclosure, ExemptionAnswer, RecordContent, Sanction, Severity, SourceType
from workflows.kit.errors import FormIncomplete
from workflows.kit.forms import LabelledEnum, parse_form
from workflows.registry import workflow
from workflows.rules.model import RuleSet

_AT_ONCE = 500
#: Where a table may hold the code of its subject; the 双公示 table has one column for units and one for persons.
_CODES = ("subject_code", "person_code")
_MAKE_BELIEVE_CODE = "110000000000000000"
#: What a record is submitted with, beside what every draft has.
_TO_SUBMIT = (
    "source_number", "source_on", "source_organ", "effective_on", "behaviour", "facts", "severity", "exemption",
    "secret_free",
)  # fmt: skip

_BRACKETS = str.maketrans("〔〕[]【】「」", "()()()()")
#: By subject and document: how a record is called, and its behaviour.
Recorded = dict[tuple[str, str], list[tuple[str, str]]]
#: Reads the columns of a row into the form's fields; the subject is named apart.
Reads = Callable[[Row], dict[str, Any]]


def record_layout(rules: RuleSet) -> Layout:
    """The columns of the record table, with the choices of a rule set."""
    return Layout("records", "政务失信记录", (*subject_columns(), *content_columns(rules)), _REMARKS)


_REMARKS = (
    "每行一条记录。带“*”的列必须填写；其余各列可以先空着，导入后在草稿中补齐，再提交审签。",
    "列的先后不限，不用的列可以删去；表头的名称请保留。",
    "导入后成为本单位的记录草稿，不会自动报送；仍由经办人逐条核对、提交审签。",
    "涉密信息不得录入；“确认不含国家秘密和工作秘密”填“否”的行不能导入，其内容不予保存。",
)


def subject_columns() -> tuple[Column, ...]:
    return (
        Column("subject_name", "主体名称", cells.words(200), required=True, width=24,
               aliases=("主体", "当事人", "姓名或者单位名称", "行政相对人名称"), sample="示例某局（请改为实际主体）",
               advice="个人填姓名，单位填全称，应当已在名册中"),
        Column("subject_code", "主体代码", cells.code, width=22,
               aliases=("统一社会信用代码", "公民身份号码", "身份证号", "身份证号码", "证件号码"),
               sample=_MAKE_BELIEVE_CODE,
               advice="单位填统一社会信用代码，个人填公民身份号码；没有同名的可以不填"),
    )  # fmt: skip


def content_columns(rules: RuleSet) -> tuple[Column, ...]:
    """The columns of what a record says; each field of the form has one."""
    behaviours = {item.id: f"{item.id} {item.label}" for item in rules.behaviours if item.recordable}
    fields = {item.key: item.label for item in rules.key_fields}
    return (
        _choice("source_type", SourceType, required=True, sample="行政处罚"),
        _line("source_number", aliases=("文号", "决定书文号"), width=24, sample="示罚决〔2026〕1号",
              advice="文书的发文字号，按原文填写"),
        _day("source_on", sample="2026-11-02", aliases=("作出日期", "决定日期")),
        _line("source_organ", aliases=("决定机关",), width=20, sample="示例某局",
              advice="按文书落款填写全称；机关后来更名的，仍填原名"),
        _day("effective_on", sample="2026-11-09"),
        _yes_no("under_remedy", sample="否"),
        _choice("sanction", Sanction, advice="来源文书是纪律处分的才填，从下拉选项中选择"),
        Column("sanction_months", _title("sanction_months"), cells.whole(1, 48),
               advice="1至48的整数；来源文书是纪律处分的才填，开除不填"),
        Column("behaviour", _title("behaviour"), _behaviour(behaviours), choices=tuple(behaviours.values()),
               width=36, sample=behaviours.get("B30", next(iter(behaviours.values()), "")),
               advice="从下拉选项中选择，或者只填编号，如“B30”"),
        Column("key_field", _title("key_field"), cells.choice(fields), choices=tuple(fields.values()), width=20,
               advice="从下拉选项中选择；不属于所列领域的不填"),
        Column("facts", _title("facts"), cells.words(4000), width=48, aliases=("失信事实", "事实经过"),
               sample="未按承诺的期限办结，造成企业损失。", advice="写明时间、经过和结果，最多4000字"),
        _day("conduct_ended_on", sample="2026-10-30"),
        _yes_no("conduct_continues", sample="否"),
        Column("loss", _title("loss"), cells.words(4000), width=24,
               advice="造成的损失和金额，如“企业多支出3万元”；没有损失的写明"),
        Column("influence", _title("influence"), cells.words(4000), width=24,
               advice="影响的范围和后果，如群众投诉、媒体报道；与损失情况一并作为确定失信程度的依据"),
        _choice("severity", Severity, sample="一般"),
        Column("responsible_persons", _title("responsible_persons"), cells.names(200), width=20,
               advice="多人之间用“、”分开，可以不填"),
        _choice("disclosure_level", Disclosure, sample="政务共享", advice="不填的，按“政务共享”"),
        _choice("exemption", ExemptionAnswer, width=32, sample="经核对，不存在免责容错情形"),
        _yes_no("secret_free", width=26, sample="是", advice="经核对不含的填“是”；填“否”的不能导入，也不保存"),
        _line("finder", width=20, advice="与本单位不同时才填，填单位全称"),
    )  # fmt: skip


def check_records(
    reader: Reader, unit_id: int, rules: RuleSet, table: Table, reads: Reads | None = None
) -> list[Checked]:
    """The dry run: every row with what is wrong with it, and with what it lacks to be submitted."""
    check = _Check(reader, unit_id, rules, table)
    return check.run(reads or _typed)


def _typed(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.values.items() if key in RecordContent.model_fields}


class _Check:
    """One dry run; what several rows need of the database is read once."""

    def __init__(self, reader: Reader, unit_id: int, rules: RuleSet, table: Table) -> None:
        self._reader, self._table = reader, table
        self._unit_id = unit_id
        self._roster = Roster(reader)
        self._behaviours = {item.id: item for item in rules.behaviours}
        self._sense = Sense(reader, rules)
        self._seen: dict[tuple[str, str], list[tuple[int, str]]] = {}

    def run(self, reads: Reads) -> list[Checked]:
        for row in self._table.rows:
            withhold_what_may_be_secret(self._table, row)
        subjects = [self._subject(row) for row in self._table.rows]
        known = self._recorded(subject for subject in subjects if subject is not None)
        return [
            self._row(row, reads(row), subject, known) for row, subject in zip(self._table.rows, subjects, strict=True)
        ]

    def _row(self, row: Row, form: dict[str, Any], subject: Named | None, known: Recorded) -> Checked:
        self._demand_fitting(row, form, subject)
        notes = [*([subject.remark] if subject is not None and subject.remark else []), *self._name_finder(row, form)]
        notes += [] if subject is None else self._twice(row, form, subject, known)
        judged = self._sense.of(form)
        for key, reason in judged.errors:
            self._table.wrong(row, key, reason)
        notes += judged.remarks
        if not row.problems:
            assert subject is not None
            form["subject"] = subject.uid
            self._parse(row, form)
        if row.problems:
            return Checked(row, {})
        lacking = [_title(name) for name in _TO_SUBMIT if not form.get(name)]
        if not form.get("conduct_ended_on") and not form.get("conduct_continues"):
            lacking.append(_title("conduct_ended_on"))
        if lacking:
            notes.append(f"提交审签前尚需补齐：{'、'.join(lacking)}")
        if not form.get("secret_free"):
            notes.append("未确认不含国家秘密和工作秘密：涉密信息不得录入，请在导入前逐行核对")
        return Checked(row, _storable(form), tuple(notes))

    def _name_finder(self, row: Row, form: dict[str, Any]) -> list[str]:
        if not form.get("finder"):
            return []
        try:
            found = self._roster.unit_named(form["finder"])
        except NotNamed as problem:
            self._table.wrong(row, "finder", str(problem))
            return []
        if found is None:
            self._table.wrong(row, "finder", "单位名册中没有这个单位。请核对全称")
            return []
        form["finder"] = found.name
        return [found.remark] if found.remark else []

    def _subject(self, row: Row) -> Named | None:
        name = row.values.get("subject_name", "")
        column = next((key for key in _CODES if row.values.get(key)), "subject_code")
        wrong = {problem.column for problem in row.problems}
        if not name or any(key in self._table.places and self._table.places[key] in wrong for key in _CODES):
            return None
        try:
            found = self._roster.find(name, row.values.get(column, ""))
        except NotNamed as problem:
            self._table.wrong(row, column if problem.of_code else "subject_name", str(problem))
            return None
        if found.kind == "person" and found.id == self._reader.actor.user_id:
            self._table.wrong(row, "subject_name", "您是当事人，应当回避。请由本单位其他经办人登记")
        elif found.kind == "organ" and found.id in self._reader.standing.works_in:
            self._table.wrong(row, "subject_name", "您在该单位任职，应当回避。请由其他单位登记")
        return found

    def _demand_fitting(self, row: Row, form: dict[str, Any], subject: Named | None) -> None:
        behaviour = self._behaviours.get(form.get("behaviour", ""))
        if subject is not None and behaviour is not None and subject.kind not in behaviour.subject_kinds:
            whom = "单位" if "organ" in behaviour.subject_kinds else "个人"
            self._table.wrong(row, "behaviour", f"“{behaviour.id}”只适用于{whom}，与主体不符。请重新选择")

    def _twice(self, row: Row, form: dict[str, Any], subject: Named, known: Recorded) -> list[str]:
        """The same document about the same subject: twice in the file, or recorded by the unit before."""
        number, behaviour = form.get("source_number", ""), form.get("behaviour", "")
        if not number:
            return []
        key = (subject.uid, number_key(number))
        notes = []
        others = [(f"第{other}行", act) for other, act in self._seen.get(key, [])]
        for where, act in [*others, *((f"本单位已有的记录（{told}）", act) for told, act in known.get(key, []))]:
            if act and behaviour and act != behaviour:
                notes.append(f"与{where}是同一主体、同一文书，失信行为不同，请核对是否重复")
            else:
                self._table.wrong(row, "source_number", f"与{where}重复：同一主体、同一文书编号。请删去重复的一行")
                break
        self._seen.setdefault(key, []).append((row.number, behaviour))
        return notes

    def _recorded(self, subjects: Iterable[Named]) -> Recorded:
        """Records of the unit about these subjects, as far as the reader may see them."""
        ids: dict[str, set[int]] = {"person": set(), "organ": set()}
        for subject in subjects:
            ids[subject.kind].add(subject.id)
        found: Recorded = {}
        for column, wanted in ((Record.subject_person_id, ids["person"]), (Record.subject_unit_id, ids["organ"])):
            for record in self._about(column, sorted(wanted)):
                subject_uid = self._roster.uid_of(record.subject_person_id, record.subject_unit_id)
                told = record.number or workflow("record").state(record.state).label
                key = (subject_uid, number_key(record.source_number))
                found.setdefault(key, []).append((told, record.behaviour))
        return found

    def _about(self, column: InstrumentedAttribute[int | None], wanted: list[int]) -> Iterable[Record]:
        for start in range(0, len(wanted), _AT_ONCE):
            yield from self._reader.session.execute(
                select(Record).where(
                    visible_filter(workflow("record"), self._reader.standing),
                    Record.provider_unit_id == self._unit_id,
                    column.in_(wanted[start : start + _AT_ONCE]),
                    Record.state.not_in(RECORD_OVER),
                )
            ).scalars()

    def _parse(self, row: Row, form: dict[str, Any]) -> None:
        try:
            parse_form(RecordContent, form)
        except FormIncomplete as refusal:
            for error in refusal.errors:
                place = self._table.places.get(error.field.partition(".")[0])
                row.problems.append(Problem(place, error.message if place is not None else str(refusal)))


def withhold_what_may_be_secret(table: Table, row: Row) -> None:
    """涉密信息不得录入 (procedures, section 0): a row whose question was not answered with 是 is kept without content.

    Nothing of it is stored, sealed or not, and the file that goes back only names the row; its writer has his own.
    An answer that is lacking says nothing yet: it is asked for, here and by the draft.
    """
    place = table.places.get("secret_free")
    unread = [problem for problem in row.problems if problem.column == place]
    if place is None or row.values.get("secret_free", not unread):
        return
    answer = "否" if not unread else ""
    told = (
        f"{unread[0].reason}。原表第{row.number}行没有明确填“是”，其余各格未予保存"
        if unread
        else f"填“否”即含有国家秘密或者工作秘密，涉密信息不得录入。原表第{row.number}行不能导入，其余各格未予保存"
    )
    row.cells = tuple(answer if at == place else "" for at in range(len(row.cells)))
    row.values, row.problems = {}, [Problem(place, told)]


def number_key(number: str) -> str:
    """A document's number for comparing: 〔2026〕, [2026] and (2026) are one."""
    return cells.plain(number).translate(_BRACKETS)


def _storable(form: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in form.items()}


def _behaviour(known: dict[str, str]) -> cells.Reading:
    """By its number alone, by number and words, or by the words."""
    by_words = cells.choice({key: label.partition(" ")[2] for key, label in known.items()})
    whole = cells.choice(known)

    def read(cell: Any, since: date) -> str | None:
        try:
            found: str | None = by_words(cell, since)
        except cells.CellProblem:
            found = whole(cell, since)
        return found

    return read


def _title(name: str) -> str:
    return RecordContent.model_fields[name].title or name


def _choice(name: str, options: type[LabelledEnum], **more: Any) -> Column:
    labels = {str(member.value): member.label for member in options}
    more.setdefault("advice", "从下拉选项中选择")
    return Column(name, _title(name), cells.choice(labels), choices=tuple(labels.values()), **more)


def _line(name: str, **more: Any) -> Column:
    return Column(name, _title(name), cells.words(200), **more)


def _day(name: str, **more: Any) -> Column:
    return Column(name, _title(name), cells.day, advice="年-月-日，如“2026-11-21”", as_text=False, **more)


def _yes_no(name: str, **more: Any) -> Column:
    more.setdefault("advice", "是或者否")
    return Column(name, _title(name), cells.yes_no, choices=("是", "否"), **more)
