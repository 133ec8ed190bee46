"""How each kind of outbox row is worked. A handler may be called again for the same row and must not mind."""

from app.clock import legal_day
from app.documents.context import NoticeContext
from app.documents.render import Renderer
from app.documents.text import notice_text
from app.extensions import Installation
from app.services.outbox import Claim, Handler
from app.services.reminding import remind
from app.services.sealing import seal_notice
from app.settings import RendererKind


class Sheets:
    """Makes the sheets of notices: PDF by a child process that starts with the first one, or plain text."""

    def __init__(self, kind: RendererKind) -> None:
        self._renderer = Renderer() if kind == "pdf" else None

    def render(self, context: str) -> bytes:
        """The bytes of one sheet; raises what `Renderer.render` raises."""
        if self._renderer is None:
            return notice_text(NoticeContext.from_json(context)).encode()
        return self._renderer.render(context)

    def close(self) -> None:
        """End the child process, if there is one."""
        if self._renderer is not None:
            self._renderer.stop()


def handlers(own: Installation, sheets: Sheets) -> dict[str, Handler]:
    """The handler of each kind of work."""

    def seal(claim: Claim) -> None:
        seal_notice(own.backend, own.settings.files_dir, claim, sheets.render, own.clock())

    def send_reminder(claim: Claim) -> None:
        remind(own.backend, own.settings.mail, claim, legal_day(own.clock()))

    return {"seal": seal, "remind": send_reminder}
