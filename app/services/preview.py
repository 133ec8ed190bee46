"""样张: the notices that a step would make, read before it is taken. The step is taken and given back: nothing stays.

The step itself is run, with the same permissions, guards and effects, so that what is shown is what would be signed.
Its transaction is then rolled back as after a refusal: no number is drawn, no event chained, no sheet asked for.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from app.documents.context import NoticeContext
from app.documents.text import NoticeIncomplete, notice_text
from app.models.kinds import Notice
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.notice_context import context_for
from app.services.steps import take_within
from app.services.unit_of_work import UnitOfWork, unit_of_work
from workflows.kit.errors import GuardRefused, UnmetGuard


@dataclass(frozen=True)
class Specimen:
    """One notice as it would read. `context` is what the renderer takes; `signed`: the step itself signs it."""

    title: str
    recipient: str
    text: str
    context: str
    signed: bool


class _GivenBack(Exception):
    """Ends the transaction of a preview: whatever it wrote is rolled back."""


def preview_step(backend: Backend, command: TakeStep, now: datetime) -> tuple[Specimen, ...]:
    """The notices that this step would make, in the order in which it would make them. Writes nothing.

    The dossier is locked meanwhile as by the step itself, for some milliseconds; sheets are rendered afterwards.

    Raises:
        Refusal: whatever `take_step` would refuse, for the same reasons; or a notice would lack what it must state.
    """
    found: list[Specimen] = []
    try:
        with unit_of_work(backend, now) as work:
            take_within(work, replace(command, key=None))
            work.session.flush()
            found += [_specimen(work, notice_id) for notice_id in sorted(work.signed_notices)]
            raise _GivenBack
    except _GivenBack:
        return tuple(found)


def _specimen(work: UnitOfWork, notice_id: int) -> Specimen:
    notice = work.session.get(Notice, notice_id)
    assert notice is not None
    context = as_specimen(context_for(work, notice))
    try:
        text = notice_text(context)
    except NoticeIncomplete as problem:
        raise GuardRefused((UnmetGuard("text_complete", "文书内容完整", str(problem)),)) from problem
    return Specimen(context.title, context.recipient.address, text, context.to_json(), notice.state != "drafted")


def as_specimen(context: NoticeContext) -> NoticeContext:
    """The same notice marked 样张: no number, no code that verifies, no address to verify at."""
    return replace(context, number="", code="", verify_url="", specimen=True)
