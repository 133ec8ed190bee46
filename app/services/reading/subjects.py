"""Finding the subject of a record; what a unit wrote about it so far, and its terms in advance."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from app.access.capacities import may_see
from app.models.api import ApiToken
from app.models.kinds import Record
from app.models.people import PostHolding, Unit, User
from app.services.lawbook import current_calendar, rule_set_in_force
from app.services.reading.reader import Reader, case_for
from app.services.units.names import exists_on
from workflows.forms.record import RecordContent, Severity
from workflows.identity import check_credit_code, check_identity_number, normal
from workflows.kit.counting import Counting, due_on
from workflows.kit.errors import NotFound
from workflows.registry import workflow
from workflows.roles import Post
from workflows.rules.model import RuleSet, TermRule

MOST = 20
_EDITABLE = frozenset({"draft", "returned"})
#: Terms that a clerk wants to know before he reports: from what they count, and their key.
_SCREENING = "record.screening"
_FORESEEN = (
    (_SCREENING, "报送之日"),
    ("record.statement", "告知书送达之日"),
    ("record.retention", "行为终止日期"),
    ("record.publication_min", "记入之日"),
    ("record.publication_max", "记入之日"),
)


@dataclass(frozen=True)
class Subject:
    """A person or a unit that a record may be about; no identity number, and of a unit its public code."""

    uid: str
    name: str
    kind: str
    detail: str

    @property
    def is_unit(self) -> bool:
        return self.kind == "organ"


@dataclass(frozen=True)
class Found:
    """What a search brought: subjects, whether there are more, and what is wrong with a code that was typed."""

    subjects: tuple[Subject, ...]
    more: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Foreseen:
    """A term in advance: its last day where its first day is known, else its length."""

    label: str
    text: str
    until: date | None
    provisional: bool
    basis: str


def rules_of_clerk(reader: Reader) -> RuleSet:
    """The rule set in force today where the reader reports records.

    Raises:
        NotFound: the reader is no clerk of a unit that provides information.
    """
    unit = reader.session.get(Unit, min(_clerk_units(reader)))
    assert unit is not None
    return rule_set_in_force(reader.session, unit.locality, reader.today)[1]


def search_subjects(reader: Reader, text: str) -> Found:
    """People and units of the reader's locality by name, pinyin or code; an identity number only in full."""
    wanted = text.strip()
    if not wanted:
        return Found(())
    code = normal(wanted)
    if code[:1].isdigit() and len(code) >= 15:
        return _by_code(reader, code)
    places = clerk_localities(reader)
    units = [
        _unit(row)
        for row in reader.session.execute(
            select(Unit).where(Unit.locality.in_(places), exists_on(reader.today)).order_by(Unit.id)
        ).scalars()
        if wanted in row.name or _in_pinyin(wanted, row.name)
    ]
    reading = func.replace(User.name_pinyin, " ", "")
    people = reader.session.execute(
        select(User)
        .where(or_(User.name.contains(wanted, autoescape=True), reading.contains(_plain(wanted), autoescape=True)))
        .where(User.id.in_(people_of(places)))
        .order_by(User.name_pinyin, User.id)
        .limit(MOST + 1)
    ).scalars()
    found = [*(_person(reader, row) for row in people), *units]
    return Found(tuple(found[:MOST]), len(found) > MOST)


def subject_of(reader: Reader, uid: str) -> Subject | None:
    """The person or unit of a uid; None if there is none."""
    _clerk_units(reader)
    unit = reader.session.execute(select(Unit).where(Unit.uid == uid)).scalar_one_or_none()
    if unit is not None:
        return _unit(unit)
    person = reader.session.execute(select(User).where(User.uid == uid)).scalar_one_or_none()
    return _person(reader, person) if person is not None else None


def draft_of_record(reader: Reader, uid: str) -> tuple[dict[str, Any], int]:
    """What stands in the draft of a record, as its form has it, and its version.

    Raises:
        NotFound: there is none, the reader may not see it, or it is no draft any more.
    """
    case = case_for(reader, uid)
    units = _clerk_units(reader)
    if not isinstance(case, Record) or case.state not in _EDITABLE or case.provider_unit_id not in units:
        raise NotFound
    assert may_see(workflow("record"), reader.standing, case)
    subject = reader.session.execute(
        select(Unit.uid).where(Unit.id == case.subject_unit_id)
        if case.subject_unit_id is not None
        else select(User.uid).where(User.id == case.subject_person_id)
    ).scalar_one()
    finder = reader.session.get(Unit, case.finder_unit_id) if case.finder_unit_id != case.provider_unit_id else None
    content = {name: getattr(case, name) for name in RecordContent.model_fields if name not in ("subject", "finder")}
    return {**content, "subject": subject, "finder": finder.name if finder else ""}, case.version


def foresee(reader: Reader, severity: str, conduct_ended_on: date | None) -> tuple[Foreseen, ...]:
    """The terms of the record if it is made as it stands: until when it is screened if it is reported today, how long
    its subject is heard, how long it is kept and published.
    """
    rules, lines = rules_of_clerk(reader), []
    anchors = {_SCREENING: reader.today, "record.retention": conduct_ended_on}
    for key, start in _FORESEEN:
        rule = rules.term(key)
        if rule is None or not rule.exists:
            continue
        if rule.by_severity is not None:
            if severity not in set(Severity):
                continue
            rule = rule.for_severity(severity)
        lines.append(_foreseen(reader, rule, start, anchors.get(key)))
    return tuple(lines)


def _foreseen(reader: Reader, rule: TermRule, start: str, anchor: date | None) -> Foreseen:
    term = workflow("record").term(rule.key)
    assert rule.span is not None
    assert term is not None
    if anchor is None:
        return Foreseen(term.label, f"自{start}起{rule.span.text}", None, False, rule.basis.text)
    due = due_on(Counting(term.nature, rule.span, anchor), current_calendar(reader.session))
    said = f"今日报送的，自{start}起{rule.span.text}" if rule.key == _SCREENING else f"自{start}起{rule.span.text}"
    return Foreseen(term.label, said, due.on, due.provisional, rule.basis.text)


def _clerk_units(reader: Reader) -> frozenset[int]:
    units = reader.standing.units(frozenset({Post.CLERK}))
    if not units:
        raise NotFound
    return units


def clerk_localities(reader: Reader) -> list[str]:
    """Keys of the localities in which the reader reports records.

    Raises:
        NotFound: the reader is no clerk of a unit that provides information.
    """
    rows = reader.session.execute(select(Unit.locality).where(Unit.id.in_(sorted(_clerk_units(reader)))))
    return sorted(set(rows.scalars()))


def people_of(places: list[str]):  # type: ignore[no-untyped-def]
    """People with a post in the locality, and those who were registered only to be recorded; no programs."""
    with_post = select(PostHolding.user_id).join(Unit).where(Unit.locality.in_(places))
    anywhere = select(PostHolding.user_id)
    known = or_(User.id.in_(with_post), User.id.not_in(anywhere))
    return select(User.id).where(known, User.id.not_in(select(ApiToken.user_id)))


def _by_code(reader: Reader, code: str) -> Found:
    unit_code, person_code = check_credit_code(code), check_identity_number(code, reader.today)
    if unit_code.holds:
        row = reader.session.execute(select(Unit).where(Unit.code == unit_code.code)).scalar_one_or_none()
        return Found((_unit(row),)) if row is not None else Found((), problem="名册中没有这个统一社会信用代码的单位。")
    if person_code.holds:
        indexes = reader.backend.keys.blind_indexes(person_code.code)
        person = reader.session.execute(select(User).where(User.identity_index.in_(indexes))).scalar_one_or_none()
        if person is not None:
            return Found((_person(reader, person),))
        return Found((), problem="名册中没有这个公民身份号码的人员；系统外人员请在下方登记。")
    return Found((), problem=f"按公民身份号码核对：{person_code.error}按统一社会信用代码核对：{unit_code.error}")


def _unit(row: Unit) -> Subject:
    return Subject(row.uid, row.name, "organ", row.code or "尚无统一社会信用代码")


def _person(reader: Reader, row: User) -> Subject:
    names = reader.session.execute(
        select(Unit.name)
        .join(PostHolding, PostHolding.unit_id == Unit.id)
        .where(
            PostHolding.user_id == row.id,
            PostHolding.from_on <= reader.today,
            or_(PostHolding.until_on.is_(None), PostHolding.until_on >= reader.today),
        )
        .order_by(PostHolding.id)
    ).scalars()
    return Subject(row.uid, row.name, "person", "、".join(dict.fromkeys(names)) or "系统外人员")


def _in_pinyin(wanted: str, name: str) -> bool:
    text = _plain(wanted)
    if not text.isascii():
        return False
    # Its dictionary takes half a second to load, which no start should wait for.
    from pypinyin import lazy_pinyin

    syllables = [part.lower() for part in lazy_pinyin(name)]
    return text in "".join(syllables) or text in "".join(part[:1] for part in syllables)


def _plain(text: str) -> str:
    return "".join(text.lower().split())
