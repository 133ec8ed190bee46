"""The words of a notice: what its signer is about to sign, or what was signed."""

from app.documents.context import NoticeContext
from app.documents.text import notice_text
from app.models.kinds import Notice
from app.services.notice_context import context_for
from app.services.reading.reader import Reader, case_for


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
