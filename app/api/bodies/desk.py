"""Bodies about 待办: what lies with the post of a program."""

from typing import Literal

from pydantic import Field

from app.api.bodies.base import DayInAddress, Given
from app.api.bodies.cases import CaseLineBody
from workflows.kit.forms import StepForm


class InboxQuery(StepForm):
    """Conditions of the inbox; empty means any."""

    kind: str = Field(default="", max_length=20, title="事项类别", description="程序代码，例如 record、objection")
    state: str = Field(default="", max_length=30, title="状态", description="状态代码；须同时写明事项类别")
    light: Literal["late", "near", "fine", "paused"] | None = Field(
        default=None, title="期限状况", description="late 逾期，near 临期，fine 正常，paused 暂停"
    )
    due_from: DayInAddress | None = Field(default=None, title="届满日自", description="含当日")
    due_until: DayInAddress | None = Field(default=None, title="届满日至", description="含当日")
    after: str | None = Field(
        default=None,
        pattern=r"^(\d{4}-\d{2}-\d{2})?\.\d{1,15}$",
        title="翻页",
        description="上一页的 next；不填为第一页",
    )


class InboxPage(Given):
    """One page of what this token's post can act on, what is due first first; `next` is `after` of the next page."""

    items: list[CaseLineBody]
    count: int = Field(description="符合条件的件数，数到 1000 为止")
    more_than_counted: bool = Field(description="是否不止 1000 件")
    next: str | None
