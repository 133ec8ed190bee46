"""What was typed into a posted form, without what the page itself put there."""

from flask import request

from app.services.drafts import Draft
from app.web.forms.posted import Posted

#: What every form carries besides its fields: marks of the page, and the buttons that were pressed.
MACHINERY = frozenset(
    {
        "csrf_token",
        "drawn_for",
        "key",
        "version",
        "form",
        "act",
        "back",
        "next",
        "preview",
        "shown",
        "add",
        "remove",
        "record",
        "files",
    }
)
#: The field of files that come with a request has the name of the field with this behind it.
UPLOAD = "-upload"


def typed_values() -> dict[str, list[str]]:
    """The fields of the posted form as a draft keeps them."""
    return {
        name: values for name, values in request.form.lists() if name not in MACHINERY and not name.endswith(UPLOAD)
    }


def posted_of(draft: Draft | None) -> Posted:
    """What a draft holds, as if it had been posted."""
    return Posted([(name, value) for name, values in draft.typed.items() for value in values]) if draft else Posted()
