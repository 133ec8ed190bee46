"""How each kind of outbox row is worked. A handler may be called again for the same row and must not mind."""

from app.clock import legal_day
from app.documents.context import NoticeContext
from app.documents.fonts import FontMissing
from app.documents.pool import RendererPool
from app.documents.render import RenderError
from app.documents.text import NoticeIncomplete, notice_text
from app.extensions import Installation
from app.services import calling, verifying
from app.services.announcing import WORK
from app.services.imports.batches import WORK as IMPORT
from app.services.imports.running import work_on_batch
from app.services.outbox import Claim, Failed, Handler
from app.services.outgoing import Outgoing
from app.services.reminding import remind
from app.services.sealing import seal_notice
from app.services.webhook_delivery import deliver
from app.settings import RendererKind


class Sheets:
    """Makes the sheets of notices: PDF by child processes that start with the first ones, or plain text."""

    def __init__(self, kind: RendererKind) -> None:
        self._renderers = RendererPool() if kind == "pdf" else None

    def render(self, context: str) -> bytes:
        """The bytes of one sheet; several threads may ask at once.

        Raises:
            Failed: no sheet could be made; hopeless where only a person can mend it.
        """
        try:
            if self._renderers is None:
                return notice_text(NoticeContext.from_json(context)).encode()
            return self._renderers.render(context)
        except NoticeIncomplete as incomplete:
            raise Failed(str(incomplete), hopeless=True) from incomplete
        except RenderError as error:
            raise Failed(str(error), hopeless=error.hopeless) from error
        except FontMissing as missing:
            raise Failed(str(missing)) from missing

    def rest(self) -> None:
        """The rush is over: one warm child is enough."""
        if self._renderers is not None:
            self._renderers.rest()

    def close(self) -> None:
        """End the child processes."""
        if self._renderers is not None:
            self._renderers.stop()


def handlers(own: Installation, sheets: Sheets) -> dict[str, Handler]:
    """The handler of each kind of work."""

    def seal(claim: Claim) -> None:
        seal_notice(own.backend, own.settings.files_dir, claim, sheets.render, own.clock(), own.seals.provider)

    def send_reminder(claim: Claim) -> None:
        remind(own.backend, own.settings.mail, claim, legal_day(own.clock()))

    def tell(claim: Claim) -> None:
        deliver(own.backend, Outgoing(own.settings.webhook_hosts), claim, own.clock())

    def work_import(claim: Claim) -> None:
        work_on_batch(own.backend, own.passwords, claim, own.clock)

    def call(claim: Claim) -> None:
        calling.carry_on(own.backend, claim, own.clock)

    def verify(claim: Claim) -> None:
        verifying.carry_on(own.backend, own.settings.anchor_file, claim, own.clock)

    return {
        "seal": seal,
        "remind": send_reminder,
        WORK: tell,
        IMPORT: work_import,
        calling.WORK: call,
        verifying.WORK: verify,
    }
