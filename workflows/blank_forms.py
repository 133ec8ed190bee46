"""表格: the forms that a party fills in and hands over. No notices: nobody issues them and they bear no number.

One row here and one file ``templates/notices/forms/<key>.html``; what is known is filled in, the rest is left blank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class BlankForm:
    """One form. ``goes_with``: kinds of the cases on whose pages it is offered, filled in from the case."""

    key: str
    title: str
    use: str
    goes_with: tuple[str, ...] = ()


_ROWS = (
    BlankForm("objection", "异议申请书", "对政务失信记录的内容、失信程度、期限或者公示提出异议", ("record",)),
    BlankForm("repair", "信用修复申请书", "纠正失信行为、履行有关义务后申请信用修复", ("record",)),
    BlankForm("commitment", "信用承诺书", "申请信用修复时一并提交", ("record", "repair")),
    BlankForm(
        "address",
        "送达地址确认书",
        "确认接收文书的地址和方式，同意电子送达的在此签署",
        ("record", "objection", "repair", "exemption", "rectification"),
    ),
    BlankForm(
        "authorisation",
        "授权委托书",
        "委托他人代为办理有关事项",
        ("record", "objection", "repair", "exemption", "rectification"),
    ),
    BlankForm(
        "explanation", "书面说明（整改方案）", "被责令限期整改的单位说明失信原因、报送整改方案", ("rectification",)
    ),
)

FORMS: Mapping[str, BlankForm] = MappingProxyType({row.key: row for row in _ROWS})
"""Every form by its key."""


def forms_for(kind: str) -> tuple[BlankForm, ...]:
    """The forms that go with a case of a kind."""
    return tuple(row for row in _ROWS if kind in row.goes_with)
