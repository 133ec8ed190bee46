"""Forms of the dishonesty record (政务失信记录)."""

from datetime import date
from typing import Any

from pydantic import Field

from workflows.kit.forms import (
    DecisionForm,
    Item,
    LabelledEnum,
    Line,
    OptionalCode,
    OptionalLine,
    OptionalText,
    OptionalWord,
    ReasonedDecision,
    StepForm,
    Text,
)


class SourceType(LabelledEnum):
    """What the record rests on (R17)."""

    JUDGMENT = "judgment", "司法判决"
    PENALTY = "penalty", "行政处罚"
    SANCTION = "sanction", "纪律处分"
    ACCOUNTABILITY = "accountability", "问责处理"
    FIELD_FINDING = "field_finding", "领域认定"


class Severity(LabelledEnum):
    """By loss and social influence (R19)."""

    MINOR = "minor", "轻微"
    GENERAL = "general", "一般"
    SERIOUS = "serious", "严重"


class Sanction(LabelledEnum):
    """政务处分; the number of months of each is in law (公职人员政务处分法 arts. 7, 8)."""

    WARNING = "warning", "警告"
    DEMERIT = "demerit", "记过"
    GREAT_DEMERIT = "great_demerit", "记大过"
    DEMOTION = "demotion", "降级"
    REMOVAL = "removal", "撤职"
    DISMISSAL = "dismissal", "开除"


#: 公职人员政务处分法第八条: the period of each sanction in months; 开除 has none.
SANCTION_MONTHS = {
    Sanction.WARNING: 6,
    Sanction.DEMERIT: 12,
    Sanction.GREAT_DEMERIT: 18,
    Sanction.DEMOTION: 24,
    Sanction.REMOVAL: 24,
}


class Disclosure(LabelledEnum):
    """How widely the record may be known (R11, R124)."""

    NONE = "none", "不公开"
    GOVERNMENT = "government", "政务共享"
    QUERY = "query", "依授权查询"
    PUBLIC = "public", "社会公开"


class ExemptionAnswer(LabelledEnum):
    """The required question on exemption and tolerance (R22)."""

    NONE = "none", "经核对，不存在免责容错情形"
    CLAIMED = "claimed", "可能符合，报送后提请容错认定"


class RecordField(LabelledEnum):
    """What of a record can be contested and corrected."""

    SUBJECT = "subject", "主体"
    BEHAVIOUR = "behaviour", "失信行为"
    FACTS = "facts", "事实"
    SEVERITY = "severity", "失信程度"
    SOURCE_DOCUMENT = "source_document", "来源文书"
    EFFECTIVE_ON = "effective_on", "生效日期"
    CONDUCT_ENDED_ON = "conduct_ended_on", "行为终止日期"
    RESPONSIBLE_PERSONS = "responsible_persons", "责任人员"
    DISCLOSURE_LEVEL = "disclosure_level", "公开层级"
    RECORD = "record", "整条记录"


class RecordContent(StepForm):
    """A record as its unit writes it; what must be there to submit it, `submit` checks.

    A penalty from the 双公示 table names neither behaviour nor severity: its draft waits for the clerk to choose them.
    """

    subject: Line = Field(title="主体", description="从名册中按姓名、拼音或者代码选择")
    source_type: SourceType = Field(title="来源文书类型")
    source_number: OptionalLine = Field(default="", title="文书编号")
    source_on: date | None = Field(default=None, title="文书日期")
    source_organ: OptionalLine = Field(default="", title="作出机关")
    effective_on: date | None = Field(default=None, title="生效日期")
    under_remedy: bool = Field(default=False, title="是否仍在救济期内或者救济程序中")
    sanction: Sanction | None = Field(default=None, title="处分种类")
    sanction_months: int | None = Field(default=None, ge=1, le=48, title="处分期（月）")
    behaviour: OptionalCode = Field(default="", title="失信行为", description="从现行行为清单中选择")
    key_field: OptionalWord = Field(default="", title="重点领域")
    facts: OptionalText = Field(default="", title="事实")
    conduct_ended_on: date | None = Field(default=None, title="行为终止日期")
    conduct_continues: bool = Field(default=False, title="行为是否仍在持续")
    loss: OptionalText = Field(default="", title="损失情况")
    influence: OptionalText = Field(default="", title="社会影响程度")
    severity: Severity | None = Field(default=None, title="失信程度", description="根据损失情况和社会影响程度确定")
    responsible_persons: list[Item] = Field(default_factory=list, title="责任人员", description="每行一人")
    disclosure_level: Disclosure = Field(default=Disclosure.GOVERNMENT, title="公开层级")
    exemption: ExemptionAnswer | None = Field(default=None, title="是否存在免责容错情形")
    secret_free: bool = Field(default=False, title="确认不含国家秘密和工作秘密")
    finder: OptionalLine = Field(default="", title="认定单位", description="与信息提供单位不同时填写")


class SendBackForm(StepForm):
    """退回补正: everything that is missing, once."""

    reason: Text = Field(title="退回理由")
    missing: list[Item] = Field(min_length=1, title="需要补正的全部内容", description="一次性列全，每行一项")


class ApproveForm(DecisionForm):
    """同意告知: with the word on why the record stays inside the catalogue."""

    opinion: OptionalText = Field(default="", title="审查意见")


class DeclineGround(LabelledEnum):
    """Why a record is not made."""

    OUTSIDE_CATALOGUE = "outside_catalogue", "不在目录范围内"
    NOT_EFFECTIVE = "not_effective", "来源文书未生效"
    DUPLICATE = "duplicate", "重复报送"
    STATEMENT_FOUNDED = "statement_founded", "陈述申辩成立"
    NOT_SUPPLEMENTED = "not_supplemented", "逾期未补正"
    RETENTION_OVER = "retention_over", "保存期限届满"


class DeclineForm(ReasonedDecision):
    """不予记录."""

    ground: DeclineGround = Field(title="不予记录的情形")
    statement_answer: OptionalText = Field(default="", title="对陈述申辩意见的答复")


class StatementForm(StepForm):
    """陈述申辩."""

    text: Text = Field(title="陈述申辩意见")
    late_reason: OptionalText = Field(default="", title="逾期提出的正当理由")


class ListForm(DecisionForm):
    """记入: the decision itself."""

    reasons: Text = Field(title="记入理由")
    statement_answer: OptionalText = Field(
        default="", title="对陈述申辩意见的答复", description="当事人提出陈述申辩的，应当逐条书面答复"
    )


class CorrectionForm(DecisionForm):
    """更正: which fields become what."""

    changes: dict[RecordField, Any] = Field(min_length=1, title="更正内容")
    reason: Text = Field(title="更正理由")


class AnnulmentForm(ReasonedDecision):
    """撤销记录: the source document was withdrawn, annulled or found unlawful."""

    document: Line = Field(title="撤销依据的文书")


class DiscardForm(StepForm):
    """草稿作废."""

    reason: Text = Field(title="作废理由")


class WaiveForm(ReasonedDecision):
    """No rectification is ordered."""
