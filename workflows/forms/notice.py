"""Forms of the notice (文书)."""

from datetime import date

from pydantic import Field, model_validator

from workflows.kit.forms import LabelledEnum, Line, OptionalLine, OptionalText, StepForm, Text


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


class DispatchForm(StepForm):
    """送出."""

    method: ServiceMethod = Field(title="送达方式")
    note: OptionalText = Field(default="", title="说明")


class ConfirmServiceForm(StepForm):
    """登记送达, from the 送达回证; each method has its own required fields."""

    served_on: date = Field(title="送达日期")
    hour: OptionalLine = Field(default="", title="送达时刻", description="例如“15:30”")
    signed_by: OptionalLine = Field(default="", title="签收人")
    relation: OptionalLine = Field(default="", title="代收人与受送达人的关系")
    witness: OptionalLine = Field(default="", title="见证人")
    refusal_reason: OptionalText = Field(default="", title="拒收理由")
    slip_number: OptionalLine = Field(default="", title="邮件回执编号")
    method: ServiceMethod | None = Field(default=None, title="实际送达方式")

    @model_validator(mode="after")
    def _fields_of_the_method(self) -> "ConfirmServiceForm":
        wanted = {
            ServiceMethod.DIRECT: (self.signed_by, "直接送达应当填写签收人"),
            ServiceMethod.THROUGH_UNIT: (self.signed_by, "转交送达应当填写签收人"),
            ServiceMethod.LEAVING: (self.witness, "留置送达应当填写见证人，或者在见证人栏注明拍照、录像"),
            ServiceMethod.POST: (self.slip_number, "邮寄送达应当填写邮件回执编号"),
        }
        value, message = wanted.get(self.method, ("-", "")) if self.method else ("-", "")
        if not value:
            raise ValueError(message)
        return self


class FailServiceForm(StepForm):
    """送达未成."""

    reason: Text = Field(title="未能送达的原因")


class AnnounceForm(StepForm):
    """公告送达: earlier methods and their reasons stand in the history."""

    posted_on: date = Field(title="公告发布日期")
    place: Line = Field(title="公告载体")
    reason: Text = Field(title="采用公告送达的理由")


class CorrectServiceForm(StepForm):
    """更正送达日."""

    served_on: date = Field(title="更正后的送达日期")
    evidence: Text = Field(title="依据")


class VoidForm(StepForm):
    """作废."""

    reason: Text = Field(title="作废理由")
