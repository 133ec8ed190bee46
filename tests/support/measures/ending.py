"""Measures from the headings to the page number (7.3.3 to 8); ``gbt9704.toml`` says what each one is."""

from tests.support.measures.common import (
    BOTTOM,
    LEFT,
    PITCH,
    RIGHT,
    TOP,
    Sheets,
    last,
    measure,
    page_number,
    signature,
    signed_with_text,
    title,
)
from tests.support.sheet_reading import MM, Band, SheetPage, TextLine


@measure
def heading_face(sheets: Sheets) -> str:
    return sheets["order"][1].line("二、").face


@measure
def heading_size(sheets: Sheets) -> float:
    return sheets["order"][1].line("二、").size


def _attachment_note(sheets: Sheets) -> tuple[TextLine, TextLine, TextLine]:
    """The line before the list of attachments, and its two entries."""
    page = next(page for page in sheets["decision"] if any("附件：" in line.text for line in page.lines))
    first, second = page.line("附件："), page.line("2.")
    before = [line for line in page.lines if line.baseline < first.baseline]
    return before[-1], first, second


@measure
def attachment_note_gap(sheets: Sheets) -> float:
    before, first, _ = _attachment_note(sheets)
    return (first.box_top(PITCH) - before.box_bottom(PITCH)) / MM


@measure
def attachment_note_indent(sheets: Sheets) -> float:
    return (_attachment_note(sheets)[1].left - LEFT) / MM


@measure
def attachment_note_aligned(sheets: Sheets) -> float:
    _, first, second = _attachment_note(sheets)
    return (next(g.x0 for g in first.glyphs if g.text == "1") - second.left) / MM


@measure
def attachment_name_turned(sheets: Sheets) -> float:
    page = next(page for page in sheets["decision"] if any("附件：" in line.text for line in page.lines))
    second = page.line("2.")
    turned = next(line for line in page.lines if line.baseline > second.baseline)
    return (turned.left - second.glyphs[2].x0) / MM


@measure
def date_indent(sheets: Sheets) -> float:
    return (RIGHT - signature(sheets)[2].right) / MM


@measure
def organ_over_date(sheets: Sheets) -> float:
    _, organ, date = signature(sheets)
    return (organ.centre - date.centre) / MM


@measure
def signature_with_text(sheets: Sheets) -> str:
    pages = [sheets[name] for name in ("letter", "document", "order", "report", "table", "decision")]
    return "有" if all(signed_with_text(page) for pages_of in pages for page in pages_of) else "无"


def _attachment(sheets: Sheets) -> SheetPage:
    return next(page for page in sheets["decision"] if page.lines and any(line.text == "附件1" for line in page.lines))


@measure
def attachment_mark_top(sheets: Sheets) -> float:
    return (_attachment(sheets).line("附件1").box_top(PITCH) - TOP) / MM


@measure
def attachment_mark_left(sheets: Sheets) -> float:
    return (_attachment(sheets).line("附件1").left - LEFT) / MM


@measure
def attachment_mark_face(sheets: Sheets) -> str:
    return _attachment(sheets).line("附件1").face


@measure
def attachment_title_line(sheets: Sheets) -> float:
    line = title(_attachment(sheets))[0]
    return ((line.top + line.bottom) / 2 - TOP) / MM


@measure
def colophon_bottom(sheets: Sheets) -> float:
    return (last(sheets, "order").rules(red=False)[-1].bottom - BOTTOM) / MM


def _colophon_rule(sheets: Sheets, place: int) -> Band:
    rules = [rule for rule in last(sheets, "order").rules(red=False) if rule.top > 230 * MM]
    assert len(rules) == 3
    return rules[place]


@measure
def colophon_first_rule(sheets: Sheets) -> float:
    return _colophon_rule(sheets, 0).thickness / MM


@measure
def colophon_middle_rule(sheets: Sheets) -> float:
    return _colophon_rule(sheets, 1).thickness / MM


@measure
def colophon_last_rule(sheets: Sheets) -> float:
    return _colophon_rule(sheets, 2).thickness / MM


@measure
def colophon_width(sheets: Sheets) -> float:
    return (_colophon_rule(sheets, 0).right - _colophon_rule(sheets, 0).left) / MM


@measure
def colophon_size(sheets: Sheets) -> float:
    return last(sheets, "order").line("抄送：").size


@measure
def copies_indent(sheets: Sheets) -> float:
    return (last(sheets, "order").line("抄送：").left - LEFT) / MM


@measure
def printed_indent(sheets: Sheets) -> float:
    return (RIGHT - last(sheets, "order").line("印发").right) / MM


@measure
def colophon_page(sheets: Sheets) -> str:
    found = {
        (page.number == len(sheets[name]), page.number % 2 == 0)
        for name in ("order", "report", "document")
        for page in sheets[name]
        if any(line.text.endswith("印发") for line in page.lines)
    }
    return "最后一面、双数" if found == {(True, True)} else str(found)


@measure
def page_number_face(sheets: Sheets) -> str:
    return page_number(sheets["letter"][1]).face


@measure
def page_number_size(sheets: Sheets) -> float:
    return page_number(sheets["letter"][1]).size


@measure
def page_number_dash(sheets: Sheets) -> float:
    page = sheets["letter"][1]
    dash = page_number(page).glyphs[0]
    return (page.ink(dash.x0 + 1, BOTTOM + 1, dash.x1 - 1, dash.baseline + 4)[1] - BOTTOM) / MM


@measure
def page_number_odd(sheets: Sheets) -> float:
    return (RIGHT - page_number(sheets["letter"][2]).right) / MM


@measure
def page_number_even(sheets: Sheets) -> float:
    return (page_number(sheets["letter"][1]).left - LEFT) / MM


@measure
def table_heads(sheets: Sheets) -> str:
    counts = [
        (
            sum(line.text.startswith("异议事项") for line in page.lines),
            sum("项记载内容" in line.text for line in page.lines),
        )
        for page in sheets["table"]
    ]
    with_rows = [heads for heads, rows in counts if rows]
    return "每面一次" if len(with_rows) > 1 and set(with_rows) == {1} else str(counts)
