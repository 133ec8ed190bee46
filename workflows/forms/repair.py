"""Forms of the credit repair (信用修复)."""

from datetime import date

from pydantic import Field

from workflows.kit.forms import (
    DecisionForm,
    Item,
    LabelledEnum,
    Line,
    OptionalText,
    ReasonedDecision,
    StepForm,
    Text,
)


class GateKey(LabelledEnum):
    """The lines of the repair gate (procedures, section 5)."""

    LISTED = "listed", "失信信息已经记入"
    PERIOD = "period", "最短公示期限届满"
    SANCTION = "sanction", "处分期届满"
    CORRECTED = "corrected", "失信行为已经纠正，义务已经履行"
    RECTIFIED = "rectified", "责令整改的，整改验收通过"
    COMMITMENT = "commitment", "已经签署信用承诺书"
    NOT_BARRED = "not_barred", "不在撤销修复后不得申请的期间内"
    NOT_EXCLUDED = "not_excluded", "不属于依法不得修复的情形"


class SubmitRepairForm(StepForm):
    """申请修复."""

    correction: Text = Field(title="纠正失信行为、履行义务的情况")
    corrected_on: date | None = Field(default=None, title="纠正完成日期")
    evidence: list[Item] = Field(default_factory=list, title="证明材料", description="每行一份，材料随附件上传")
    commitment: bool = Field(default=False, title="是否已签署信用承诺书")


class RefuseRepairForm(ReasonedDecision):
    """不予受理: each unmet condition with its reason; the first possible date is printed from the gate."""

    unmet: dict[GateKey, Text] = Field(min_length=1, title="未满足的条件及理由")


class Finding(StepForm):
    """What was found on one condition."""

    met: bool = Field(title="是否满足")
    reason: Text = Field(title="核实情况")


class RepairFindingForm(StepForm):
    """拟定核实意见: a finding per condition."""

    findings: dict[GateKey, Finding] = Field(min_length=1, title="逐项核实意见")
    explanation: Text = Field(title="核实说明")


class SignFindingForm(StepForm):
    """核实: the head signs what was drafted."""

    note: OptionalText = Field(default="", title="签发意见")


class ApproveRepairForm(DecisionForm):
    """准予修复."""

    reasons: Text = Field(title="准予修复的理由")


class DenyRepairForm(ReasonedDecision):
    """不予修复: a reason per condition."""

    unmet: dict[GateKey, Text] = Field(min_length=1, title="未满足的条件及理由")


class CompleteSyncForm(StepForm):
    """完成同步: silent targets are named one by one."""

    silent_targets: list[Line] = Field(
        default_factory=list, title="经督办仍未反馈的同步对象", description="每行一个，填写同步对象代码"
    )


class RepairReviewResult(LabelledEnum):
    """Outcome of the review of a repair."""

    UPHELD = "upheld", "维持"
    CHANGED = "changed", "变更"


class DecideRepairReviewForm(DecisionForm):
    """复核决定."""

    result: RepairReviewResult = Field(title="复核结论")
    reasons: Text = Field(title="复核理由")


class RefuseRepairReviewForm(ReasonedDecision):
    """不予受理复核: late without good reason."""


class RevocationGround(LabelledEnum):
    """Why a granted repair is taken back."""

    FALSE_MATERIAL = "false_material", "提供虚假材料"
    BROKEN_PROMISE = "broken_promise", "信用承诺不实"


class RevokeRepairForm(ReasonedDecision):
    """撤销修复, after the subject was heard."""

    ground: RevocationGround = Field(title="撤销修复的情形")
    evidence: Text = Field(title="证据")
    heard_on: date = Field(title="听取当事人陈述申辩的日期")
    hearing: Text = Field(title="当事人陈述申辩的意见及采纳情况")
