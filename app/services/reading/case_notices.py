"""The notices of a case as its page lists them, each with the event that made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.access.capacities import may_see
from app.models.cases import Case
from app.models.kinds import Notice
from app.services.once_read import notices_of
from app.services.reading.history import EventView
from app.services.reading.lines import Names
from app.services.reading.reader import Reader
from workflows.registry import workflow


@dataclass(frozen=True)
class NoticeView:
    """A notice of the case, as its list of documents shows it."""

    uid: str
    title: str
    number: str
    state_label: str
    recipient: str
    signed_on: date | None
    served_on: date | None
    has_sheet: bool
    #: The event that made it, by its number in the history; None where that is not this reader's to see.
    event: int | None = None


def notice_views(reader: Reader, case: Case, events: Sequence[EventView], names: Names) -> tuple[NoticeView, ...]:
    """The notices of a case that the reader may see, newest first."""
    flow = workflow("notice")
    rows = [row for row in reversed(notices_of(reader.view, case.id)) if may_see(flow, reader.standing, row)]
    return tuple(
        NoticeView(
            uid=row.uid,
            title=row.title,
            number=row.number or "",
            state_label=flow.state(row.state).label,
            recipient=names.people.get(row.recipient_person_id, "")
            or names.units.on(row.recipient_unit_id, row.signed_on),
            signed_on=row.signed_on,
            served_on=row.served_on,
            has_sheet=row.sha256 is not None,
            event=_event_that_made(row, case, events),
        )
        for row in rows
    )


def _event_that_made(notice: Notice, case: Case, events: Sequence[EventView]) -> int | None:
    """The step that drafts such a notice, or what the clock did at that moment."""
    flow = workflow(case.kind)
    made_then = [one for one in events if one.version == notice.occasion and one.at == notice.created_at]
    for event in made_then:
        step = flow.step(event.step) if event.sort == "step" else None
        if step is not None and any(draft.notice == notice.key for draft in step.notices):
            return event.seq
    return next((event.seq for event in made_then if event.sort == "rung" and event.step == notice.reason), None)
