"""From a step's form model to the fields of a page, and from what the page posts back to the form's content.

Nothing here knows Flask: `fields_of` draws, `parse_posted` reads, `reshaped` adds and removes rows.
"""

from app.web.forms.drawing import fields_of
from app.web.forms.fields import Field, Kind, Option, Row, SummaryLine, summary_of
from app.web.forms.posted import parse_posted, reshaped
from app.web.forms.small import Attempt, Form, SmallForm, parsed, small_form, typed_into

__all__ = [
    "Attempt",
    "Field",
    "Form",
    "Kind",
    "Option",
    "Row",
    "SmallForm",
    "SummaryLine",
    "fields_of",
    "parse_posted",
    "parsed",
    "reshaped",
    "small_form",
    "summary_of",
    "typed_into",
]
