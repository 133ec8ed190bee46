"""The form of the 送达地址确认书 (民事诉讼法 art. 90; SPC interpretation arts. 135, 136)."""

import re
from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from workflows.forms.notice import ServiceMethod
from workflows.kit.forms import LabelledEnum, OptionalLine, StepForm

_PHONE = re.compile(r"\+?[0-9][0-9\-－ ]{5,19}")


class Channel(LabelledEnum):
    """How paper is to be brought."""

    DIRECT = "direct", "直接送达"
    POST = "post", "邮寄送达"

    @property
    def method(self) -> ServiceMethod:
        """The method of service that it means."""
        return ServiceMethod(self.value)


class ServiceAddressForm(StepForm):
    """送达地址确认书 as the addressee himself fills it in; a letter needs whom and where to."""

    electronic: bool = Field(default=False, title="同意电子送达，文书到达本系统之日即为送达之日")
    channel: Channel = Field(title="纸质文书的送达方式")
    receiver: OptionalLine = Field(default="", title="收件人", validate_default=True)
    address: OptionalLine = Field(
        default="",
        title="送达地址",
        description="邮寄的填写到门牌号，直接送达的写明单位和房间。",
        validate_default=True,
    )
    phone: OptionalLine = Field(default="", title="联系电话", validate_default=True)

    @field_validator("receiver", "address", "phone")
    @classmethod
    def _post_needs_it(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("channel") is Channel.POST:
            raise ValueError("选择邮寄送达的应当填写")
        return value

    @field_validator("phone")
    @classmethod
    def _is_a_number(cls, value: str) -> str:
        if value and not _PHONE.fullmatch(value):
            raise ValueError("请填写固定电话（加区号）或者手机号码，例如“010-55550100”")
        return value


class PaperServiceAddressForm(ServiceAddressForm):
    """The same, entered by the office from the paper that the addressee signed."""

    confirmed_on: date = Field(title="签署日期")
