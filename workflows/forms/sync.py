"""Forms of the sync item (同步事项)."""

from pydantic import Field

from workflows.kit.forms import Line, OptionalText, StepForm, Text


class OpenSyncForm(StepForm):
    """SYSTEM opens one item per target: who has to take over what, and why."""

    target: Line = Field(title="同步对象代码")
    label: Line = Field(title="同步对象")
    trigger: Line = Field(title="同步事由")


class ConfirmSyncForm(StepForm):
    """确认同步."""

    note: OptionalText = Field(default="", title="反馈情况")


class DropSyncForm(StepForm):
    """无需同步."""

    reason: Text = Field(title="理由")
