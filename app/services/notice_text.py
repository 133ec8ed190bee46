"""A notice goes to be sealed: it is numbered, its text is fixed, and the renderer is asked for the sheet."""

from app.documents.fonts import missing_glyphs
from app.documents.text import notice_text
from app.models.cases import Case
from app.models.kinds import Notice
from app.models.people import Unit
from app.services.notice_context import context_for
from app.services.numbers import NumberRequest
from app.services.unit_of_work import UnitOfWork
from workflows.catalogue import NOTICES


def put_to_seal(work: UnitOfWork, notice: Notice) -> None:
    """Number a signed notice, fix what it says at the end of the transaction, and ask for its sheet."""
    notice.signed_on = work.today
    kind, organ = NOTICES[notice.key], work.session.get(Unit, notice.organ_unit_id)
    assert organ is not None

    def give(number: str) -> None:
        notice.number = number

    if kind.series:
        work.numbers.append(NumberRequest(f"{organ.code_word}{kind.series}", work.today.year, give))
    work.before_commit.append(lambda: _fix_text(work, notice))
    work.put_out(f"seal:{notice.uid}", "seal", notice.id)


def _fix_text(work: UnitOfWork, notice: Notice) -> None:
    notice.context = context_for(work, notice).to_json()


def problem_of(work: UnitOfWork, case: Case) -> str:
    """What keeps a drafted notice from being signed, in Chinese; empty if nothing does."""
    assert isinstance(case, Notice)
    missing = missing_glyphs(notice_text(context_for(work, case)))
    if missing:
        return "以下字符没有可用的字形，请更换用字或者补装字体：" + "、".join(sorted(missing))
    return ""
