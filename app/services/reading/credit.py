"""我的信用记录: the records about a person, or about the unit he speaks for, with what he may do about each."""

from datetime import date

from sqlalchemy import ColumnElement, or_, select, true

from app.access.capacities import may_see
from app.models.cases import Case
from app.models.kinds import Notice, Objection, Record
from app.models.people import User
from app.models.terms import LIVE, TermRow
from app.services.lawbook import current_calendar, rule_set
from app.services.reading.credit_card import (
    CreditPage,
    FieldLine,
    OwnCase,
    OwnNotice,
    PeriodLine,
    RecordCard,
    RightLine,
)
from app.services.reading.filing import contestable_fields, filing_of, statement_of, writes_for_the_head
from app.services.reading.lines import CaseLine, lines_of, term_state
from app.services.reading.outlook import outlook_of
from app.services.reading.reader import Reader, case_for
from app.services.reading.summaries import record_pairs
from app.services.units.names import unit_names
from workflows.forms.record import RecordField, Severity
from workflows.kit.calendar import Calendar
from workflows.kit.counting import Nature
from workflows.kit.errors import NotFound
from workflows.registry import workflow
from workflows.roles import Post
from workflows.rules.model import RuleSet

SPEAKERS = frozenset({Post.STAFF, Post.HEAD, Post.DEPUTY})
_CIVIL_SERVANT = frozenset({Post.CIVIL_SERVANT})
_FILED_ON = ("repair", "exemption")
_DISPUTED_IN = ("submitted", "incomplete", "verifying", "signing", "answered", "review_submitted", "reviewing")
#: Which line of the record in words stands for which contestable field.
_WORDS = {
    RecordField.SUBJECT: "主体",
    RecordField.BEHAVIOUR: "失信行为",
    RecordField.FACTS: "事实",
    RecordField.SEVERITY: "失信程度",
    RecordField.SOURCE_DOCUMENT: "来源文书",
    RecordField.EFFECTIVE_ON: "生效日期",
    RecordField.CONDUCT_ENDED_ON: "行为终止日期",
    RecordField.RESPONSIBLE_PERSONS: "责任人员",
    RecordField.DISCLOSURE_LEVEL: "公开层级",
}


def read_credit(reader: Reader, *, unit: bool = False) -> CreditPage:
    """Every record about the reader or his unit of which he was told: what waits for him first, then the newest.

    Who is a civil servant and speaks for a unit has two homes, told apart by `unit`; everybody else has one with all.
    """
    person, speaks = reader.standing.units(_CIVIL_SERVANT), reader.standing.units(SPEAKERS)
    both = bool(person and speaks)
    of_unit = bool(speaks) and (unit or not person)
    wanted = Case.subject_unit_id.is_not(None) if of_unit else Case.subject_unit_id.is_(None)
    records = reader.session.execute(
        select(Record).where(_own(reader), wanted if both else true(), Case.subject_sees).order_by(Case.id.desc())
    ).scalars()
    calendar = current_calendar(reader.session)
    seen = [record for record in records if may_see(workflow("record"), reader.standing, record)]
    cards = sorted((_card(reader, record, calendar) for record in seen), key=_urgency)
    return CreditPage(of_unit, tuple(cards), _takes_notices_here(reader))


def _urgency(card: RecordCard) -> tuple[int, date]:
    return card.waits or (2, date.max)


def _takes_notices_here(reader: Reader) -> bool:
    day = reader.session.execute(select(User.electronic_service_on).where(User.id == reader.standing.user_id))
    return day.scalar_one() is not None


def own_record(reader: Reader, uid: str) -> Record:
    """A record about the reader or his unit.

    Raises:
        NotFound: there is none, he was not told of it, or he knows it in another quality only.
    """
    case = case_for(reader, uid)
    if not isinstance(case, Record) or not case.subject_sees or not _is_about(reader, case):
        raise NotFound
    return case


def read_card(reader: Reader, uid: str) -> RecordCard:
    """One record as its subject sees it; raises as `own_record`."""
    return _card(reader, own_record(reader, uid), current_calendar(reader.session))


def _own(reader: Reader) -> ColumnElement[bool]:
    person = Case.subject_person_id == reader.standing.user_id
    units = reader.standing.units(SPEAKERS)
    return or_(person, Case.subject_unit_id.in_(sorted(units))) if units else person


def _is_about(reader: Reader, case: Case) -> bool:
    return case.subject_person_id == reader.standing.user_id or case.subject_unit_id in reader.standing.units(SPEAKERS)


def _card(reader: Reader, record: Record, calendar: Calendar) -> RecordCard:
    rules = _rules_of(reader, record)
    others = [
        case
        for case in reader.session.execute(
            select(Case)
            .where(Case.dossier_id == record.dossier_id, Case.id != record.id, Case.kind.not_in(("notice", "sync")))
            .order_by(Case.id.desc())
        ).scalars()
        if may_see(workflow(case.kind), reader.standing, case)
    ]
    lines = lines_of(reader.session, [record, *others], calendar, reader.today)
    words = dict(
        record_pairs(unit_names(reader.session, (record.provider_unit_id, record.finder_unit_id)), record, rules)
    )
    terms = _terms(reader, [record, *others])
    cases = tuple(
        _coming(case, line, terms) for case, line in zip(others, lines[1:], strict=True) if case.phase != "closed"
    )
    cases = tuple(sorted(cases, key=lambda case: not case.is_his))
    own = _coming(record, lines[0], terms) if _moves(record, cases) else None
    told = {(item.line.uid, item.line.term.key) for item in (*cases, own) if item and item.line.term}
    return RecordCard(
        line=lines[0],
        behaviour=words["失信行为"],
        severity=Severity(record.severity).label,
        provider=words["信息提供单位"],
        listed_on=record.listed_on,
        marks=_marks(others),
        periods=_periods(record, terms),
        fields=_fields(reader, record, {**words, "主体": lines[0].subject}, others),
        rights=_rights([record, *others], terms, calendar, reader.today, told),
        notices=_notices(reader, record, others),
        cases=cases,
        next=own,
        statement=statement_of(reader, record),
        filings=tuple(filing_of(reader, record, kind) for kind in _FILED_ON if record.phase != "closed"),
        about_unit=record.subject_unit_id is not None,
        for_unit=writes_for_the_head(reader, record),
        version=record.version,
        electronic_service=record.subject_person_id is None or _takes_notices_here(reader),
    )


def _rules_of(reader: Reader, record: Record) -> RuleSet:
    # A subject is told of a record after it was reported, and what is reported has its rule set.
    assert record.rule_set_id is not None
    return rule_set(reader.session, record.rule_set_id)


def _marks(others: list[Case]) -> tuple[str, ...]:
    found = []
    if any(case.kind == "objection" and case.state in _DISPUTED_IN for case in others):
        found.append("异议中")
    if any(case.kind == "rectification" and case.phase == "open" for case in others):
        found.append("整改中")
    repairs = [case.state for case in others if case.kind == "repair" and case.phase == "open"]
    if repairs:
        # A granted repair stands already; what goes on is that its targets take it over.
        found.append("修复同步中" if repairs == ["executing"] else "修复办理中")
    if any(case.kind == "exemption" and case.phase == "open" for case in others):
        found.append("容错认定中")
    return tuple(found)


def _terms(reader: Reader, cases: list[Case]) -> list[TermRow]:
    return list(
        reader.session.execute(
            select(TermRow)
            .where(TermRow.case_id.in_([case.id for case in cases]), TermRow.status.in_(LIVE))
            .order_by(TermRow.id)
        ).scalars()
    )


def _periods(record: Record, terms: list[TermRow]) -> tuple[PeriodLine, ...]:
    return tuple(
        PeriodLine(row.key, _label("record", row.key), row.due_on, row.provisional)
        for row in terms
        if row.case_id == record.id and row.nature == Nature.PERIOD.value and row.number
    )


def _label(kind: str, key: str) -> str:
    term = workflow(kind).term(key)
    return term.label if term else key


def _rights(
    cases: list[Case], terms: list[TermRow], calendar: Calendar, today: date, told: set[tuple[str, str]]
) -> tuple[RightLine, ...]:
    """The rights that run and are not told already with what comes next."""
    by_id = {case.id: case for case in cases}
    rights = [(by_id[row.case_id], row) for row in terms if row.nature == Nature.RIGHT.value]
    return tuple(
        RightLine(_label(case.kind, row.key), case.uid, workflow(case.kind).label, term_state(row, calendar, today))
        for case, row in rights
        if (case.uid, row.key) not in told
    )


def _fields(reader: Reader, record: Record, words: dict[str, str], others: list[Case]) -> tuple[FieldLine, ...]:
    contestable = set(contestable_fields(reader, record))
    disputed = {
        item["field"]
        for case in others
        if isinstance(case, Objection) and case.state in _DISPUTED_IN
        for item in case.fields
    }
    return tuple(
        FieldLine(
            field.value,
            field.label,
            _recorded(field, words),
            field in contestable and field.value not in disputed,
            field.value in disputed,
        )
        for field in RecordField
    )


def _recorded(field: RecordField, words: dict[str, str]) -> str:
    if field is RecordField.RECORD:
        return "认为整条记录不应当存在的，就本项提出"
    return words.get(_WORDS[field], "") or "未记载"


def _notices(reader: Reader, record: Record, others: list[Case]) -> tuple[OwnNotice, ...]:
    user, units = reader.standing.user_id, reader.standing.units(SPEAKERS)
    recipient = Notice.recipient_person_id == user
    if units:
        recipient = or_(recipient, Notice.recipient_unit_id.in_(sorted(units)))
    rows = reader.session.execute(
        select(Notice)
        .where(Notice.parent_id.in_([record.id, *(case.id for case in others)]), recipient, Notice.sha256.is_not(None))
        .order_by(Notice.id.desc())
    ).scalars()
    return tuple(
        OwnNotice(row.uid, row.title, row.number or "", row.served_on, row.parent_id == record.id)
        for row in rows
        if may_see(workflow("notice"), reader.standing, row)
    )


def _moves(record: Record, cases: tuple[OwnCase, ...]) -> bool:
    return record.phase == "open" or (record.phase != "closed" and not cases)


def _coming(case: Case, line: CaseLine, terms: list[TermRow]) -> OwnCase:
    key = line.term.key if line.term else ""
    own = [row for row in terms if row.case_id == case.id]
    return OwnCase(line, _label(case.kind, key) if key else "", outlook_of(case, own, line.holder_unit, key))
