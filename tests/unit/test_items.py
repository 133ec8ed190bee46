"""Lists that are typed one item a line: the number and the stop are those of whoever prints the list."""

import pytest

from workflows.forms.common import RequestSupplementForm
from workflows.kit.errors import FormIncomplete
from workflows.kit.forms import parse_form
from workflows.kit.items import bare_item


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ("1. 办件系统截图；", "办件系统截图"),
        ("2.送达回证。", "送达回证"),
        ("2．送达回证", "送达回证"),
        ("3、身份证明;", "身份证明"),
        ("10、授权委托书，", "授权委托书"),
        ("一、申请书", "申请书"),
        ("十二、申请书", "申请书"),
        ("（一）申请书；", "申请书"),
        ("(2) 申请书", "申请书"),
        ("（3）、申请书", "申请书"),
        ("4）申请书", "申请书"),
        ("①申请书", "申请书"),
        ("⑵申请书", "申请书"),
        ("⒊申请书", "申请书"),
        ("1.2026年度报表", "2026年度报表"),
        ("1. 3号楼图纸", "3号楼图纸"),
        ("2、 1.5万元凭证", "1.5万元凭证"),
        ("一、2026年度报表；。", "2026年度报表"),
    ],
)
def test_a_typed_number_and_a_stop_are_left_out(typed: str, item: str) -> None:
    assert bare_item(typed) == item


@pytest.mark.parametrize(
    "item",
    [
        "2026年度报表",
        "1.5万元凭证",
        "1.25万元的收据",
        "3号楼图纸",
        "1、2号楼图纸",
        "一、二期工程的验收单",
        "（2）号楼图纸",
        "①号车间照片",
        "12345热线工单",
        "2026.3.12的回访记录",
        "110、120报警记录",
        "第1项承诺的证明",
        "一次性告知单",
        "二维码截图",
        "1：500地形图",
        "《办法》第三条（一）所列材料",
        "责任书（一式三份）",
    ],
)
def test_a_number_that_says_something_stays(item: str) -> None:
    assert bare_item(item) == item


def test_a_form_keeps_the_items_themselves() -> None:
    """R28: 补正通知书 and 办理过程 write what is missing, each with its own numbers and stops."""
    form = parse_form(RequestSupplementForm, {"missing": ["1. 办件系统截图；", "2. 送达回证。"], "reason": "材料不全"})
    assert form.model_dump()["missing"] == ["办件系统截图", "送达回证"]


def test_a_number_alone_is_no_item() -> None:
    with pytest.raises(FormIncomplete, match="尚未填写"):
        parse_form(RequestSupplementForm, {"missing": ["1. 送达回证", "2."], "reason": "材料不全"})
