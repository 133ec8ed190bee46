"""Forms of the notice (文书): drafting, signing, voiding. Those of its service are in `workflows.forms.service`."""

from pydantic import Field

from workflows.kit.forms import LabelledEnum, Line, OptionalText, StepForm, Text


class DraftNoticeForm(StepForm):
    """SYSTEM drafts a notice because a step of the parent names it."""

    key: Line = Field(title="文书种类")
    signed: bool = Field(default=False, title="随步骤签发")


class EditNoticeForm(StepForm):
    """改稿: only the free paragraph; the standard text stays."""

    added_text: Text = Field(title="补充说明", description="只能增写说明段落，标准文本不得改动")


class SignNoticeForm(StepForm):
    """签发."""

    note: OptionalText = Field(default="", title="签发意见")


class IssueForm(StepForm):
    """成文: the bytes that were rendered and sealed."""

    sha256: Line = Field(title="文件摘要")


class ServiceMethod(LabelledEnum):
    """Ways of service (民事诉讼法 arts. 87–95)."""

    DIRECT = "direct", "直接送达"
    LEAVING = "leaving", "留置送达"
    ELECTRONIC = "electronic", "电子送达"
    ENTRUSTED = "entrusted", "委托送达"
    POST = "post", "邮寄送达"
    THROUGH_UNIT = "through_unit", "转交送达"
    ANNOUNCEMENT = "announcement", "公告送达"


class VoidForm(StepForm):
    """作废."""

    reason: Text = Field(title="作废理由")
