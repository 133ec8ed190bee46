"""A form that a party fills in, as HTML and plain text: what is known stands in it, the rest is blank."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.documents.render import Renderer
from app.documents.text import TEMPLATES, plain, template_named
from workflows.blank_forms import FORMS
from workflows.catalogue import Format
from workflows.forms.objection import Ground


@dataclass(frozen=True)
class FilledForm:
    """A form and what is known: ``office`` to whom it is handed, ``known`` by the names its template reads."""

    key: str
    office: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    labelled_demo: bool = False

    @property
    def title(self) -> str:
        """Its name in the catalogue of forms."""
        return FORMS[self.key].title


def form_html(form: FilledForm) -> str:
    """The whole sheet as HTML; values are escaped. Raises ``KeyError`` for no such form."""
    values = {
        "form": FORMS[form.key],
        "office": form.office,
        "known": form.known,
        "grounds": tuple(ground.label for ground in Ground),
        "labelled_demo": form.labelled_demo,
    }
    return template_named(f"forms/{form.key}.html").render(values)


def form_text(form: FilledForm) -> str:
    """The same as plain text."""
    return plain(form_html(form))


def form_pdf(form: FilledForm, renderer: Renderer) -> bytes:
    """The sheet as PDF; equal values give equal bytes.

    Raises:
        GlyphMissing, RenderTimeout, RenderError: as the renderer says.
    """
    html = form_html(form)
    style = b"".join(path.read_bytes() for path in sorted(TEMPLATES.glob("_*.css")))
    known = json.dumps([form.key, form.office, dict(form.known)], ensure_ascii=False, sort_keys=True, default=str)
    identifier = hashlib.sha256(style + known.encode()).hexdigest()[:32]
    return renderer.render_html(html, Format.FORM, identifier)
