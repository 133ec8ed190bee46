"""Cases: the list, one case with its terms and possible acts, and its history."""

from flask import Response

from app.api.bodies.cases import (
    ActBody,
    CaseBody,
    CaseLineBody,
    CaseList,
    CaseQuery,
    EventBody,
    HistoryBody,
    LedgerDayBody,
    LengthBody,
    SummaryLine,
    TermBody,
    TermList,
)
from app.api.calling import Call
from app.api.operation import answer, operation
from app.services.api_tokens import Scope
from app.services.machine_steps import besides_owner, offers_to_programs
from app.services.reading.case_page import CasePage, OfferView, read_case
from app.services.reading.lines import CaseLine
from app.services.reading.search import COUNTED, Sought, search
from app.services.reading.terms import TermDetail
from app.services.search_index.query import Due
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.registry import WORKFLOWS

GROUP = "事项"


@operation("GET", "/cases", group=GROUP, scope=Scope.READ, query=CaseQuery, answer=CaseList)
def list_cases(call: Call) -> CaseList:
    """查询本单位经办的事项，新的在前。"""
    sought = _sought(call.query)
    with call.reader() as (reader, owner):
        found = search(reader, sought, call.query.before, besides_owner(owner))
    return CaseList(
        items=[line_body(one.line) for one in found.lines],
        count=min(found.count, COUNTED),
        more_than_counted=found.is_capped,
        notes=list(found.notes),
        next=found.next_before,
    )


@operation("GET", "/cases/<uid>", group=GROUP, scope=Scope.READ, answer=CaseBody, refusals=(404,), also={200: "ETag"})
def show_case(call: Call, uid: str) -> Response:
    """查看一个事项：状态、期限及其推算台账、可以办理的步骤。响应头 ETag 为版本。"""
    with call.case_reader(uid) as reader:
        page = read_case(reader, uid)
    return answer(case_body(page), headers={"ETag": f'"{page.version}"'})


@operation("GET", "/cases/<uid>/history", group=GROUP, scope=Scope.READ, answer=HistoryBody, refusals=(404,))
def show_history(call: Call, uid: str) -> HistoryBody:
    """查看办理过程，新的在前。"""
    with call.case_reader(uid) as reader:
        page = read_case(reader, uid)
    return HistoryBody(items=[EventBody.model_validate(event) for event in page.events])


@operation("GET", "/cases/<uid>/terms", group=GROUP, scope=Scope.READ, answer=TermList, refusals=(404,))
def list_terms(call: Call, uid: str) -> TermList:
    """查看期限及其依据和逐日台账：每一日计入第几日，或者因何不计入。"""
    with call.case_reader(uid) as reader:
        page = read_case(reader, uid)
    return TermList(items=[_term(term) for term in page.terms])


def _sought(query: CaseQuery) -> Sought:
    demand_known(query.kind, query.state)
    return Sought(query.kind, query.state, query.words.strip(), Due(query.due) if query.due else None)


def demand_known(kind: str, state: str) -> None:
    """Raises FormIncomplete for a kind or state that does not exist: it must not look as if it had no cases."""
    if kind and kind not in WORKFLOWS:
        raise FormIncomplete((FieldError("kind", "事项类别", f"可选：{'、'.join(WORKFLOWS)}"),))
    if state:
        if not kind:
            raise FormIncomplete((FieldError("kind", "事项类别", "按状态查询的，须同时写明事项类别"),))
        states = [known.key for known in WORKFLOWS[kind].states]
        if state not in states:
            raise FormIncomplete((FieldError("state", "状态", f"可选：{'、'.join(states)}"),))


def line_body(line: CaseLine) -> CaseLineBody:
    """A line of a list."""
    return CaseLineBody.model_validate(line)


def case_body(page: CasePage) -> CaseBody:
    """One case."""
    return CaseBody(
        **line_body(page.line).model_dump(),
        resting=page.resting,
        marks=list(page.marks),
        capacities=list(page.capacities),
        holds=page.holds,
        summary=[SummaryLine(label=label, text=text) for label, text in page.summary.pairs],
        acts=[_act(offer) for offer in offers_to_programs(page.line.kind, page.offers)],
        terms=[_term(term) for term in page.terms],
        parent=line_body(page.parent) if page.parent else None,
        related=[line_body(line) for line in page.related],
    )


def _act(offer: OfferView) -> ActBody:
    return ActBody(
        step=offer.step,
        label=offer.label,
        possible=offer.possible,
        reasons=list(offer.reasons),
        on_proposal=offer.on_proposal,
        opens=offer.opens,
        notices=list(offer.makes),
    )


def _term(term: TermDetail) -> TermBody:
    days = term.ledger.days if term.ledger else ()
    return TermBody(
        key=term.key,
        label=term.label,
        nature=term.nature.value,
        holder=term.holder,
        length=LengthBody(number=term.length.number, unit=term.length.unit.value, text=term.length.text),
        basis=term.basis,
        grade=term.grade.value,
        start=term.start,
        status=term.status,
        status_label=term.status_label,
        due_on=term.state.due_on,
        days=term.state.days,
        provisional=term.state.provisional,
        ended_on=term.ended_on,
        ledger=[LedgerDayBody.model_validate(day) for day in days],
    )
