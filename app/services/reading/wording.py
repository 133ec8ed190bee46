"""The words of a notice: what its signer is about to sign, or what was signed."""

from app.documents.context import NoticeContext
from app.documents.text import notice_text
from app.models.kinds import Notice
from app.services.notice_context import context_for
from app.services.reading.reader import Reader, case_for
from app.services.specimens import mark_of, specimen_text


def words_of(reader: Reader, uid: str) -> str:
    """The full text of a notice, one paragraph a line; empty for any other case.

    Raises:
        NotFound: there is no such case, or the reader may not see it.
    """
    notice = case_for(reader, uid)
    if not isinstance(notice, Notice):
        return ""
    context = NoticeContext.from_json(notice.context) if notice.context else context_for(reader.view, notice)
    return notice_text(context)


def mark_of_draft(reader: Reader, uid: str) -> str:
    """Marks what the signer of a draft is shown (`TakeStep.shown`); empty for what is no draft.

    The text comes from the case too: it may change while the draft itself, and its version, do not.

    Raises:
        NotFound: as `words_of`.
    """
    notice = case_for(reader, uid)
    if not isinstance(notice, Notice) or notice.state != "drafted":
        return ""
    return mark_of([specimen_text(reader.view, notice)])
