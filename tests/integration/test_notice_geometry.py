"""Every value of GB/T 9704-2012 held on real sheets, and what every notice of the catalogue must keep (R28; P12)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import pytest

from app.documents.context import NoticeContext
from app.documents.render import Renderer
from app.documents.samples import sample
from tests.support.geometry_sheets import geometry_sheets
from tests.support.geometry_table import PAGE, Value, page, values
from tests.support.measures import MEASURES
from tests.support.measures.common import BOTTOM, LEFT, RIGHT, TOP, body_lines, signed_with_text
from tests.support.sheet_reading import HALF_EMPTY, MM, Glyph, SheetPage, read_sheet
from workflows.catalogue import NOTICES, Format

LAID_OUT = [key for key, kind in NOTICES.items() if kind.format in (Format.LETTER, Format.DOCUMENT)]
FIGURE = re.compile(r"(?<=\| )(-?\d+\.\d\d)(?= (?:mm|pt|行|字) \|$)", re.MULTILINE)
EDGES = {
    Format.LETTER: (LEFT, TOP, RIGHT, BOTTOM),
    Format.DOCUMENT: (LEFT, TOP, RIGHT, BOTTOM),
    Format.SLIP: (20 * MM, 13 * MM, 190 * MM, 138 * MM),
    Format.FORM: (24 * MM, 30 * MM, 188 * MM, 272 * MM),
}


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One warm child for the whole module."""
    with Renderer() as running:
        yield running


@lru_cache(maxsize=64)
def sheet_of(renderer: Renderer, key: str) -> tuple[SheetPage, ...]:
    """The sample of a notice, rendered once."""
    return tuple(read_sheet(renderer.render(sample(key).to_json())))


@pytest.mark.parametrize("value", values(), ids=lambda value: value.key)
def test_the_value_of_the_standard(value: Value) -> None:
    """R28: one row of the table of GB/T 9704-2012, within 1 mm and 0.5 pt."""
    measured = MEASURES[value.key](geometry_sheets())
    assert value.holds(measured), f"{value.name}（{value.clause}）: {measured}, expected {value.expected}"


def test_every_measure_belongs_to_a_value() -> None:
    """R28: nothing is measured in vain and nothing goes unmeasured; a value off by more than its tolerance fails."""
    assert set(MEASURES) == {value.key for value in values()}
    assert not replace(values()[2], expected=35.9).holds(MEASURES["margin_top"](geometry_sheets()))


def test_the_published_table_is_current() -> None:
    """R28: docs/notices-geometry.md shows what is measured; `python -m tests.support.geometry_table` writes it anew.

    A picture of another version of poppler may move an edge by a pixel, so figures may differ by 0.1.
    """
    published, present = PAGE.read_text(encoding="utf-8").splitlines(), page().splitlines()
    assert [FIGURE.sub("", line) for line in published] == [FIGURE.sub("", line) for line in present]
    figures = [[float(found[1]) for found in FIGURE.finditer("\n".join(lines))] for lines in (published, present)]
    assert len(figures[0]) > 50
    assert figures[0] == pytest.approx(figures[1], abs=0.1)


def body_glyphs(key: str, sheet: SheetPage) -> list[Glyph]:
    """What must stay inside the type area: all but page number, mark of demonstration, and a letter's own mark."""
    _, top, _, bottom = EDGES[NOTICES[key].format]
    lines = [line for line in sheet.lines if line.text and line.top < bottom and "演示文书" not in line.text]
    if NOTICES[key].format is Format.LETTER and sheet.number == 1:
        lines = [line for line in lines if line.size < 30]
    assert all(line.bottom > top for line in lines)
    return [glyph for line in lines for glyph in line.glyphs]


@pytest.mark.parametrize("key", NOTICES)
def test_nothing_stands_outside_the_type_area(renderer: Renderer, key: str) -> None:
    """R28: every character of every notice lies inside 156 × 225 mm, but for the blank half of a closing mark."""
    left, top, right, bottom = EDGES[NOTICES[key].format]
    for sheet in sheet_of(renderer, key):
        for glyph in body_glyphs(key, sheet):
            blank = glyph.size / 2 if glyph.text in HALF_EMPTY else 0.0
            assert left - 0.5 <= glyph.x0, glyph
            assert glyph.x1 - blank <= right + 1, glyph
            assert glyph.baseline - 0.8 * glyph.size >= top - 1, glyph
            assert glyph.baseline <= bottom, glyph


def overlapping(glyphs: list[Glyph]) -> list[tuple[Glyph, Glyph]]:
    """Pairs of characters whose inked parts cross."""
    pairs = []
    waiting: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline - 0.8 * glyph.size):
        top = glyph.baseline - 0.8 * glyph.size
        waiting = [other for other in waiting if other.baseline > top + 0.5]
        pairs += [
            (other, glyph)
            for other in waiting
            if glyph.ink[0] < other.ink[1] - 0.2 * other.size and other.ink[0] < glyph.ink[1] - 0.2 * glyph.size
        ]
        waiting.append(glyph)
    return pairs


@pytest.mark.parametrize("key", NOTICES)
def test_nothing_overlaps(renderer: Renderer, key: str) -> None:
    """R28: no character lies on another, none on the QR code."""
    for sheet in sheet_of(renderer, key):
        glyphs = [glyph for line in sheet.lines for glyph in line.glyphs]
        assert overlapping(glyphs) == []
        if sheet.code is not None:
            left, top, right, bottom = sheet.code
            assert [g for g in glyphs if g.x0 < right and g.x1 > left and top < g.baseline < bottom] == []
    first = sheet_of(renderer, key)[0].lines[-1].glyphs[0]
    assert len(overlapping([first, replace(first, baseline=first.baseline + first.size / 2)])) == 1


@pytest.mark.parametrize("key", LAID_OUT)
def test_the_last_page_bears_text_signature_and_colophon(renderer: Renderer, key: str) -> None:
    """R28: signed on a page with text; a document ends on an even page; no notice runs to an absurd length."""
    sheets = sheet_of(renderer, key)
    assert 1 <= len(sheets) <= 5
    assert all(signed_with_text(sheet) for sheet in sheets)
    assert sheets[-1].code is not None
    assert all(sheet.code is None for sheet in sheets[:-1])
    if NOTICES[key].format is Format.DOCUMENT:
        assert len(sheets) % 2 == 0


@pytest.mark.parametrize("key", LAID_OUT)
def test_full_lines_reach_the_right_edge(renderer: Renderer, key: str) -> None:
    """R28: whatever a notice says, a line that is continued on the next reaches the edge of the type area."""
    for sheet in sheet_of(renderer, key):
        lines = [line for line in body_lines(sheet) if line.face == "ZC-FangSong" and line.left < LEFT + 60]
        for line, after in pairwise(lines):
            if after.left < LEFT + 1 and 0 < after.baseline - line.baseline < 30 and "：" not in line.text[-1]:
                assert line.glyphs[-1].x1 >= RIGHT - 1.5, line.text


@pytest.mark.parametrize("key", LAID_OUT)
def test_titles_are_centred_and_balanced(renderer: Renderer, key: str) -> None:
    """R28: each line of a title is centred; none is less than a third of the longest."""
    for sheet in sheet_of(renderer, key):
        titles = [line for line in sheet.lines if abs(line.size - 22) < 0.1]
        for line in titles:
            assert abs(line.centre - (LEFT + RIGHT) / 2) < 1
        if titles:
            assert min(len(line.text) for line in titles) * 3 >= max(len(line.text) for line in titles)


def grown(key: str, words: int) -> NoticeContext:
    """A notice with so many more lines of text."""
    text = "，".join(["补充情况说明文字共有二十七字左右这里用来撑开版面检查"] * words)
    context = sample(key)
    copies = ("示例街道办事处", "示例市场监管局", "示例区行政审批服务管理局", "示例区综合行政执法局")
    return replace(context, copies_to=copies, content=context.content | {"added_text": text})


@pytest.mark.parametrize("key", ["lapse_notice", "supervision", "record_decision"])
@pytest.mark.parametrize("words", range(1, 24, 2))
def test_signature_and_colophon_stay_with_the_text(renderer: Renderer, key: str, words: int) -> None:
    """R28: wherever the text ends on its page, the signature has text above it, and the colophon ends the last page."""
    sheets = read_sheet(renderer.render(grown(key, words).to_json()))
    assert all(signed_with_text(sheet) for sheet in sheets)
    assert [sheet.number for sheet in sheets if sheet.code is not None] == [len(sheets)]
    assert overlapping([glyph for line in sheets[-1].lines for glyph in line.glyphs]) == []
    above = [line for line in sheets[-1].lines if abs(line.size - 16) < 0.1]
    assert sheets[-1].code is not None
    assert all(line.bottom < sheets[-1].code[1] for line in above)
    if key == "supervision":
        assert len(sheets) % 2 == 0
