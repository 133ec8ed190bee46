"""The sheet of the 案卷目录: PDF by a renderer's child process, or plain text where the installation prints none."""

import hashlib

from app.documents.dossier_index import DossierIndex, index_html, index_text
from app.documents.render import shared_renderer
from app.services.dossier_bundle.contents import Index
from workflows.catalogue import Format

_NAME = "00-案卷目录"


def index_maker(*, as_pdf: bool) -> Index:
    """How the index is made; the same index gives the same bytes."""
    return _pdf if as_pdf else _text


def _text(index: DossierIndex) -> tuple[str, bytes]:
    return f"{_NAME}.txt", index_text(index).encode()


def _pdf(index: DossierIndex) -> tuple[str, bytes]:
    html = index_html(index)
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32]
    return f"{_NAME}.pdf", shared_renderer().render_html(html, Format.FORM, identifier)
