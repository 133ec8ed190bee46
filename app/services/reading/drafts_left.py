"""Drafts of somebody who left a post, and who may go on with each: whoever may take the step that it is for (R143)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from app.access.capacities import Standing, capacities_on, may_see, standing_of
from app.access.standing import in_force
from app.clock import legal_day
from app.models.cases import Case
from app.models.history import DraftRow
from app.models.people import PostHolding, Recusal, User
from app.models.registry import MODELS
from app.services.drafts import FROM_PAPER, KEPT
from app.services.reading.reader import Reader
from workflows.registry import workflow
from workflows.roles import OFFICIAL, RELATIONS, WITHOUT_SAY, Capacity, Post

#: What ties a case to a unit; one's own matters are tied by one's person, and are never handed to anybody.
_TIES = tuple(dict.fromkeys(one.column for held in RELATIONS.values() for one in held if one.posts))
_OWN_MATTERS = ("subject_person_id", "recipient_person_id")
_REPORTING = frozenset({Post.CLERK})


@dataclass(frozen=True)
class DraftLeft:
    """A draft that its author cannot go on with: what it is for, and who may go on with it (uid and name).

    `number` names the case that it hangs on, or the kind of the case that there is none of yet.
    """

    id: int
    uid: str
    title: str
    number: str
    kept_until: date
    takers: tuple[tuple[str, str], ...]


def drafts_left(reader: Reader, author: int, *, closed: bool, units: frozenset[int]) -> tuple[DraftLeft, ...]:
    """What somebody began to write for units of the reader (ids) and cannot go on with; the newest first.

    Never what he wrote in a matter of his own, nor on a case that the reader does not see. `closed`: he has no account.
    """
    rows = reader.session.scalars(
        select(DraftRow)
        .where(DraftRow.author_id == author, DraftRow.saved_at >= reader.now - KEPT)
        .order_by(DraftRow.saved_at.desc(), DraftRow.id.desc())
    ).all()
    if not rows:
        return ()
    his, colleagues = standing_of(reader.session, author, reader.today), _colleagues(reader, units, author)
    found = []
    for row in rows:
        case = _case_of(reader, row)
        if not _is_of(units, reader, row, case, author):
            continue
        if closed or not _goes_on(reader, his, row, case, units):
            takers = tuple((user.uid, user.name) for user, own in colleagues if _goes_on(reader, own, row, case, units))
            step = workflow(row.kind).step(row.step)
            title = row.title or (step.label if step else row.step)
            number = (case.number if case is not None else "") or workflow(row.kind).label
            found.append(DraftLeft(row.id, row.uid, title, number, legal_day(row.saved_at + KEPT), takers))
    return tuple(found)


def _case_of(reader: Reader, row: DraftRow) -> Case | None:
    if row.case_id is None:
        return None
    kind = reader.session.execute(select(Case.kind).where(Case.id == row.case_id)).scalar_one()
    return reader.session.get_one(MODELS[kind], row.case_id)


def _is_of(units: frozenset[int], reader: Reader, row: DraftRow, case: Case | None, author: int) -> bool:
    if case is None:
        # Only a record that is not reported yet hangs on no case, and its unit is the one whose clerk he was.
        clerk_in = select(PostHolding.unit_id).where(
            PostHolding.user_id == author, PostHolding.post.in_([post.value for post in _REPORTING])
        )
        held = set(reader.session.scalars(clerk_in))
        return row.kind == "record" and bool(held) and held <= units
    own = any(getattr(case, column) == author for column in _OWN_MATTERS)
    tied = any(getattr(case, column) in units for column in _TIES)
    return tied and not own and may_see(workflow(case.kind), reader.standing, case)


def _goes_on(reader: Reader, standing: Standing, row: DraftRow, case: Case | None, units: frozenset[int]) -> bool:
    """Whether somebody with this standing may take the step that the draft is for, and need not keep out of it."""
    if case is None:
        return bool(standing.own_units(_REPORTING) & units)
    if not may_see(workflow(case.kind), standing, case):
        return False
    step, held = workflow(row.kind).step(row.step), capacities_on(standing, case)
    if row.act.startswith(FROM_PAPER):
        return Capacity.OFFICE in held and not _is_out(reader, standing, case)
    if step is None:
        # The act opens another matter: whoever acts officially here may look whether it is his.
        return bool(held & OFFICIAL)
    if held & OFFICIAL and Capacity.SUBJECT not in step.by and _is_out(reader, standing, case):
        return False
    return bool(step.by & held)


def _is_out(reader: Reader, standing: Standing, case: Case) -> bool:
    """回避: the matter is his own or his unit's, or he has declared himself out."""
    declared = exists().where(Recusal.dossier_id == case.dossier_id, Recusal.user_id == standing.user_id)
    return (
        case.subject_person_id == standing.user_id
        or case.subject_unit_id in standing.works_in
        or bool(reader.session.scalar(select(declared)))
    )


def _colleagues(reader: Reader, units: Iterable[int], but: int) -> list[tuple[User, Standing]]:
    """Whoever works in the units today, but the one who left, in the order of their names."""
    works = exists().where(
        PostHolding.user_id == User.id,
        PostHolding.unit_id.in_(sorted(units)),
        PostHolding.post.not_in(sorted(WITHOUT_SAY)),
        in_force(PostHolding, reader.today),
    )
    people = reader.session.scalars(
        select(User).where(User.active, User.id != but, works).order_by(User.name_pinyin, User.id)
    )
    return [(user, standing_of(reader.session, user.id, reader.today)) for user in people.all()]
