"""Forms of exemption and tolerance (容错免责)."""

from datetime import date
from typing import Any

from pydantic import Field

from workflows.forms.record import RecordField
from workflows.kit.forms import Item, LabelledEnum, Line, OptionalLine, OptionalText, StepForm, Text


class ExemptionOutcome(LabelledEnum):
    """What the organ with the cadre-management power finds."""

    GRANTED = "granted", "予以容错"
    PARTIAL = "partial", "部分容错"
    DENIED = "denied", "不予容错"


class SubmitExemptionForm(StepForm):
    """申请容错免责 (R44): situation, conditions, evidence."""

    situation: Line = Field(title="容错情形", description="写明所依据的文件及条款")
    circumstances: Text = Field(title="事实经过与符合容错条件的理由")
    decision_procedure: OptionalText = Field(default="", title="决策程序履行情况")
    evidence: list[Item] = Field(default_factory=list, title="证明材料", description="每行一份，材料随附件上传")


class RefuseExemptionForm(StepForm):
    """不予受理: names the organ that has the power."""

    reason: Text = Field(title="理由")
    competent_organ: Line = Field(title="有认定权限的机关")


class ExemptionFindingForm(StepForm):
    """拟定核实意见 (R45)."""

    clause: Line = Field(title="适用的容错情形条款")
    motive: Text = Field(title="动机与有无谋取私利")
    decision_procedure: Text = Field(title="决策程序的核实情况")
    corrective_measures: Text = Field(title="纠错整改与防范措施")
    proposed: ExemptionOutcome = Field(title="拟认定结论")


class DecideExemptionForm(StepForm):
    """认定: outcome and reasons. The document gets its number here, unless the organ has numbered one of its own."""

    outcome: ExemptionOutcome = Field(title="认定结论")
    document_number: OptionalLine = Field(
        default="",
        title="认定文书编号",
        description="认定书由本系统自动编号；另有本机关文书的，填写其发文字号",
    )
    reasons: Text = Field(title="认定理由")
    changes: dict[RecordField, Any] = Field(
        default_factory=dict,
        title="记录更正内容",
        description="部分容错的，写明记录中应当更正的内容",
        json_schema_extra={"folded": True},
    )
    correction: OptionalText = Field(
        default="", title="需要落实的纠错措施", description="没有需要落实的，不填；填写的，落实并确认后办结"
    )


class RegisterFindingForm(DecideExemptionForm):
    """登记认定结论: from the organ's own document."""

    document_number: Line = Field(title="认定文书编号", description="认定机关文书的发文字号")
    organ: Line = Field(title="认定机关")
    document_on: date = Field(title="认定文书日期")
    attachment: Line = Field(title="认定文书附件", description="附件名称，文书随附件上传")


class ProceedForm(StepForm):
    """不再等待."""

    reason: Text = Field(title="理由")


class ConfirmCorrectionForm(StepForm):
    """确认纠错 (R47)."""

    evidence: Text = Field(title="纠错落实情况及证据")
