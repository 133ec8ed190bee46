"""A notice goes to be sealed: it is numbered, its text is fixed, and the renderer is asked for the sheet."""

from app.documents.glyphs import describe, unprintable
from app.documents.text import NoticeIncomplete, notice_text
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Unit
from app.services.notice_context import context_for
from app.services.notice_numbers import parts_of
from app.services.numbers import NumberRequest
from app.services.unit_of_work import UnitOfWork
from workflows.catalogue import NOTICES
from workflows.kit.errors import GuardRefused, UnmetGuard


def put_to_seal(work: UnitOfWork, notice: Notice) -> None:
    """Number a signed notice, fix what it says at the end of the transaction, and ask for its sheet."""
    notice.signed_on = work.today
    kind, organ = NOTICES[notice.key], work.session.get(Unit, notice.organ_unit_id)
    assert organ is not None

    def give(number: str) -> None:
        parts = parts_of(number)
        notice.number = number
        notice.number_word, notice.number_year, notice.number_serial = parts.word, parts.year, parts.serial

    if kind.series:
        work.numbers.append(NumberRequest(f"{organ.code_word}{kind.series}", work.today.year, give))
    work.before_commit.append(lambda: _fix_text(work, notice))
    work.put_out(f"seal:{notice.uid}", "seal", notice.id)


def _fix_text(work: UnitOfWork, notice: Notice) -> None:
    """Fix the words; whoever signs by a step of the parent is refused here, and the number goes back with the step."""
    context = context_for(work, notice)
    text = context.to_json()
    missing = unprintable(context, text)
    if missing:
        raise GuardRefused((UnmetGuard("text_complete", f"《{notice.title}》没有缺字", describe(missing)),))
    notice.context = text


def problem_of(work: UnitOfWork, case: Case) -> str:
    """What keeps a drafted notice from being signed, in Chinese; empty if nothing does."""
    assert isinstance(case, Notice)
    context = context_for(work, case)
    try:
        notice_text(context)
    except NoticeIncomplete as incomplete:
        return str(incomplete)
    missing = unprintable(context)
    return describe(missing) if missing else ""
