"""From a case to what its notice says: everything the notice's template reads, as plain values.

Called at the end of the transaction that signs a notice, after the numbers are drawn and before the events are
written; and for a draft, whose number is empty then.
"""

from typing import Any

from app.documents.citations import cited
from app.documents.context import CaseFacts, NoticeContext
from app.models.kinds import Notice
from app.models.people import Locality
from app.services.notice_content import matter_of
from app.services.notice_content.occasion import Occasion, occasion_of
from app.services.notice_content.parties import issuer_name, organ_of, recipient_of, subject_name, unit_name, verify_url
from app.services.notice_content.record_facts import real_number, record_facts
from app.services.notice_content.remedies import remedies_of
from app.services.notice_content.term_lines import term_lines
from app.services.unit_of_work import UnitOfWork

#: Who gets a copy (抄送): a unit that is told but not served. Whoever must be served gets a notice of its own.
_COPIED = {
    "record_decision": "provider_unit_id",
    "repair_decision": "finder_unit_id",
    "rectification_order": "provider_unit_id",
    "rectification_closure": "provider_unit_id",
}

#: Documents to a superior, which name who signs them (GB/T 9704-2012, 7.2.6).
_UPWARD = frozenset(("supervision_report",))


#: Edited places that the templates read by their own name; the others go where the standard text has its like.
_NAMED_PLACES = ("contact_person", "contact_phone", "hearing_place")


def context_for(work: UnitOfWork, notice: Notice, *, edited: bool = True) -> NoticeContext:
    """Everything that this notice prints.

    Args:
        edited: False for the standard text alone, without what was written into the allowed places.

    Raises:
        KeyError: the form of the step lacks what the notice must state.
        AssertionError: the case cannot have this notice.
    """
    occasion = occasion_of(work, notice)
    matter = matter_of(occasion)
    content = matter.content | _addressing(occasion)
    if notice.key in _UPWARD:
        content["issuer"] = issuer_name(work.session, notice, work.events)
    edits = (notice.edits or {}) if edited else {}
    content |= {place: edits[place] for place in _NAMED_PLACES if place in edits}
    if notice.added_text and edited:
        content["added_text"] = notice.added_text
    return NoticeContext(
        key=notice.key,
        title=notice.title,
        organ=organ_of(work.session, notice),
        recipient=recipient_of(work.session, notice),
        number=real_number(notice.number, notice.uid),
        dated=occasion.dated,
        case=_case_facts(occasion),
        record=record_facts(occasion, matter.facts),
        content=content,
        terms=term_lines(occasion, matter.running),
        remedies=remedies_of(occasion),
        basis=cited(matter.basis, matter.clauses),
        reason="。".join(part.rstrip("。") for part in (matter.reason, edits.get("reason", "")) if part),
        copies_to=(*_copies(occasion), *edits.get("copies_to", ())),
        code=notice.code,
        verify_url=verify_url(work.backend, notice),
        locality_name=_locality_name(occasion),
        labelled_demo=work.backend.demo,
    )


def _addressing(occasion: Occasion) -> dict[str, Any]:
    """Whether it speaks to the recorded party itself; who applied, by name, where it tells somebody else."""
    if occasion.serves_the_subject:
        return {"to_subject": True}
    if occasion.parent.kind in ("record", "notice"):
        return {}
    return {"applicant": subject_name(occasion.work.session, occasion.parent)}


def _case_facts(occasion: Occasion) -> CaseFacts:
    parent = occasion.parent
    accepted = occasion.last("accept", "accept_own")
    if accepted is None and parent.kind == "repair":
        # 变更 of a refusal works as acceptance (procedures, section 5).
        accepted = occasion.last("decide_review")
    return CaseFacts(
        kind=parent.kind,
        kind_label=occasion.flow.label,
        number=real_number(parent.number, parent.uid),
        received_on=parent.received_on,
        accepted_on=getattr(parent, "accepted_on", None) or (accepted.on if accepted is not None else None),
        opened_on=parent.opened_on,
    )


def _copies(occasion: Occasion) -> tuple[str, ...]:
    column = _COPIED.get(occasion.notice.key)
    unit_id = getattr(occasion.parent, column) if column else None
    if unit_id is None or unit_id in (occasion.notice.recipient_unit_id, occasion.notice.organ_unit_id):
        return ()
    return (unit_name(occasion.work.session, unit_id),)


def _locality_name(occasion: Occasion) -> str:
    place = occasion.work.session.get(Locality, occasion.parent.locality)
    return place.name if place is not None else occasion.rules.name
