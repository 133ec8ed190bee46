"""草稿: what the reader has begun to write and not handed in, each with its matter and the last day it is kept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.access.capacities import may_see
from app.clock import legal_day
from app.models.cases import Case
from app.models.registry import MODELS
from app.services.drafts import KEPT, Draft, drafts_of
from app.services.lawbook import current_calendar
from app.services.reading.lines import lines_of
from app.services.reading.reader import Reader
from app.services.reading.subjects import subject_of
from workflows.kit.errors import NotFound
from workflows.registry import workflow


@dataclass(frozen=True)
class DraftLine:
    """One draft of the list.

    `title` is the act it is for; `matter` names the case it hangs on, or the subject of a record that is none yet. It
    is empty, as `case` is, where the reader does not see that case any more: what he wrote is still his.
    """

    draft: Draft
    title: str
    matter: str
    case: str
    kept_until: date
    mine: bool


def draft_lines(reader: Reader) -> tuple[DraftLine, ...]:
    """Every draft the reader may go on with, the newest first."""
    drafts = drafts_of(reader)
    matters = _matters(reader, {draft.case for draft in drafts if draft.case})
    return tuple(_line(reader, draft, matters) for draft in drafts)


def draft_line(reader: Reader, draft: Draft) -> DraftLine:
    """One draft as its line; the caller has found it among the reader's own."""
    return _line(reader, draft, _matters(reader, {draft.case} - {""}))


def _line(reader: Reader, draft: Draft, matters: dict[str, str]) -> DraftLine:
    step = workflow(draft.kind).step(draft.step)
    matter = matters.get(draft.case, "")
    if not draft.case and draft.kind == "record":
        matter = _subject(reader, "".join(draft.typed.get("subject", ())[:1]))
    return DraftLine(
        draft=draft,
        title=draft.title or (step.label if step else draft.step),
        matter=matter,
        case=draft.case if draft.case in matters else "",
        kept_until=legal_day(draft.saved_at + KEPT),
        mine=draft.author_uid == reader.actor.uid,
    )


def _subject(reader: Reader, uid: str) -> str:
    try:
        subject = subject_of(reader, uid)
    except NotFound:
        # He registers no records any more.
        return ""
    return subject.name if subject else ""


def _matters(reader: Reader, uids: set[str]) -> dict[str, str]:
    """What the cases that the reader sees are called, by uid."""
    known = reader.session.execute(select(Case.id, Case.kind).where(Case.uid.in_(uids))).all()
    cases = [case for case_id, kind in known if (case := reader.session.get(MODELS[kind], case_id)) is not None]
    seen = [case for case in cases if may_see(workflow(case.kind), reader.standing, case)]
    lines = lines_of(reader.session, seen, current_calendar(reader.session), reader.today) if seen else []
    return {line.uid: f"{line.title} {line.number}".strip() for line in lines}
