"""Forms of the notice (文书): drafting, signing, voiding. Those of its service are in `workflows.forms.service`."""

from pydantic import Field

from workflows.kit.forms import Item, LabelledEnum, Line, OptionalLine, OptionalText, StepForm, Text


class DraftNoticeForm(StepForm):
    """SYSTEM drafts a notice because a step of the parent names it."""

    key: Line = Field(title="文书种类")
    signed: bool = Field(default=False, title="随步骤签发")


class EditNoticeForm(StepForm):
    """改稿: what stands in the allowed places from now on; which ones a notice has says `NoticeKind.editable`."""

    added_text: OptionalText = Field(
        default="", title="补充说明", description="增写的段落，排在标准文本之后，每段一行。标准文本不得改动"
    )
    reason: OptionalText = Field(default="", title="补充理由", description="接在标准文本的理由之后")
    hearing_place: OptionalLine = Field(default="", title="听取意见地点", description="当事人当面陈述、申辩的地点")
    contact_person: OptionalLine = Field(default="", title="联系人")
    contact_phone: OptionalLine = Field(default="", title="联系电话", description="不填的，用本机关登记的电话")
    copies_to: list[Item] = Field(default_factory=list, max_length=20, title="抄送", description="每行一个单位的全称")


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
