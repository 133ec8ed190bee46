"""What a case is found by: what everybody who may see it reads on its page, from the first day on.

What a party learns only by a notice (findings, decisions, their reasons: `reading.told`) is not in the index at all.
So no hit, no count and no highlight can tell anybody more than the page itself does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.models.people import Unit, User
from app.models.registry import MODELS
from app.services.among import among
from app.services.lawbook import rule_set
from app.services.search_index import tokens
from app.services.search_index.readings import readings_of
from workflows.forms.record import SourceType
from workflows.registry import workflow
from workflows.roles import RELATIONS

NUMBER, SUBJECT, KIND = "文号", "当事人", "事项"
#: The units that a list or a page names, with their part in the case.
_UNITS = (
    ("当事人", "subject_unit_id"),
    ("信息提供单位", "provider_unit_id"),
    ("认定单位", "finder_unit_id"),
    ("办理单位", "handling_unit_id"),
    ("受送达人", "recipient_unit_id"),
)
_DAYS = (("收到日期", "received_on"), ("立案日期", "opened_on"), ("期限", "due_on"))
_DAYS_BY_KIND = {
    "record": (
        ("文书日期", "source_on"),
        ("生效日期", "effective_on"),
        ("行为终止日期", "conduct_ended_on"),
        ("记入日期", "listed_on"),
    ),
    "repair": (("纠正完成日期", "corrected_on"),),
    "notice": (("签发日期", "signed_on"), ("送出日期", "dispatched_on"), ("送达日期", "served_on")),
}
#: Every column by which somebody may see a case.
RELATION_COLUMNS = tuple(dict.fromkeys(relation.column for held in RELATIONS.values() for relation in held))
_BATCH = 500


@dataclass(frozen=True)
class Said:
    """One case: labelled texts, the days and units it names, and the people whose names are read in pinyin."""

    case_id: int
    number: str
    texts: tuple[tuple[str, str], ...]
    days: tuple[tuple[str, date], ...]
    units: tuple[tuple[str, int, str], ...]
    people: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, int], ...] = field(default=())

    def row(self) -> list[str]:
        """Its tokens in the order of the index."""
        fields = [*tokens.number_tokens(self.number), *(tokens.tokens_of(name) for _label, name in self.people)]
        fields += [tokens.tokens_of(text) for _label, text in self.texts]
        marks = [token for _label, day in self.days for token in tokens.day_tokens(day)]
        marks += [tokens.unit_token(unit) for _label, unit, _name in self.units]
        marks += [tokens.reading_token(reading) for _label, name in self.people for reading in readings_of(name)]
        marks += [tokens.relation_token(column, value) for column, value in self.relations]
        return tokens.stream(fields, marks)


def said_by(session: Session, ids: Sequence[int]) -> list[Said]:
    """What these cases say, in ascending order of their ids; one query a kind, a table of names and a rule set."""
    found: list[Said] = []
    for start in range(0, len(ids), _BATCH):
        found += said_of(session, whole_cases(session, ids[start : start + _BATCH]))
    return sorted(found, key=lambda one: one.case_id)


def said_of(session: Session, cases: Sequence[Case], known: "Known | None" = None) -> list[Said]:
    """What these cases say, which are at hand as `whole_cases` reads them.

    Args:
        known: the names of all that `named_in` gives, where they have been read already.
    """
    names = _Names(session, cases, known or _read_names(session, *named_in(cases)))
    return [_said(case, names) for case in cases]


def named_in(cases: Iterable[Case]) -> tuple[set[int | None], set[int | None]]:
    """Ids of the people and of the units that these cases name."""
    listed = list(cases)
    people = {case.subject_person_id for case in listed} | {case.recipient_person_id for case in listed}
    return people, {getattr(case, column) for case in listed for _label, column in _UNITS}


def whole_cases(session: Session, ids: Sequence[int]) -> list[Case]:
    """Cases with what is particular to their kinds, in no order: one query for the kinds, and one for each of them."""
    kinds = dict(session.execute(select(Case.id, Case.kind).where(among(session, Case.id, ids))).all())
    found: list[Case] = []
    for kind in sorted(set(kinds.values())):
        model = MODELS[kind]
        wanted = [case_id for case_id, other in kinds.items() if other == kind]
        found += session.execute(select(model).where(among(session, model.id, wanted))).scalars()
    return found


Known = tuple[Mapping[Any, str], Mapping[Any, str]]
"""Present names by id: of people, and of units."""


def _read_names(session: Session, people: set[int | None], units: set[int | None]) -> Known:
    of_people = session.execute(select(User.id, User.name).where(User.id.in_(people - {None}))).all()
    return dict(of_people), dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units - {None}))).all())


class _Names:
    """Names of the people, units and behaviours of a batch."""

    def __init__(self, session: Session, cases: Iterable[Case], known: Known) -> None:
        listed = list(cases)
        self.people, self.units = known
        rules = {case.rule_set_id for case in listed if case.kind == "record" and case.rule_set_id is not None}
        self.behaviours = {
            (one, behaviour.id): behaviour.label for one in rules for behaviour in rule_set(session, one).behaviours
        }


def _said(case: Case, names: _Names) -> Said:
    days = [*_DAYS, *_DAYS_BY_KIND.get(case.kind, ())]
    people = [(SUBJECT, case.subject_person_id), ("受送达人", case.recipient_person_id)]
    return Said(
        case_id=case.id,
        number=case.number or "",
        texts=((KIND, workflow(case.kind).label), *_texts(case, names)),
        days=tuple((label, day) for label, column in days if (day := getattr(case, column)) is not None),
        units=tuple(
            (label, unit, names.units[unit]) for label, column in _UNITS if (unit := getattr(case, column)) is not None
        ),
        people=tuple((label, names.people[person]) for label, person in people if person is not None),
        relations=tuple((column, value) for column in RELATION_COLUMNS if (value := getattr(case, column)) is not None),
    )


def _texts(case: Case, names: _Names) -> tuple[tuple[str, str], ...]:
    told = [("失信行为", _behaviour(case, names))] if case.kind == "record" else []
    return tuple((label, text) for label, text in [*told, *_TEXTS[case.kind](case)] if text)


def _record(record: Any) -> list[tuple[str, str]]:
    return [
        ("重点领域", record.key_field),
        ("事实", record.facts),
        ("来源文书", f"{SourceType(record.source_type).label} {record.source_number}".strip()),
        ("作出机关", record.source_organ),
        ("损失情况", record.loss),
        ("社会影响", record.influence),
        ("责任人员", "、".join(record.responsible_persons or [])),
    ]


def _behaviour(record: Any, names: _Names) -> str:
    return f"{record.behaviour} {names.behaviours.get((record.rule_set_id, record.behaviour), '')}".strip()


def _objection(objection: Any) -> list[tuple[str, str]]:
    wanted = "；".join(item.get("wanted") or "" for item in objection.fields)
    return [("异议理由", objection.reason), ("请求", wanted), ("申请复核的理由", objection.review_reason)]


def _rectification(found: Any) -> list[tuple[str, str]]:
    return [
        ("存在的问题", found.problems),
        ("整改要求", "；".join(found.requirements)),
        ("失信原因", found.causes),
        ("责任人员", "、".join(found.responsible_persons)),
        ("整改方案", "；".join(f"{task['task']}（{task['person']}）" for task in found.tasks)),
        ("进展台账", "；".join(str(line["progress"]) for line in found.progress)),
        ("整改情况", found.completion_summary),
    ]


def _repair(repair: Any) -> list[tuple[str, str]]:
    return [
        ("纠正情况", repair.correction),
        ("证明材料", "、".join(repair.evidence)),
        ("申请复核的理由", repair.review_reason),
    ]


def _exemption(exemption: Any) -> list[tuple[str, str]]:
    return [
        ("容错情形", exemption.situation),
        ("事实与理由", exemption.circumstances),
        ("决策程序", exemption.decision_procedure),
        ("证明材料", "、".join(exemption.evidence)),
        ("纠错落实情况", exemption.correction_evidence),
    ]


def _notice(notice: Any) -> list[tuple[str, str]]:
    return [("文书", notice.title), ("补充说明", notice.added_text), ("核验码", notice.code)]


def _sync(item: Any) -> list[tuple[str, str]]:
    return [("同步对象", item.target_label), ("同步事由", item.trigger)]


_TEXTS: dict[str, Callable[[Any], list[tuple[str, str]]]] = {
    "record": _record,
    "objection": _objection,
    "rectification": _rectification,
    "repair": _repair,
    "exemption": _exemption,
    "notice": _notice,
    "sync": _sync,
}
