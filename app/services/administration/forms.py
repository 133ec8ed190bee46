"""Forms of the administration's pages: the same kind of model as a step's form, with labels and limits at the field."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.services.units.mergers import MergerManner
from app.services.units.register import UnitKind
from workflows.kit.forms import Line, OptionalLine, StepForm
from workflows.roles import Post

#: A reason that goes into the access log, where 200 characters have room.
Reason = Annotated[
    str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value),
    Field(min_length=1, max_length=150),
]  # fmt: skip


class NewAccountForm(StepForm):
    """新建账号."""

    login: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        title="账号", description="由文字、数字和 . _ - @ 组成，设定后不得更改"
    )
    name: Annotated[str, Field(min_length=1, max_length=80)] = Field(title="姓名")
    identity_number: OptionalLine = Field(
        default="", title="公民身份号码", description="加密保存，用于防止重复建账号；任何列表都不显示"
    )
    unit: Line = Field(title="任职单位")
    post: Post = Field(title="岗位")
    from_on: date = Field(title="任职日期", description="含当日")


class NameForm(StepForm):
    """更正姓名."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = Field(title="姓名")
    reason: Reason = Field(title="更正原因")


class LinkForm(StepForm):
    """关联统一身份认证."""

    external_id: Annotated[str, Field(max_length=255)] = Field(
        default="", title="统一身份认证中的标识", description="由统一身份认证的管理员提供；解除关联的，清空后保存"
    )


class PostForm(StepForm):
    """任职."""

    unit: Line = Field(title="任职单位")
    post: Post = Field(title="岗位")
    from_on: date = Field(title="任职日期", description="含当日")
    until_on: date | None = Field(default=None, title="任职至", description="含当日；长期任职的不填")


class EndPostForm(StepForm):
    """免职."""

    until_on: date = Field(title="任职至")


class DisableForm(StepForm):
    """停用账号."""

    reason: Reason = Field(title="停用原因")


class ReasonedForm(StepForm):
    """An act that wants nothing but its reason."""

    reason: Reason = Field(title="理由")


class UnitFactsForm(StepForm):
    """What the register holds of a unit besides its name."""

    short_name: Annotated[str, Field(max_length=80)] = Field(default="", title="简称")
    code: OptionalLine = Field(default="", title="统一社会信用代码")
    code_word: Annotated[str, Field(max_length=40)] = Field(
        default="", title="机关代字", description="发文字号的字头，如“示信用”；已编的号不变"
    )
    kind: UnitKind | None = Field(default=None, title="类别")
    responsibilities: Annotated[str, Field(max_length=400)] = Field(default="", title="职责")
    superior: OptionalLine = Field(default="", title="上级单位")
    address: OptionalLine = Field(default="", title="地址")
    phone: Annotated[str, Field(max_length=40)] = Field(default="", title="电话")
    on_system: bool = Field(default=True, title="通过本系统接收文书", description="选“否”的，文书以纸质送达")


class NewUnitForm(UnitFactsForm):
    """登记单位."""

    name: Line = Field(title="单位名称", description="全称，与印章一致")
    locality: Annotated[str, Field(min_length=1, max_length=40)] = Field(title="地区")


class RenameForm(StepForm):
    """单位更名."""

    name: Line = Field(title="新名称", description="全称，与印章一致")
    from_on: date = Field(title="启用日期", description="自这一日起使用新名称；可以是以后的日期，到期自动启用")
    basis: Line = Field(title="更名文件", description="名称和文号")


class MergerForm(StepForm):
    """合并、撤销."""

    successor: Line = Field(title="承继单位", description="承继其职权、继续办理未办结事项的单位")
    manner: MergerManner = Field(title="方式")
    basis: Line = Field(title="依据文件", description="机构改革或者编制文件的名称和文号")
    moves_posts: bool = Field(
        default=True, title="人员转入承继单位", description="选“是”的，原单位人员自确认之日起在承继单位任相同岗位"
    )


class ConfirmRulesForm(StepForm):
    """确认规则集."""

    in_force_from: date = Field(title="施行日期", description="须晚于今日")


class CalendarForm(StepForm):
    """导入工作日历."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)] = Field(
        title="放假安排",
        description="第一行写“日期,类别,名称”，以下每行一天，如“2027-01-01,放假,元旦”；类别填“放假”或者“上班”。"
        "某一天的依据与下面的通知不同的，加“来源”一列。也可以粘贴 TOML 文件",
    )
    version: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        title="版本名称", description="如“2027”，不得重复"
    )
    source: Line = Field(title="放假安排通知", description="名称和文号")
