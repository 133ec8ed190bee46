"""What the law of the place says: procedures with the forms of their steps, working days, rules, the register."""

from app.api.bodies.base import Named
from app.api.bodies.law import (
    BehaviourBody,
    CalendarBody,
    PlaceBody,
    PlaceList,
    ProcedureBody,
    ProcedureLine,
    ProcedureList,
    RegisterBody,
    RegisterLine,
    RegisterQuery,
    RuleBody,
    RulesBody,
    SkippedDays,
    SpecialDay,
    StateBody,
    StepFormBody,
    TableStep,
    TableTerm,
    WorkingDaysBody,
    WorkingDaysQuery,
    YearQuery,
)
from app.api.calling import Call
from app.api.operation import operation
from app.services.api_tokens import Scope
from app.services.machine_steps import is_open_to_programs, seen_besides_owner
from app.services.notice_numbers import parts_of
from app.services.reading.dispatch_register import Wanted, read_register
from app.services.reading.lawbook_view import read_lawbook
from app.services.reading.working_days import reckon, special_days
from workflows.catalogue import NOTICES
from workflows.kit.definition import OPENING, Fork, Step, Workflow
from workflows.kit.describe import holder_label
from workflows.kit.errors import FieldError, FormIncomplete, NotFound, UnknownStep
from workflows.registry import WORKFLOWS
from workflows.rules.model import SEVERITIES, TermRule

GROUP = "程序与规则"


@operation("GET", "/procedures", group=GROUP, answer=ProcedureList)
def list_procedures(call: Call) -> ProcedureList:
    """列出全部程序。"""
    return ProcedureList(items=[ProcedureLine(kind=key, label=flow.label) for key, flow in WORKFLOWS.items()])


@operation("GET", "/procedures/<kind>", group=GROUP, answer=ProcedureBody, refusals=(404,))
def show_procedure(call: Call, kind: str) -> ProcedureBody:
    """查看一个程序的状态、步骤和期限。"""
    flow = _flow(kind)
    return ProcedureBody(
        kind=flow.key,
        label=flow.label,
        states=[
            StateBody(
                key=state.key,
                label=state.label,
                phase=state.phase.value,
                holder=holder_label(state),
                resting=state.resting,
            )
            for state in flow.states
        ],
        steps=[_step(flow, step) for step in flow.steps],
        terms=[
            TableTerm(key=term.key, label=term.label, nature=term.nature.value, holder=holder_label(term))
            for term in flow.terms
        ],
    )


@operation("GET", "/procedures/<kind>/steps/<step>", group=GROUP, answer=StepFormBody, refusals=(404,))
def show_form(call: Call, kind: str, step: str) -> StepFormBody:
    """查看一个步骤的表单（JSON Schema）。"""
    found = _flow(kind).step(step)
    if found is None:
        raise UnknownStep(step[:40])
    return StepFormBody(kind=kind, step=step, label=found.label, form=found.form.model_json_schema())


@operation("GET", "/calendar/working-days", group=GROUP, query=WorkingDaysQuery, answer=WorkingDaysBody)
def reckon_working_days(call: Call) -> WorkingDaysBody:
    """推算工作日期限的届满日：自起算日的次日起计算。"""
    query: WorkingDaysQuery = call.query
    with call.reader() as (reader, _owner):
        found = reckon(reader.session, query.start, query.days)
    return WorkingDaysBody(
        start=query.start,
        days=query.days,
        due_on=found.due_on,
        provisional=found.provisional,
        calendar_version=found.calendar_version,
        skipped=[SkippedDays.model_validate(skip) for skip in found.skipped],
    )


@operation("GET", "/calendar", group=GROUP, query=YearQuery, answer=CalendarBody)
def show_calendar(call: Call) -> CalendarBody:
    """查看一年的放假和调休安排。"""
    with call.reader() as (reader, _owner):
        found = special_days(reader.session, call.query.year)
    return CalendarBody(
        year=call.query.year,
        provisional=found.provisional,
        calendar_version=found.calendar_version,
        published_through=found.published_through,
        days=[SpecialDay.model_validate(day) for day in found.days],
    )


@operation("GET", "/rules", group=GROUP, answer=PlaceList)
def list_places(call: Call) -> PlaceList:
    """列出本系统的地区。"""
    with call.reader() as (reader, _owner):
        page = read_lawbook(reader)
    return PlaceList(items=[PlaceBody(key=key, label=name) for key, name in page.localities])


@operation("GET", "/rules/<locality>", group=GROUP, answer=RulesBody, refusals=(404,))
def show_rules(call: Call, locality: str) -> RulesBody:
    """查看一个地区现行的规则集：期限及其依据、失信行为清单。"""
    with call.reader() as (reader, _owner):
        page = read_lawbook(reader, locality)
    rules = page.rules
    return RulesBody(
        locality=page.locality,
        name=rules.name,
        number=page.number,
        in_force_from=page.in_force_from,
        digest=rules.digest,
        terms=[_rule(rule) for rule in rules.terms],
        behaviours=[
            BehaviourBody(
                id=entry.id, label=entry.label, field=entry.field, basis=[basis.text for basis in entry.citations]
            )
            for entry in rules.behaviours
        ],
    )


@operation(
    "GET", "/registers/notices", group=GROUP, scope=Scope.READ, query=RegisterQuery, answer=RegisterBody,
    refusals=(404,),
)  # fmt: skip
def show_register(call: Call) -> RegisterBody:
    """查看发文登记簿。"""
    query: RegisterQuery = call.query
    try:
        after = parts_of(query.after) if query.after else None
    except ValueError:
        raise FormIncomplete((FieldError("after", "翻页", "不是上一页给出的 next"),)) from None
    with call.reader() as (reader, owner):
        found = read_register(reader, Wanted(word=query.word, year=query.year, words=query.words), after)
        seen = seen_besides_owner(reader, owner, [entry.uid for entry in found.entries])
    return RegisterBody(
        items=[
            RegisterLine(
                **{name: getattr(entry, name) for name in RegisterLine.model_fields if name != "status"},
                status=entry.status.value,
            )
            for entry in found.entries
            if entry.uid in seen
        ],
        count=found.count,
        without_gap=found.without_gap,
        next=found.next_after,
    )


def _flow(kind: str) -> Workflow:
    if kind not in WORKFLOWS:
        raise NotFound(f"没有这一程序，可用：{'、'.join(WORKFLOWS)}。")
    return WORKFLOWS[kind]


def _step(flow: Workflow, step: Step) -> TableStep:
    targets: list[str] = []
    for move in step.moves:
        if isinstance(move.to, Fork):
            targets += [option.key for option in move.to.options]
        elif move.to is not None:
            targets.append(move.to.key)
    return TableStep(
        key=step.key,
        label=step.label,
        by=[Named(key=capacity.value, label=capacity.label) for capacity in sorted(step.by)],
        sources=[move.source.key for move in step.moves if move.source is not OPENING],
        targets=list(dict.fromkeys(targets)),
        opening=step.opening,
        on_proposal=step.on_proposal,
        open_to_programs=is_open_to_programs(flow.key, step.key),
        notices=[Named(key=draft.notice, label=NOTICES[draft.notice].title) for draft in step.notices],
        basis=step.basis,
    )


def _rule(rule: TermRule) -> RuleBody:
    spans = rule.by_severity or {}
    return RuleBody(
        key=rule.key,
        label=rule.label,
        holder=rule.holder,
        length=rule.span.text if rule.span else "",
        by_severity={SEVERITIES[severity]: span.text for severity, span in spans.items()},
        start=rule.anchor_label,
        basis=rule.basis.text,
        grade=rule.grade.value,
        unconfirmed=rule.grade.unconfirmed,
    )
