"""Forms of the rectification (整改)."""

from datetime import date

from pydantic import Field

from workflows.kit.forms import (
    DecisionForm,
    Item,
    Line,
    OptionalText,
    ReasonedDecision,
    StepForm,
    Text,
)


class OrderForm(DecisionForm):
    """下达限期整改通知: what has to be put right, weighed by loss and influence, and by when."""

    problems: Text = Field(title="存在的问题", description="写明失信事实，以及造成的损失和社会影响")
    requirements: list[Item] = Field(min_length=1, title="整改要求", description="每行一项，写明应当达到的结果")
    days: int | None = Field(
        default=None, ge=1, le=366, title="整改期限（日）", description="自送达之日起计算；不填的，按规则集的期限"
    )


class PlannedTask(StepForm):
    """One dated task of a rectification plan."""

    task: Line = Field(title="整改措施")
    person: Line = Field(title="责任人")
    due_on: date = Field(title="完成日期")


class ExplanationForm(StepForm):
    """拟定书面说明: why it happened, who answers for it, what will be done and when (R53)."""

    causes: Text = Field(title="失信原因")
    responsible_persons: list[Item] = Field(min_length=1, title="责任人员", description="每行一人")
    tasks: list[PlannedTask] = Field(min_length=1, title="整改方案", description="每项措施写明责任人和完成日期")


class SignDraftForm(StepForm):
    """The head signs what was drafted."""

    note: OptionalText = Field(default="", title="签发意见")


class AcceptPlanForm(StepForm):
    """同意方案."""

    note: OptionalText = Field(default="", title="审查意见")


class ProgressForm(StepForm):
    """报送进展: one line of the ledger (R57)."""

    task: int = Field(ge=1, title="整改措施序号", description="方案中的第几项")
    progress: Text = Field(title="进展情况")
    done: bool = Field(default=False, title="本项已经完成")


class TaskEvidence(StepForm):
    """What shows that one task is done."""

    task: int = Field(ge=1, title="整改措施序号", description="方案中的第几项")
    result: Text = Field(title="完成情况")
    evidence: Line = Field(title="证明材料", description="材料名称，材料随附件上传")


class CompletionForm(StepForm):
    """拟报验收: evidence for each task."""

    tasks: list[TaskEvidence] = Field(min_length=1, title="逐项完成情况")
    summary: Text = Field(title="整改情况总结")


class FailForm(ReasonedDecision):
    """验收不通过: why, and the new last day."""

    until: date = Field(title="重新整改的截止日期")


class PassForm(DecisionForm):
    """验收通过."""

    opinion: Text = Field(title="验收意见")


class EscalateForm(StepForm):
    """提升督办层级: the clock needs no words; who criticises in public gives the reason."""

    reason: OptionalText = Field(default="", title="通报批评的理由")


class ExtendCompletionForm(DecisionForm):
    """准予延期."""

    days: int = Field(ge=1, le=366, title="准予延长的天数")
    reason: Text = Field(title="理由")


class GiveUpForm(ReasonedDecision):
    """认定整改不到位."""


class ReopenForm(DecisionForm):
    """恢复整改: the unit's new plan and the day by which it will be done."""

    tasks: list[PlannedTask] = Field(min_length=1, title="整改方案", description="每项措施写明责任人和完成日期")
    until: date = Field(title="完成整改的截止日期")
    reason: Text = Field(title="理由")
