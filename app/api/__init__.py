"""JSON under /api/v1: the same services as the pages, for programs with a token. No cookie, no session, no form."""

from importlib import import_module
from typing import Any

from flask import Blueprint, Flask, request

from app.api.calling import refused
from app.api.description import ROOT
from app.api.operation import OPERATIONS
from app.extensions import csrf
from workflows.kit.errors import Refusal

#: What a request may bring, in bytes, unless its operation takes more.
LARGEST_BODY = 256 * 1024
#: In the order of the description.
_AREAS = ("cases", "desk", "documents", "files", "steps", "law", "webhooks", "about")


def register(app: Flask) -> None:
    """Add the operations, their refusals and the page that explains them."""
    blueprint = Blueprint("api", __name__, url_prefix=ROOT)
    for area in _AREAS:
        import_module(f"app.api.{area}")
    largest = {}
    for one in OPERATIONS:
        blueprint.add_url_rule(one.path, one.name, one.serve, methods=[one.method], provide_automatic_options=False)
        largest[f"{blueprint.name}.{one.name}"] = one.largest or LARGEST_BODY

    # Before anything is read or anybody is looked up: what is too large is answered with 413, unread.
    @blueprint.url_value_preprocessor
    def limit_size(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        request.max_content_length = largest.get(endpoint or "", LARGEST_BODY)

    blueprint.register_error_handler(Refusal, refused)
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(import_module("app.api.page").blueprint)
