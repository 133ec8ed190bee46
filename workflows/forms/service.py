"""Forms of service (送达): how a notice is sent out, and what the 送达回证 must hold for each method.

Sources: 民事诉讼法 (2023) arts. 87–95, which 行政处罚法 art. 61 and 行政复议法 art. 88 follow; R142.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from workflows.forms.notice import ServiceMethod
from workflows.kit.forms import LabelledEnum, Line, OptionalLine, OptionalText, StepForm, Text

_HOUR = re.compile(r"(?:[01]?\d|2[0-3])[:：][0-5]\d")


class Receiver(LabelledEnum):
    """Who may sign for a notice that is handed over (art. 88)."""

    SELF = "self", "受送达人本人"
    FAMILY = "family", "同住的成年家属"
    HEAD = "head", "法定代表人或者主要负责人"
    MAILROOM = "mailroom", "单位负责收件的人员"
    AGENT = "agent", "代理人"
    DESIGNATED = "designated", "指定的代收人"


#: Who signs for a natural person, and who for a unit.
FOR_A_PERSON = (Receiver.SELF, Receiver.FAMILY, Receiver.AGENT, Receiver.DESIGNATED)
FOR_A_UNIT = (Receiver.HEAD, Receiver.MAILROOM, Receiver.AGENT, Receiver.DESIGNATED)


class ThroughGround(LabelledEnum):
    """Through whom a notice is passed on by law (arts. 92, 93); for anybody else a unit only helps to hand it over."""

    SOLDIER = "soldier", "受送达人是军人，通过其所在部队团以上单位的政治机关转交"
    IMPRISONED = "imprisoned", "受送达人被监禁，通过其所在监所转交"
    IN_EDUCATION = "in_education", "受送达人被采取强制性教育措施，通过其所在强制性教育机构转交"


@dataclass(frozen=True)
class Asked:
    """The fields of one method: those it must have and those it may have. No other may be filled in."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    @property
    def fields(self) -> frozenset[str]:
        return self.required | self.optional


def _asked(required: str, optional: str = "") -> Asked:
    return Asked(frozenset(required.split()), frozenset(optional.split()))


#: How a notice can be sent out. Leaving is what a refused direct service ends in; an announcement is a step of its own.
SENT: Mapping[ServiceMethod, Asked] = {
    ServiceMethod.DIRECT: _asked("", "note"),
    ServiceMethod.ELECTRONIC: _asked("", "note"),
    ServiceMethod.POST: _asked("tracking_number posted_on", "note"),
    ServiceMethod.ENTRUSTED: _asked("via", "note"),
    ServiceMethod.THROUGH_UNIT: _asked("via ground", "note"),
}
#: What is registered of a service that came about.
SERVED: Mapping[ServiceMethod, Asked] = {
    ServiceMethod.DIRECT: _asked("hour place receiver signed_by", "relation no_receipt_reason files"),
    ServiceMethod.LEAVING: _asked("hour place refusal_reason", "witness no_receipt_reason files"),
    ServiceMethod.ELECTRONIC: _asked("", "hour"),
    ServiceMethod.POST: _asked("slip_number", "signed_by files"),
    ServiceMethod.ENTRUSTED: _asked("receiver signed_by", "hour place relation no_receipt_reason files"),
    ServiceMethod.THROUGH_UNIT: _asked("signed_by", "hour no_receipt_reason files"),
}
#: Methods that art. 87 lets come about only with a 送达回证; by post the return slip takes its place.
WITH_RECEIPT = frozenset(
    {ServiceMethod.DIRECT, ServiceMethod.LEAVING, ServiceMethod.ENTRUSTED, ServiceMethod.THROUGH_UNIT}
)


def _fits(table: Mapping[ServiceMethod, Asked], value: Any, info: ValidationInfo) -> Any:
    method, name = info.data.get("method"), info.field_name or ""
    if method is None:
        return value
    if not value and name in table[method].required:
        raise ValueError(f"{method.label}应当填写本项")
    if value and name not in table[method].fields:
        raise ValueError(f"{method.label}不填写本项，请清空，或者改选送达方式")
    return value


class DispatchForm(StepForm):
    """送出: each method asks for its own fields (`SENT`)."""

    method: ServiceMethod = Field(title="送达方式")
    tracking_number: OptionalLine = Field(default="", title="邮件号码", validate_default=True)
    posted_on: date | None = Field(default=None, title="交邮日期", validate_default=True)
    ground: ThroughGround | None = Field(default=None, title="转交的法定情形", validate_default=True)
    via: OptionalLine = Field(
        default="",
        title="受托或者转交的机关",
        description="机关全称。受委托的机关应当自收到之日起十日内代为送达。",
        validate_default=True,
    )
    note: OptionalText = Field(default="", title="说明")

    @field_validator("method")
    @classmethod
    def _can_be_sent(cls, method: ServiceMethod) -> ServiceMethod:
        if method is ServiceMethod.ANNOUNCEMENT:
            raise ValueError("公告送达应当在其他方式送达未成后由审批人办理“公告送达”")
        if method not in SENT:
            raise ValueError("留置送达因受送达人拒收而采用：请先按直接送达送出，拒收的，再按留置送达登记")
        return method

    @field_validator("tracking_number", "posted_on", "ground", "via")
    @classmethod
    def _of_the_method(cls, value: Any, info: ValidationInfo) -> Any:
        return _fits(SENT, value, info)


class ConfirmServiceForm(StepForm):
    """登记送达, from the 送达回证: each method has its own required fields (`SERVED`) and its own day of service.

    The day is that of the signature on the receipt, of leaving, of the message's arrival, or of the return slip.
    """

    method: ServiceMethod = Field(title="实际送达方式")
    served_on: date = Field(title="送达日期")
    hour: OptionalLine = Field(
        default="", title="送达时刻", description="二十四小时制，例如“15:30”。", validate_default=True
    )
    place: OptionalLine = Field(default="", title="送达地点", validate_default=True)
    receiver: Receiver | None = Field(default=None, title="由谁签收", validate_default=True)
    signed_by: OptionalLine = Field(
        default="", title="签收人", description="送达回证或者邮件回执上签名的人。", validate_default=True
    )
    relation: OptionalLine = Field(
        default="",
        title="代收人与受送达人的关系",
        description="由同住的成年家属签收的必须填写，例如“配偶”。",
        validate_default=True,
    )
    refusal_reason: OptionalText = Field(default="", title="拒收事由", validate_default=True)
    witness: OptionalLine = Field(
        default="",
        title="见证人",
        description="基层组织或者所在单位代表的姓名和职务；没有见证人的，应当上传拍照或者录像截图。",
        validate_default=True,
    )
    slip_number: OptionalLine = Field(default="", title="邮件回执编号", validate_default=True)
    files: list[Line] = Field(
        default_factory=list,
        title="送达回证",
        description="签收后的送达回证（或者邮件回执、现场照片）的扫描件。",
        max_length=20,
        json_schema_extra={"as": "files"},
        validate_default=True,
    )
    no_receipt_reason: OptionalLine = Field(
        default="",
        title="暂不上传送达回证的原因",
        description="已经上传的不用填写；暂不上传的，事后应当补交。",
        validate_default=True,
    )

    @field_validator("method")
    @classmethod
    def _is_registered_by_hand(cls, method: ServiceMethod) -> ServiceMethod:
        if method is ServiceMethod.ANNOUNCEMENT:
            raise ValueError("公告期满由系统自动视为送达，不用登记；受送达人在公告期内签收的，按直接送达登记")
        return method

    @field_validator(
        "hour", "place", "receiver", "signed_by", "relation", "refusal_reason", "witness", "slip_number",
        "files", "no_receipt_reason",
    )  # fmt: skip
    @classmethod
    def _of_the_method(cls, value: Any, info: ValidationInfo) -> Any:
        return _fits(SERVED, value, info)

    @field_validator("hour")
    @classmethod
    def _is_an_hour(cls, value: str) -> str:
        if value and not _HOUR.fullmatch(value):
            raise ValueError("请按二十四小时制填写，例如“15:30”")
        return value.replace("：", ":")

    @field_validator("relation")
    @classmethod
    def _family_says_how(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("receiver") is Receiver.FAMILY:
            raise ValueError("由同住的成年家属签收的，应当填写其与受送达人的关系")
        return value

    @field_validator("files")
    @classmethod
    def _shows_what_nobody_witnessed(cls, value: list[str], info: ValidationInfo) -> list[str]:
        if not value and info.data.get("method") is ServiceMethod.LEAVING and not info.data.get("witness"):
            raise ValueError("没有见证人的，应当上传拍照或者录像截图")
        return value

    @field_validator("no_receipt_reason")
    @classmethod
    def _is_proved(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("method") in WITH_RECEIPT and not value and not info.data.get("files", ["wrong"]):
            raise ValueError("送达应当有送达回证，没有上传的应当写明原因")
        return value


class AddReceiptForm(StepForm):
    """补交送达回证."""

    files: list[Line] = Field(
        min_length=1,
        max_length=20,
        title="送达回证",
        description="签收后的送达回证的扫描件。",
        json_schema_extra={"as": "files"},
    )
    note: OptionalText = Field(default="", title="说明")


class FailServiceForm(StepForm):
    """送达未成."""

    reason: Text = Field(title="未能送达的原因", description="例如“原址查无此人，邮件退回”。")


class AnnounceForm(StepForm):
    """公告送达 (art. 95): the reason and what was tried before stay on file."""

    posted_on: date = Field(title="公告发布日期", description="在两处以上发布的，填写最后一处的发布日期。")
    place: Line = Field(title="公告载体", description="例如“区政府门户网站、政务公告栏”。")
    reason: Text = Field(title="采用公告送达的理由", description="写明已经采用的方式和没有送达的经过。")


class CorrectServiceForm(StepForm):
    """更正送达日."""

    served_on: date = Field(title="更正后的送达日期")
    evidence: Text = Field(title="依据")
