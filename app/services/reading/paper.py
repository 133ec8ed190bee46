"""代录: what the office may enter for a party who came with paper, and who the party is."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from app.models.cases import Case
from app.models.people import PostHolding, User
from app.services.reading.reader import Reader, case_for
from workflows.kit.definition import Step
from workflows.kit.errors import NotFound
from workflows.kit.forms import StepForm
from workflows.registry import WORKFLOWS, workflow
from workflows.roles import RELATIONS, Capacity

_PARTIES = frozenset({Capacity.SUBJECT, Capacity.SUBJECT_HEAD})
#: Applications that a party files against a record.
_APPLICATIONS = ("objection", "repair", "exemption")


@dataclass(frozen=True)
class PaperEntry:
    """One step of the party that may come on paper; `opens` is the kind of case that it begins."""

    step: str
    label: str
    form: type[StepForm]
    people: tuple[tuple[str, str], ...]
    opens: str = ""


def paper_entries(reader: Reader, case: Case) -> tuple[PaperEntry, ...]:
    """Every step of the party that starts from the present state; empty while the party does not know of the case."""
    if not case.subject_sees:
        return ()
    people = tuple((user.uid, user.name) for user in _people(reader, case))
    flow = workflow(case.kind)
    found = [_entry(step, people) for step in flow.steps_from(case.state) if _of_the_party(step)]
    if case.kind == "record":
        openings = [(kind, WORKFLOWS[kind].step("submit")) for kind in _APPLICATIONS]
        found += [_entry(step, people, kind) for kind, step in openings if step is not None]
    return tuple(found)


def party_id(reader: Reader, case_uid: str, person_uid: str) -> int:
    """The user id of one of the people for whom the office may enter paper on this case.

    Raises:
        NotFound: the case is not the reader's to see, or the person is no party to it.
    """
    case = case_for(reader, case_uid)
    found = next((user.id for user in _people(reader, case) if user.uid == person_uid), None)
    if found is None:
        raise NotFound("所选人员不是本事项的当事人。请从列出的人员中选择。")
    return found


def _of_the_party(step: Step) -> bool:
    return bool(step.by & _PARTIES) and Capacity.OFFICE not in step.by


def _entry(step: Step, people: tuple[tuple[str, str], ...], opens: str = "") -> PaperEntry:
    return PaperEntry(step.key, step.label, step.form, people, opens)


def _people(reader: Reader, case: Case) -> list[User]:
    if case.subject_unit_id is None:
        user = reader.session.get(User, case.subject_person_id)
        return [user] if user is not None else []
    posts = {post.value for relation in RELATIONS[Capacity.SUBJECT] for post in relation.posts}
    statement = (
        select(User)
        .join(PostHolding, PostHolding.user_id == User.id)
        .where(
            PostHolding.unit_id == case.subject_unit_id,
            PostHolding.post.in_(sorted(posts)),
            PostHolding.from_on <= reader.today,
            or_(PostHolding.until_on.is_(None), PostHolding.until_on >= reader.today),
        )
        .order_by(User.id)
    )
    return list(reader.session.execute(statement).scalars().unique())
