"""From a step's form model to the fields of a page, and from what the page posts back to the form's content.

Nothing here knows Flask: `fields_of` draws, `parse_posted` reads, `reshaped` adds and removes rows.
"""

from app.web.forms.drawing import fields_of
from app.web.forms.fields import Field, Kind, Option, Row, SummaryLine, summary_of
from app.web.forms.posted import parse_posted, reshaped

__all__ = [
    "Field",
    "Kind",
    "Option",
    "Row",
    "SummaryLine",
    "fields_of",
    "parse_posted",
    "reshaped",
    "summary_of",
]
