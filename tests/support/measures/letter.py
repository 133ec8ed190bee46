"""Measures of the letter format (10.1); ``gbt9704.toml`` says what each one is."""

from tests.support.measures.common import BOTTOM, RIGHT, TITLE_PITCH, Sheets, last, mark, measure, red_rules, title
from tests.support.sheet_reading import MM


@measure
def letter_mark_top(sheets: Sheets) -> float:
    return mark(sheets, "letter")[1] / MM


@measure
def letter_rule_gap(sheets: Sheets) -> float:
    return (red_rules(sheets, "letter")[0].top - mark(sheets, "letter")[3]) / MM


@measure
def letter_rule_order(sheets: Sheets) -> str:
    one, two, three, four = (rule.thickness for rule in red_rules(sheets, "letter"))
    head = "上粗下细" if one > 2 * two else "上细下粗" if two > 2 * one else "同"
    foot = "上粗下细" if three > 2 * four else "上细下粗" if four > 2 * three else "同"
    return f"{head}、{foot}"


@measure
def letter_rule_width(sheets: Sheets) -> float:
    widths = [rule.right - rule.left for rule in red_rules(sheets, "letter")]
    return max(widths, key=lambda width: abs(width - 170 * MM)) / MM


@measure
def letter_rule_left(sheets: Sheets) -> float:
    return red_rules(sheets, "letter")[0].left / MM


@measure
def letter_foot_rule(sheets: Sheets) -> float:
    page = sheets["letter"][0]
    return (page.height - red_rules(sheets, "letter")[-1].bottom) / MM


@measure
def letter_number_gap(sheets: Sheets) -> float:
    return (sheets["letter"][0].line("〔2026〕").top - red_rules(sheets, "letter")[1].bottom) / MM


@measure
def letter_number_right(sheets: Sheets) -> float:
    return (RIGHT - sheets["letter"][0].line("〔2026〕").right) / MM


@measure
def letter_title_gap(sheets: Sheets) -> float:
    page = sheets["letter"][0]
    return (title(page)[0].box_top(TITLE_PITCH) - page.line("〔2026〕").bottom) / MM


@measure
def letter_first_page_number(sheets: Sheets) -> str:
    return "有" if any(line.top > BOTTOM for line in sheets["letter"][0].lines) else "无"


@measure
def letter_colophon_bottom(sheets: Sheets) -> float:
    line = last(sheets, "letter").line("抄送：")
    return (BOTTOM - line.box_bottom(22.0)) / MM


@measure
def letter_colophon_rules(sheets: Sheets) -> str:
    page = last(sheets, "letter")
    return "有" if page.rules(red=False) or any("印发" in line.text for line in page.lines) else "无"
