"""Forms that several procedures share."""

from datetime import date

from pydantic import Field

from workflows.kit.forms import Item, Line, OptionalText, StepForm, Text


class ServedForm(StepForm):
    """Filled in by SYSTEM when a notice was served: the day that arms what waits for it."""

    served_on: date = Field(title="送达日期")


class AbsenceForm(StepForm):
    """SYSTEM closes a case because its record came to an end."""

    cause: Line = Field(title="终止事由")


class RemindForm(StepForm):
    """催办, 督办: to whoever is late."""

    target: Line = Field(title="催办对象", description="逾期的期限或者同步对象")
    note: OptionalText = Field(default="", title="催办意见")


class SupplementForm(StepForm):
    """What the applicant supplies after a request."""

    statement: Text = Field(title="补正说明")


class RequestSupplementForm(StepForm):
    """一次性告知补正: everything that is missing, at once."""

    missing: list[Item] = Field(min_length=1, title="需要补正的全部内容", description="一次性列全，每行一项")
    reason: Text = Field(title="理由")


class ReviewRequestForm(StepForm):
    """Asking for a review (复核、异议申诉)."""

    reason: Text = Field(title="申请复核的理由")
    late_reason: OptionalText = Field(default="", title="逾期申请的正当理由", description="超过期限申请的，写明理由")


class ExtensionRequestForm(StepForm):
    """Asking for more time before the last day has ended."""

    days: int = Field(ge=1, le=366, title="申请延长的天数", description="单位与原期限相同，不得超过本地规定的延长上限")
    reason: Text = Field(title="申请延期的理由")
