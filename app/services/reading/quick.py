"""The one act that a row of a list offers: one press and no word (受理). Its conditions are asked on the press."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.access.capacities import may_see
from app.models.cases import Case
from app.services.lawbook import current_calendar
from app.services.reading.lines import CaseLine, lines_of
from app.services.reading.reader import Reader
from workflows.forms.sync import ConfirmSyncForm
from workflows.kit.definition import Step
from workflows.kit.forms import NoForm
from workflows.registry import workflow
from workflows.roles import Capacity

#: Who may act from a list. Heads and deciders sign what they have opened, never a row.
_FROM_A_ROW = frozenset({Capacity.OFFICE, Capacity.REVIEW_OFFICE, Capacity.TOLERANCE})
#: Forms of acts that need no word: nothing to fill in, or a remark at most.
_WITHOUT_WORDS = (NoForm, ConfirmSyncForm)


def quick_step(line: CaseLine) -> Step | None:
    """The act without a word that moves a case on out of its holder's hands; the first one of the table."""
    if line.holder not in _FROM_A_ROW:
        return None
    holder = Capacity(line.holder)
    steps = workflow(line.kind).steps_from(line.state)
    return next((one for one in steps if one.form in _WITHOUT_WORDS and holder in one.by and not one.on_proposal), None)


@dataclass(frozen=True)
class Ticked:
    """A row that somebody ticked: as it is now, and its act; None where it has none."""

    line: CaseLine
    step: Step | None


def ticked_rows(reader: Reader, uids: Sequence[str]) -> list[Ticked]:
    """The rows that were ticked and that the reader may see, in their order."""
    rows = {case.uid: case for case in reader.session.scalars(select(Case).where(Case.uid.in_(uids)))}
    cases = [rows[uid] for uid in dict.fromkeys(uids) if uid in rows]
    seen = [case for case in cases if may_see(workflow(case.kind), reader.standing, case)]
    lines = lines_of(reader.session, seen, current_calendar(reader.session), reader.today, with_records=True)
    return [Ticked(line, quick_step(line)) for line in lines]
