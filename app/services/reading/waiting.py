"""待审批: the proposals that wait for the reader, which of them he has opened, and which he may agree to together."""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.access.hands import held_by
from app.models.cases import Case, ProposalRow
from app.models.deciding import OpenedCase
from app.models.people import User
from app.models.registry import MODELS
from app.services.acting_for import done_by
from app.services.contexts import context_of
from app.services.lawbook import current_calendar
from app.services.next_hand import opening_kind
from app.services.reading.copies import not_a_copy
from app.services.reading.lines import CaseLine, lines_of
from app.services.reading.reader import Reader
from workflows.kit.definition import Step, Unmet
from workflows.kit.errors import FormIncomplete, NotFound
from workflows.kit.forms import parse_form
from workflows.registry import workflow
from workflows.roles import PROPOSER, Post

#: Who decides on proposals.
DECIDES = frozenset({Post.APPROVER, Post.REVIEWER})
#: Shown and agreed to at once; the others follow when these are decided.
MOST = 50


class Opened(StrEnum):
    """Whether the reader has read what he would decide on, as it is now."""

    NO = "no"
    CHANGED = "changed"
    YES = "yes"

    @property
    def label(self) -> str:
        return {"no": "未阅看", "changed": "阅看后有变化", "yes": "已阅看"}[self.value]


@dataclass(frozen=True)
class Waiting:
    """One case with the proposal on it. `alone` says why it has to be decided by itself; empty: it need not."""

    line: CaseLine
    step: str
    step_label: str
    form: dict[str, Any]
    opinion: str
    author: str
    opened: Opened
    version: int
    #: The mark of the texts that he was shown (`TakeStep.shown`).
    shown: str
    alone: str

    @property
    def ready(self) -> bool:
        """Whether it may be agreed to along with others."""
        return not self.alone and self.opened is Opened.YES


def waiting_for(reader: Reader) -> tuple[Waiting, ...]:
    """The cases with a live proposal that the reader has to decide on, what is due first in front.

    Raises:
        NotFound: he decides on no proposals.
    """
    if not reader.standing.units(DECIDES):
        raise NotFound
    principal = aliased(User)
    deciders = [capacity.value for capacity in PROPOSER]
    rows = reader.session.execute(
        select(Case.id, Case.kind, ProposalRow, User.name, principal.name.label("principal"))
        .join(ProposalRow, ProposalRow.case_id == Case.id)
        .join(User, User.id == ProposalRow.author_id)
        .outerjoin(principal, principal.id == ProposalRow.principal_id)
        .where(held_by(reader.standing), not_a_copy(), Case.holder.in_(deciders))
        .where(ProposalRow.status == "live", ProposalRow.holder == Case.holder)
        .order_by(Case.due_on.is_(None), Case.due_on, Case.id)
        .limit(MOST)
    ).all()
    cases = [reader.session.get_one(MODELS[row.kind], row.id) for row in rows]
    lines = lines_of(reader.session, cases, current_calendar(reader.session), reader.today)
    opened = _opened(reader, [case.id for case in cases])
    return tuple(
        _waiting(reader, case, line, row.ProposalRow, done_by(row.name, row.principal), opened.get(case.id))
        for case, line, row in zip(cases, lines, rows, strict=True)
    )


def _opened(reader: Reader, ids: list[int]) -> dict[int, OpenedCase]:
    statement = select(OpenedCase).where(OpenedCase.user_id == reader.actor.user_id, OpenedCase.case_id.in_(ids))
    return {row.case_id: row for row in reader.session.scalars(statement)}


def _waiting(
    reader: Reader, case: Case, line: CaseLine, row: ProposalRow, author: str, opened: OpenedCase | None
) -> Waiting:
    step, form = workflow(case.kind).decidable(row.step), json.loads(row.form)
    assert step is not None
    return Waiting(
        line=line,
        step=step.key,
        step_label=step.label,
        form=form,
        opinion=row.opinion,
        author=author,
        opened=Opened.NO if opened is None else Opened.YES if opened.version == case.version else Opened.CHANGED,
        version=case.version,
        shown=opened.shown if opened is not None else "",
        alone=_why_alone(reader, case, step, form),
    )


def _why_alone(reader: Reader, case: Case, step: Step, form: dict[str, Any]) -> str:
    if step.together is None or opening_kind(workflow(case.kind), step.key):
        return f"“{step.label}”须逐件审批"
    try:
        parsed = parse_form(step.form, form)
    except FormIncomplete:
        return "拟办内容不完整，须逐件审批"
    answer = step.together.check(replace(context_of(reader.view, case, reader.actor), form=parsed))
    if isinstance(answer, Unmet):
        return f"{answer.detail}，须逐件审批"
    return "" if answer else f"不符合“{step.together.label}”，须逐件审批"
