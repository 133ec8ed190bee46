"""What is printed is what is said: every character of a sheet by its picture (R28)."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from app.documents.context import Recipient
from app.documents.render import Renderer
from app.documents.samples import sample
from tests.support.glyph_pictures import misprinted
from tests.support.sheet_reading import read_sheet


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One warm child for the whole module."""
    with Renderer() as running:
        yield running


def with_swapped_glyphs(pdf: bytes, face: str, pairs: int) -> bytes:
    """The same sheet, its text layer untouched, with the outlines of some characters of one face exchanged."""
    with pikepdf.open(io.BytesIO(pdf)) as book:
        embedded = {
            str(font.BaseFont).partition("+")[2]: font.DescendantFonts[0].FontDescriptor
            for page in book.pages
            for font in dict(page.Resources.Font).values()
        }
        stream: Any = embedded[face].FontFile2
        with TTFont(io.BytesIO(stream.read_bytes())) as font:
            outlines = font["glyf"].glyphs
            # The subset keeps the glyphs' places; those without outline are not printed.
            used = [name for name in font.getGlyphOrder() if font["glyf"][name].numberOfContours > 0][1:]
            for one, other in zip(used[: 2 * pairs : 2], used[1 : 2 * pairs : 2], strict=True):
                outlines[one], outlines[other] = outlines[other], outlines[one]
            changed = io.BytesIO()
            font.save(changed)
        stream.write(changed.getvalue())
        saved = io.BytesIO()
        book.save(saved)
        return saved.getvalue()


@pytest.mark.parametrize("key", ["record_decision", "rectification_order", "supervision_report", "service_receipt"])
def test_every_character_looks_as_it_reads(renderer: Renderer, key: str) -> None:
    """R28: mark, number, title, headings, body, table and page number, each beside its drawing from the source font."""
    for page in read_sheet(renderer.render(replace(sample(key), number="示信〔2026〕1345789号").to_json())):
        assert list(misprinted(page)) == []


@pytest.mark.parametrize("face", ["ZC-FangSong", "ZC-XiaoBiaoSong", "ZC-Hei"])
def test_a_sheet_of_wrong_characters_is_caught(renderer: Renderer, face: str) -> None:
    """R28: exchanged outlines leave the text that is read back as it was, and are seen in the picture."""
    pdf = renderer.render(sample("record_decision").to_json())
    swapped = with_swapped_glyphs(pdf, face, 2)
    right, wrong = read_sheet(pdf), read_sheet(swapped)
    assert [line.text for page in wrong for line in page.lines] == [line.text for page in right for line in page.lines]
    found = {glyph.text for page in wrong for glyph, _ in misprinted(page) if glyph.face == face}
    assert 2 <= len(found) <= 4


def test_one_wrong_digit_is_caught(renderer: Renderer) -> None:
    """R28: even digits as near to each other as 3 and 8 are told apart."""
    three = read_sheet(renderer.render(replace(sample("lapse_notice"), number="示信〔2026〕3号").to_json()))[0]
    eight = read_sheet(renderer.render(replace(sample("lapse_notice"), number="示信〔2026〕8号").to_json()))[0]
    assert three.line("〔2026〕").text.endswith("3号")
    # The picture of one sheet under the words of the other.
    mixed = replace(three, source=eight.source)
    assert [glyph.text for glyph, _ in misprinted(mixed)] == ["3"]


def test_a_rare_name_is_printed_from_the_fallback(renderer: Renderer) -> None:
    """R28: a character that the roles lack comes from another face and disturbs none of its neighbours."""
    context = replace(sample("lapse_notice"), recipient=Recipient("王䶮", "person", "同志"))
    page = read_sheet(renderer.render(context.to_json()))[0]
    line = page.line("王䶮")
    assert [glyph.face.startswith("ZC-") for glyph in line.glyphs[:2]] == [True, False]
    assert list(misprinted(page)) == []
