"""Forms of the objection (异议)."""

from pydantic import Field

from workflows.forms.record import RecordField
from workflows.kit.forms import (
    DecisionForm,
    LabelledEnum,
    Line,
    OptionalLine,
    OptionalText,
    ReasonedDecision,
    StepForm,
    Text,
)


class Ground(LabelledEnum):
    """Why a field is disputed."""

    ERROR = "error", "错误"
    OMISSION = "omission", "遗漏"
    OVER_TIME = "over_time", "超期"
    NOT_TO_RECORD = "not_to_record", "不应记录"
    BASIS_GONE = "basis_gone", "依据已撤销或者变更"
    PRIVACY = "privacy", "侵犯隐私或秘密"
    OTHER = "other", "其他"


class DisputedField(StepForm):
    """One disputed field of the record."""

    field: RecordField = Field(title="异议项")
    ground: Ground = Field(title="异议事由")
    wanted: OptionalText = Field(default="", title="请求更正为")


class SubmitObjectionForm(StepForm):
    """提出异议."""

    fields: list[DisputedField] = Field(min_length=1, title="异议项")
    reason: Text = Field(title="事实与理由")
    attacks_source_only: bool = Field(
        default=False, title="是否仅对来源文书本身不服", description="对判决、处罚、处分本身不服的，应当循法定途径救济"
    )


class RefusalGround(LabelledEnum):
    """Why an objection is not accepted."""

    NOT_HIS_RECORD = "not_his_record", "不是本人（本单位）的记录"
    SOURCE_ONLY = "source_only", "仅对来源文书本身不服"
    SAME_AGAIN = "same_again", "以相同事实和理由重复提出"
    STILL_INCOMPLETE = "still_incomplete", "经补正仍不完整"


class RefuseObjectionForm(ReasonedDecision):
    """不予受理."""

    ground: RefusalGround = Field(title="不予受理的情形")
    other_remedy: OptionalText = Field(
        default="", title="应当循何途径救济", description="仅对来源文书不服的，写明机关、途径和最后日期"
    )


class TransferBackForm(StepForm):
    """退回转办: the information is another unit's."""

    owner: Line = Field(title="应当核查的单位")
    reason: Text = Field(title="理由")


class Verdict(LabelledEnum):
    """The provider's answer on one field."""

    KEEP = "keep", "维持"
    CHANGE = "change", "更正为"
    ADD = "add", "补充"
    DELETE = "delete", "删除"
    STOP_PUBLICATION = "stop_publication", "停止公示"
    ANNUL = "annul", "撤销"


class FieldVerdict(StepForm):
    """What becomes of one disputed field."""

    verdict: Verdict = Field(title="核查结论")
    #: Needed with the verdicts that it belongs to, and asked for only with them (objection_guards).
    value: OptionalText = Field(default="", title="更正或者补充的内容", json_schema_extra={"needed": True})


class AnswerForm(StepForm):
    """拟定核查意见: a verdict per disputed field."""

    verdicts: dict[RecordField, FieldVerdict] = Field(min_length=1, title="逐项核查结论")
    explanation: Text = Field(title="核查说明")


class SignAnswerForm(StepForm):
    """反馈核查结果: the head signs what was drafted."""

    note: OptionalText = Field(default="", title="签发意见")


class DecideObjectionForm(DecisionForm):
    """审定: a verdict per field; empty takes over the provider's."""

    verdicts: dict[RecordField, FieldVerdict] = Field(default_factory=dict, title="逐项审定结论")
    reasons: Text = Field(title="审定理由")


class ReviewResult(LabelledEnum):
    """Outcome of a review."""

    UPHELD = "upheld", "维持"
    CHANGED = "changed", "变更"


class DecideReviewForm(DecisionForm):
    """复核决定."""

    result: ReviewResult = Field(title="复核结论")
    verdicts: dict[RecordField, FieldVerdict] = Field(default_factory=dict, title="变更的项")
    reasons: Text = Field(title="复核理由")


class RefuseReviewForm(ReasonedDecision):
    """不予受理复核: late without good reason."""


class ExtendForm(DecisionForm):
    """准予延期."""

    days: int = Field(ge=1, le=366, title="准予延长的天数")
    reason: Text = Field(title="理由")


class ReturnAnswerForm(StepForm):
    """退回重新核查."""

    reason: Text = Field(title="退回理由")
    points: list[OptionalLine] = Field(default_factory=list, title="应当进一步核查的问题")
