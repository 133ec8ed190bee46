"""Notices of a case, their sheets, and the sheets that go with their service."""

from io import BytesIO

from flask import Response, send_file

from app.api.bodies.documents import DocumentBody, DocumentList
from app.api.calling import Call
from app.api.operation import SHEET, operation
from app.extensions import installation
from app.problems import problem
from app.services.access_log import Act
from app.services.api_tokens import Scope
from app.services.reading.attached import Download
from app.services.reading.case_page import read_case
from app.services.reading.sheets import accompanying_sheet, read_sheet

GROUP = "文书"
_LOOK_AGAIN_SECONDS = 3


@operation("GET", "/cases/<uid>/documents", group=GROUP, scope=Scope.READ, answer=DocumentList, refusals=(404,))
def list_documents(call: Call, uid: str) -> DocumentList:
    """查看事项的文书目录。"""
    with call.case_reader(uid) as reader:
        page = read_case(reader, uid)
    return DocumentList(items=[DocumentBody.model_validate(notice) for notice in page.notices])


@operation(
    "GET", "/documents/<uid>/sheet", group=GROUP, scope=Scope.DOCUMENTS, answer_types=SHEET, refusals=(404, 409),
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
    return handed_out(call, uid, sheet.download)


@operation(
    "GET", "/documents/<uid>/receipt", group=GROUP, scope=Scope.DOCUMENTS, answer_types=SHEET, refusals=(404,)
)  # fmt: skip
def download_receipt(call: Call, uid: str) -> Response:
    """下载文书的空白送达回证，供送达时签收。"""
    return _accompanying(call, uid, "receipt")


@operation(
    "GET", "/documents/<uid>/term-sheet", group=GROUP, scope=Scope.DOCUMENTS, answer_types=SHEET, refusals=(404,)
)  # fmt: skip
def download_term_sheet(call: Call, uid: str) -> Response:
    """下载文书送达后的期限告知单。"""
    return _accompanying(call, uid, "terms")


def _accompanying(call: Call, uid: str, which: str) -> Response:
    with call.case_reader(uid) as reader:
        found = accompanying_sheet(reader, uid, which, as_pdf=installation().settings.renderer == "pdf")
    return handed_out(call, uid, found)


def handed_out(call: Call, uid: str, found: Download) -> Response:
    """The bytes of a file, to be kept and never shown as a page; that they were fetched is logged."""
    call.log(Act.DOWNLOADED, uid)
    sent = send_file(
        BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )
    sent.headers["X-Content-Type-Options"] = "nosniff"
    return sent
