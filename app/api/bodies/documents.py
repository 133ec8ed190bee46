"""Bodies about notices and the files of a case."""

from datetime import date, datetime

from pydantic import Field

from app.api.bodies.base import Given
from workflows.kit.forms import StepForm


class DocumentBody(Given):
    """A notice of the case."""

    uid: str
    title: str
    number: str
    state_label: str
    recipient: str
    signed_on: date | None
    served_on: date | None
    has_sheet: bool


class DocumentList(Given):
    """The notices of the case, newest first."""

    items: list[DocumentBody]


class FileQuery(StepForm):
    """The name of a file that is handed in."""

    name: str = Field(min_length=1, max_length=200, title="文件名")


class FileBody(Given):
    """A file that was kept for a step; its uid is named with the step."""

    uid: str


class MaterialBody(Given):
    """A file that was handed in with a step of the case."""

    uid: str
    name: str
    size: int = Field(description="字节")
    by: str
    at: datetime


class MaterialList(Given):
    """The files of a case that this token may read, oldest first."""

    items: list[MaterialBody]
