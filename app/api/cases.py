"""Cases: the list, one case with its terms and possible acts, its history and its notices with their sheets."""

from io import BytesIO

from flask import Response, send_file

from app.api.bodies.cases import (
    ActBody,
    CaseBody,
    CaseLineBody,
    CaseList,
    CaseQuery,
    DocumentBody,
    DocumentList,
    EventBody,
    HistoryBody,
    LedgerDayBody,
    LengthBody,
    SummaryLine,
    TermBody,
)
from app.api.calling import Call
from app.api.operation import PDF, answer, operation
from app.extensions import installation
from app.problems import problem
from app.services.access_log import Act
from app.services.api_tokens import Scope
from app.services.machine_steps import offers_to_programs, seen_besides_owner
from app.services.reading.case_page import CasePage, OfferView, read_case
from app.services.reading.lines import CaseLine
from app.services.reading.search import Sought, search
from app.services.reading.sheets import read_sheet
from app.services.reading.terms import TermDetail
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.registry import WORKFLOWS

GROUP = "事项"
_LOOK_AGAIN_SECONDS = 3


@operation("GET", "/cases", group=GROUP, scope=Scope.READ, query=CaseQuery, answer=CaseList)
def list_cases(call: Call) -> CaseList:
    """查询本单位经办的事项，新的在前。"""
    sought = _sought(call.query)
    with call.reader() as (reader, owner):
        found = search(reader, sought, call.query.before)
        seen = seen_besides_owner(reader, owner, [one.line.uid for one in found.lines])
    lines = [one.line for one in found.lines if one.line.uid in seen]
    return CaseList(items=[line_body(line) for line in lines], next=found.next_before)


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


@operation("GET", "/cases/<uid>/documents", group=GROUP, scope=Scope.READ, answer=DocumentList, refusals=(404,))
def list_documents(call: Call, uid: str) -> DocumentList:
    """查看事项的文书目录。"""
    with call.case_reader(uid) as reader:
        page = read_case(reader, uid)
    return DocumentList(items=[DocumentBody.model_validate(notice) for notice in page.notices])


@operation(
    "GET", "/documents/<uid>/sheet", group=GROUP, scope=Scope.DOCUMENTS, answer_type=PDF, refusals=(404, 409),
    notes="文书正在生成时答复 409，请按 Retry-After 所示的秒数再取。",
)  # fmt: skip
def download_sheet(call: Call, uid: str) -> Response:
    """下载文书。"""
    with call.case_reader(uid) as reader:
        sheet = read_sheet(reader, uid, installation().settings.files_dir)
    if sheet.download is None:
        waiting = problem(409, "SheetInTheMaking", "文书正在生成，请稍后再取。")
        waiting.headers["Retry-After"] = str(_LOOK_AGAIN_SECONDS)
        return waiting
    call.log(Act.DOWNLOADED, uid)
    found = sheet.download
    sent = send_file(
        BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )
    sent.headers["X-Content-Type-Options"] = "nosniff"
    return sent


def _sought(query: CaseQuery) -> Sought:
    """Raises FormIncomplete for a kind or state that does not exist: it must not look as if it had no cases."""
    if query.kind and query.kind not in WORKFLOWS:
        raise FormIncomplete((FieldError("kind", "事项类别", f"可选：{'、'.join(WORKFLOWS)}"),))
    if query.state:
        if not query.kind:
            raise FormIncomplete((FieldError("kind", "事项类别", "按状态查询的，须同时写明事项类别"),))
        states = [state.key for state in WORKFLOWS[query.kind].states]
        if query.state not in states:
            raise FormIncomplete((FieldError("state", "状态", f"可选：{'、'.join(states)}"),))
    return Sought(query.kind, query.state, query.words.strip())


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
