"""The sheet of the 案卷目录: PDF by a renderer's child process, or plain text where the installation prints none."""

import hashlib
from functools import cache

from app.documents.dossier_index import DossierIndex, index_html, index_text
from app.documents.render import Renderer
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
    return f"{_NAME}.pdf", _renderer().render_html(html, Format.FORM, hashlib.sha256(html.encode()).hexdigest()[:32])


@cache
def _renderer() -> Renderer:
    """One child process, begun with the first dossier and ended with this process."""
    return Renderer()
