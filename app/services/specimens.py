"""样张: how the notices of a transaction read, and the mark by which a signer holds the text that he was shown."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.documents.context import NoticeContext
from app.documents.text import NoticeIncomplete, notice_text
from app.models.kinds import Notice
from app.services.notice_context import context_for
from app.services.unit_of_work import UnitOfWork
from workflows.kit.errors import GuardRefused, TextChanged, UnmetGuard


@dataclass(frozen=True)
class Specimen:
    """One notice as it would read. `context` is what the renderer takes; `signed`: the step itself signs it."""

    title: str
    recipient: str
    text: str
    context: str
    signed: bool


def specimens_of(work: UnitOfWork) -> tuple[Specimen, ...]:
    """The notices that this transaction has made or signed so far, in the order in which it made them.

    Raises:
        GuardRefused: a notice would lack what it must state.
    """
    work.session.flush()
    return tuple(_specimen(work, notice_id) for notice_id in sorted(work.signed_notices))


def demand_as_shown(work: UnitOfWork, mark: str) -> None:
    """The notices of this transaction read as they did when their signer was shown them.

    Raises:
        TextChanged: they do not; whoever signs has to read them again.
    """
    if mark_of(specimen.text for specimen in specimens_of(work)) != mark:
        raise TextChanged


def mark_of(texts: Iterable[str]) -> str:
    """A short mark of texts, which travels with the page on which they were read."""
    return hashlib.sha256("\f".join(texts).encode()).hexdigest()[:32]


def specimen_text(work: UnitOfWork, notice: Notice) -> str:
    """How a notice reads without what only its signature adds.

    Raises:
        NoticeIncomplete: it would lack what it must state.
    """
    return notice_text(as_specimen(context_for(work, notice)))


def as_specimen(context: NoticeContext) -> NoticeContext:
    """The same notice marked 样张: no number, no signer, no code that verifies, no address to verify at."""
    content = {name: value for name, value in context.content.items() if name != "issuer"}
    return replace(context, number="", code="", verify_url="", content=content, specimen=True)


def _specimen(work: UnitOfWork, notice_id: int) -> Specimen:
    notice = work.session.get(Notice, notice_id)
    assert notice is not None
    context = as_specimen(context_for(work, notice))
    try:
        text = notice_text(context)
    except NoticeIncomplete as problem:
        raise GuardRefused((UnmetGuard("text_complete", "文书内容完整", str(problem)),)) from problem
    return Specimen(context.title, context.recipient.address, text, context.to_json(), notice.state != "drafted")
