"""月度通报 as a sheet: how the duties of one month were met, unit by unit. Plain data in, HTML, text and PDF out.

An internal paper without number and seal. It names units and case numbers and no natural person.
"""

import hashlib
from dataclasses import dataclass

from app.documents.render import Renderer
from app.documents.text import plain, template_named
from workflows.catalogue import Format

#: What it is called, also as a file.
BULLETIN = "政务诚信事项办理情况通报"
_TEMPLATE = "reports/bulletin.html"
#: A list of two hundred lines takes some seconds on an idle machine.
_SECONDS = 60.0


@dataclass(frozen=True)
class UnitLine:
    """One unit: what fell due in the month, and what became of it. `rate` is written out: 92.3%."""

    unit: str
    total: int
    on_time: int
    late: int
    overdue: int
    open: int
    rate: str


@dataclass(frozen=True)
class LateLine:
    """One duty that was not met in time. `last_day` is ISO; `days_late` in working days; `became`: met when, or not."""

    unit: str
    matter: str
    number: str
    term: str
    last_day: str
    days_late: int
    reminders: int
    supervisions: int
    became: str


@dataclass(frozen=True)
class BulletinSheet:
    """Everything the sheet prints. `month` is written out; `as_of` ISO; `*_left`: how many the lists leave out."""

    organ: str
    month: str
    as_of: str
    units: tuple[UnitLine, ...]
    whole: UnitLine
    late: tuple[LateLine, ...]
    late_left: int
    carried: tuple[LateLine, ...]
    carried_left: int
    labelled_demo: bool = False

    @property
    def title(self) -> str:
        return BULLETIN

    @property
    def carried_count(self) -> int:
        return len(self.carried) + self.carried_left


def bulletin_html(sheet: BulletinSheet) -> str:
    """The whole sheet as HTML; values are escaped."""
    return template_named(_TEMPLATE).render(sheet=sheet)


def bulletin_text(sheet: BulletinSheet) -> str:
    """The same as plain text: a line a paragraph, cells parted by ``｜``."""
    return plain(bulletin_html(sheet))


def bulletin_pdf(sheet: BulletinSheet, renderer: Renderer) -> bytes:
    """The sheet as PDF; equal values give equal bytes.

    Raises:
        GlyphMissing, RenderTimeout, RenderError: as the renderer says.
    """
    html = bulletin_html(sheet)
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32]
    return renderer.render_html(html, Format.FORM, identifier, seconds=_SECONDS)
