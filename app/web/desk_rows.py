"""What the rows of a list on the desk have in common: made once for a page, not once for each row."""

from collections.abc import Mapping
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext

from app.services.reading.desk.boxes import Box
from app.services.reading.lines import NO_NUMBER
from app.web.case_forms import new_key


def words_of(box: Box | None) -> Mapping[str, str]:
    """The words that each row needs, in the language of the page."""
    last = {Box.UNASSIGNED: gettext("无人办理的原因"), Box.LATE: gettext("现由谁办理")}
    return {
        "number": gettext("文号"),
        "no_number": gettext(NO_NUMBER),
        "party": gettext("当事人"),
        "matter": gettext("事项"),
        "state": gettext("状态"),
        "due": gettext("期限"),
        "who": last.get(box, gettext("来文单位")) if box is not None else "",
        "act": gettext("操作"),
        "tick": gettext("勾选"),
        "open": gettext("办理") if box is Box.HELD else gettext("查看"),
        "over": gettext("已结束"),
        "colon": gettext("："),
    }


def page_of(box: Box, *, ticks: bool) -> Mapping[str, Any]:
    """What the macro of a row takes besides the row; `ticks`: some rows can be acted on together."""
    token = get_template_attribute("_macros/form.html", "token")()
    return {"box": box, "words": words_of(box), "ticks": ticks, "token": token, "new_key": new_key}
