"""Filters of lists as they stand in the address: days as people write them, and what is wrong with them."""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext

from app.web.forms import SummaryLine


def day_given(given: Callable[[str], str], name: str, errors: list[SummaryLine]) -> date | None:
    """One day; a wrong one is noted in `errors`, at its field."""
    text = given(name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors.append(SummaryLine(gettext("日期不存在或者格式不对，请按“2026-11-21”填写。"), f"f-{name}"))
        return None


def period_given(given: Callable[[str], str], errors: list[SummaryLine]) -> tuple[date | None, date | None]:
    """起始日期 and 截止日期; a period that ends before it begins is noted in `errors`."""
    begins, ends = day_given(given, "from_on", errors), day_given(given, "until_on", errors)
    if begins and ends and begins > ends:
        errors.append(SummaryLine(gettext("起始日期晚于截止日期，请核对。"), "f-from_on"))
    return begins, ends
