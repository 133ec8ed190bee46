"""期限告知单 and 送达回证: sheets that accompany a service, made on demand from what the service recorded.

They are no notices of their own: they decide nothing and bear no number. The 期限告知单 gives the binding last days
that the notice itself could only reckon; the 送达回证 is printed with blanks, filled in by hand and uploaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.documents.context import CaseFacts, NoticeContext
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Locality
from app.models.terms import TermRow
from app.services.backend import Backend
from app.services.lawbook import current_calendar, rule_set
from app.services.notice_content.parties import organ_of, parent_of, recipient_of, serves_the_subject, verify_url
from app.services.notice_content.record_facts import real_number
from app.services.notice_content.term_lines import armed_by, line_of
from app.services.service_addresses import addressee_of, confirmed_address
from workflows.catalogue import NOTICES
from workflows.forms.notice import ServiceMethod
from workflows.registry import workflow

#: Blank on the 送达回证 until it is known, to be written by hand.
_BLANK = "　"


@dataclass(frozen=True)
class _Sheet:
    """What both sheets share."""

    session: Session
    backend: Backend
    notice: Notice
    parent: Case

    def context(self, key: str, dated: date, content: dict[str, Any], **more: Any) -> NoticeContext:
        place = self.session.get(Locality, self.parent.locality)
        return NoticeContext(
            key=key,
            title=NOTICES[key].title,
            organ=organ_of(self.session, self.notice),
            recipient=recipient_of(self.session, self.notice),
            dated=dated,
            case=CaseFacts(
                kind=self.parent.kind,
                kind_label=workflow(self.parent.kind).label,
                number=real_number(self.parent.number, self.parent.uid),
                received_on=self.parent.received_on,
                opened_on=self.parent.opened_on,
            ),
            locality_name=place.name if place is not None else "",
            content={
                "notice_title": self.notice.title,
                "notice_number": real_number(self.notice.number, self.notice.uid),
                **content,
            },
            code=self.notice.code,
            verify_url=verify_url(self.backend, self.notice),
            labelled_demo=self.backend.demo,
            **more,
        )


def term_sheet_context(session: Session, backend: Backend, notice: Notice) -> NoticeContext | None:
    """期限告知单 of a served notice; None while it is not served, and where its service starts no term.

    Only the terms that this recipient's service began are on it, each with its first and last day as computed from the
    day of service, also after they have ended. A corrected day of service gives a corrected sheet.
    """
    rows = _begun_by(session, notice)
    if not rows:
        return None
    sheet = _Sheet(session, backend, notice, parent_of(session, notice))
    assert notice.served_on is not None
    assert sheet.parent.rule_set_id is not None
    rules, calendar = rule_set(session, sheet.parent.rule_set_id), current_calendar(session)
    content = {"served_on": notice.served_on.isoformat(), "method_label": _method(notice)}
    terms = tuple(line_of(row, sheet.parent, rules, calendar) for row in rows)
    return sheet.context("term_sheet", notice.served_on, content, terms=terms)


def begins_terms(session: Session, notice: Notice) -> bool:
    """Whether there is a 期限告知单 of this notice."""
    return bool(_begun_by(session, notice))


def _begun_by(session: Session, notice: Notice) -> list[TermRow]:
    """The terms that the service on this recipient began."""
    parent = parent_of(session, notice) if notice.served_on is not None else None
    if parent is None or parent.rule_set_id is None or not serves_the_subject(notice, parent):
        return []
    assert notice.served_on is not None
    return armed_by(session, notice, parent, notice.served_on)


def service_receipt_context(
    session: Session, backend: Backend, notice: Notice, *, issued_by: str = ""
) -> NoticeContext:
    """送达回证 of a signed notice: filled in as far as known, with boxes for what is written by hand.

    Params:
        issued_by: 填发人, who prints it for the organ that serves; empty leaves the box to the pen.

    Raises:
        AssertionError: the notice is not signed yet, so there is nothing to serve.
    """
    assert notice.signed_on is not None, "only a signed notice is served"
    sheet = _Sheet(session, backend, notice, parent_of(session, notice))
    confirmed = confirmed_address(session, backend.keys, addressee_of(notice))
    place = _service(notice).get("place") or (confirmed.address if confirmed else "")
    content = {"method_label": _method(notice), "copies": 1, "place": place or _BLANK, "issued_by": issued_by or _BLANK}
    return sheet.context("service_receipt", notice.dispatched_on or notice.signed_on, content)


def _service(notice: Notice) -> Mapping[str, Any]:
    return notice.service or {}


def _method(notice: Notice) -> str:
    """The way in which it was in fact served, else in which it was sent; blank before."""
    used = _service(notice).get("method") or notice.method
    return ServiceMethod(used).label if used else _BLANK
