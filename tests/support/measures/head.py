"""Measures of page, head and first page (5, 7.2, 7.3.1 to 7.3.3); ``gbt9704.toml`` says what each one is."""

from tests.support.geometry_sheets import LONG_TITLE
from tests.support.measures.common import (
    LEFT,
    PITCH,
    RIGHT,
    TITLE_PITCH,
    TOP,
    Sheets,
    body_lines,
    full_lines,
    full_page,
    mark,
    measure,
    red_rules,
    title,
)
from tests.support.sheet_reading import MM


@measure
def paper_width(sheets: Sheets) -> float:
    return sheets["letter"][0].width / MM


@measure
def paper_height(sheets: Sheets) -> float:
    return sheets["letter"][0].height / MM


@measure
def margin_top(sheets: Sheets) -> float:
    return full_page(sheets)[0].box_top(PITCH) / MM


@measure
def margin_left(sheets: Sheets) -> float:
    return min(line.left for line in full_page(sheets)) / MM


@measure
def type_width(sheets: Sheets) -> float:
    return (max(line.right for line in full_lines(sheets)) - min(line.left for line in full_lines(sheets))) / MM


@measure
def type_height(sheets: Sheets) -> float:
    lines = full_page(sheets)
    return (lines[-1].box_bottom(PITCH) - lines[0].box_top(PITCH)) / MM


@measure
def body_face(sheets: Sheets) -> str:
    return "、".join(sorted({glyph.face for line in full_page(sheets) for glyph in line.glyphs}))


@measure
def body_size(sheets: Sheets) -> float:
    return full_page(sheets)[0].size


@measure
def lines_a_page(sheets: Sheets) -> float:
    return float(len(full_page(sheets)))


@measure
def characters_a_line(sheets: Sheets) -> float:
    plain = [line for line in full_lines(sheets) if line.left < LEFT + 1 and "为" in line.text and line.text.isalpha()]
    return float(sum(len(line.text) for line in plain) / len(plain))


@measure
def right_edge_spread(sheets: Sheets) -> float:
    edges = [line.glyphs[-1].x1 if line.right > line.glyphs[-1].x1 - 1 else line.right for line in full_lines(sheets)]
    # A mark at the end may stand with its blank half inside or outside the type area.
    return max(min(abs(edge - RIGHT), abs(edge + 8 - RIGHT)) for edge in edges) / MM


@measure
def document_mark_top(sheets: Sheets) -> float:
    return (mark(sheets, "document")[1] - TOP) / MM


@measure
def document_mark_centre(sheets: Sheets) -> float:
    line = next(line for line in sheets["document"][0].lines if line.size > 30)
    return (line.centre - (LEFT + RIGHT) / 2) / MM


@measure
def mark_face(sheets: Sheets) -> str:
    return next(line for line in sheets["document"][0].lines if line.size > 30).face


@measure
def mark_colour(sheets: Sheets) -> str:
    red, green, blue = next(line for line in sheets["document"][0].lines if line.size > 30).glyphs[0].colour
    return "红" if red > 0.8 and max(green, blue) < 0.2 else f"{red:.2f} {green:.2f} {blue:.2f}"


@measure
def document_number_gap(sheets: Sheets) -> float:
    return (sheets["document"][0].line("〔2026〕").box_top(PITCH) - mark(sheets, "document")[3]) / MM


@measure
def document_number_centre(sheets: Sheets) -> float:
    return (sheets["document"][0].line("〔2026〕").centre - (LEFT + RIGHT) / 2) / MM


@measure
def upward_number_indent(sheets: Sheets) -> float:
    return (sheets["report"][0].line("〔2026〕").left - LEFT) / MM


@measure
def upward_issuer_indent(sheets: Sheets) -> float:
    return (RIGHT - sheets["report"][0].line("签发人").right) / MM


@measure
def upward_same_line(sheets: Sheets) -> float:
    page = sheets["report"][0]
    return page.line("签发人").baseline - page.line("〔2026〕").baseline


@measure
def upward_issuer_faces(sheets: Sheets) -> str:
    line = sheets["report"][0].line("签发人")
    at = line.text.index("签发人")
    return f"{line.glyphs[at].face}、{line.glyphs[-1].face}"


@measure
def document_rule_gap(sheets: Sheets) -> float:
    return (red_rules(sheets, "document")[0].top - sheets["document"][0].line("〔2026〕").bottom) / MM


@measure
def document_rule_width(sheets: Sheets) -> float:
    rule = red_rules(sheets, "document")[0]
    return (rule.right - rule.left) / MM


@measure
def document_rule_left(sheets: Sheets) -> float:
    return red_rules(sheets, "document")[0].left / MM


@measure
def title_face(sheets: Sheets) -> str:
    return title(sheets["document"][0])[0].face


@measure
def title_size(sheets: Sheets) -> float:
    return title(sheets["document"][0])[0].size


@measure
def document_title_gap(sheets: Sheets) -> float:
    return (title(sheets["document"][0])[0].box_top(TITLE_PITCH) - red_rules(sheets, "document")[0].bottom) / MM


@measure
def title_centre(sheets: Sheets) -> float:
    lines = title(sheets["document"][0])
    assert "".join(line.text for line in lines) == LONG_TITLE
    return max(abs(line.centre - (LEFT + RIGHT) / 2) for line in lines) / MM


@measure
def recipient_gap(sheets: Sheets) -> float:
    page = sheets["document"][0]
    return (page.line("示例街道办事处：").box_top(PITCH) - title(page)[-1].box_bottom(TITLE_PITCH)) / MM


@measure
def recipient_indent(sheets: Sheets) -> float:
    return (sheets["document"][0].line("示例街道办事处：").left - LEFT) / MM


@measure
def paragraph_indent(sheets: Sheets) -> float:
    return (max(line.left for line in full_page(sheets)) - LEFT) / MM


@measure
def text_on_first_page(sheets: Sheets) -> str:
    after = {name: body_lines(sheets[name][0])[-1].baseline for name in ("letter", "document", "order", "report")}
    shown = all(base > sheets[name][0].line("：").baseline for name, base in after.items())
    return "有" if shown else "无"
