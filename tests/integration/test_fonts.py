"""Fonts of the notices: which files may serve, what they cover, what is embedded, rare characters (documents.md 3)."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from app.documents import font_files, fonts
from app.documents.context import Recipient
from app.documents.font_files import FontUnfit, basic_characters, demand_fit, read_face
from app.documents.font_outlines import convert, prepared
from app.documents.glyphs import describe, unprintable
from app.documents.render import GlyphMissing, Renderer
from app.documents.samples import sample
from app.documents.text import notice_html, plain
from tests.support.character_pictures import difference, drawn, printed
from workflows.catalogue import NOTICES, Format

#: Characters of real given names and surnames that GB 2312 lacks: extensions A, B, C, D and E, and the supplement.
RARE = "㛃䶮㙘𠮷𤧛𪻐𫖯𬭎𬱖𬀩"


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as running:
        yield running


def square(characters: str, embedding: int = 8) -> TTFont:
    """A little font in which every character is a square."""
    pen = TTGlyphPen(None)
    for point, method in (
        ((0, 0), pen.moveTo),
        ((0, 900), pen.lineTo),
        ((900, 900), pen.lineTo),
        ((900, 0), pen.lineTo),
    ):
        method(point)
    pen.closePath()
    glyph = pen.glyph()
    names = [".notdef", *(f"u{ord(char):04X}" for char in characters)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):04X}" for char in characters})
    builder.setupGlyf(dict.fromkeys(names, glyph))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Square", "styleName": "Regular"})
    builder.setupOS2(fsType=embedding)
    builder.setupPost()
    return builder.font


def saved(font: TTFont | TTCollection, path: Path) -> Path:
    font.save(path)
    return path


def test_every_role_has_a_free_face_that_may_be_embedded_and_covers_gb_2312() -> None:
    """R28: five faces, five files, five families of our own; together with the two for rare characters."""
    lines = fonts.report({})
    assert [line.label for line in lines[:5]] == ["仿宋", "小标宋", "楷体", "黑体", "宋体"]
    assert [line.advice for line in lines] == [""] * 7
    assert all(line.family and line.han >= 6763 for line in lines)
    assert len({line.path for line in lines}) == 7
    assert len({role.family for role in fonts.ROLES}) == 5
    assert len(basic_characters()) == 6763 + 31


def test_what_our_own_templates_say_can_be_printed() -> None:
    """R28: signing looks at the values alone, so every word of the templates must have a glyph beforehand."""
    text = "".join(plain(notice_html(sample(key))) for key in NOTICES)
    assert fonts.missing_glyphs(text) == set()


@pytest.mark.parametrize(
    ("embedding", "message"),
    [(0x0002, "禁止嵌入文档"), (0x0108, "禁止只嵌入所用的字"), (0x0208, "只许嵌入点阵")],
)
def test_a_file_whose_licence_forbids_embedding_is_refused(tmp_path: Path, embedding: int, message: str) -> None:
    """R28: the embedding bits (fsType) of a licensed file are obeyed."""
    path = saved(square("王", embedding), tmp_path / "licensed.ttf")
    with pytest.raises(FontUnfit, match=message):
        demand_fit(path, "仿宋")


def test_a_file_without_the_basic_characters_is_refused(tmp_path: Path) -> None:
    """R28: a face that cannot write a notice is found out at the start, with what it lacks."""
    path = saved(square("".join(sorted(basic_characters() - set("王信用")))), tmp_path / "poor.ttf")
    with pytest.raises(FontUnfit, match="缺少3个常用字符（GB 2312 基本字符），如“信王用”，不能用作黑体"):
        demand_fit(path, "黑体")
    whole = saved(square("".join(sorted(basic_characters()))), tmp_path / "whole.ttf")
    assert demand_fit(whole, "黑体").family == "Square"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no font", b"\x00\x01\x00\x00" + b"\x00" * 40])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    """R28: so is one that was cut off."""
    path = tmp_path / "licensed.ttf"
    path.write_bytes(content)
    with pytest.raises(FontUnfit, match="不是可用的 TrueType 或 OpenType 字体"):
        demand_fit(path, "楷体")
    whole = fonts.locate(fonts.ROLES[0]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FontUnfit, match="不是可用的"):
        demand_fit(path, "楷体")


def test_doctor_and_renderer_name_the_variable_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R28: a licensed file that cannot serve is reported with its reason, and no sheet is made with another face."""
    path = tmp_path / "licensed.ttf"
    path.write_bytes(b"no font")
    line = {line.label: line for line in fonts.report({"ZHENGCHENG_FONT_KAI": str(path)})}["楷体"]
    assert line.path is None
    assert "不是可用的" in line.advice
    assert "ZHENGCHENG_FONT_KAI" in line.advice
    monkeypatch.setenv("ZHENGCHENG_FONT_KAI", str(path))
    with pytest.raises(fonts.FontMissing, match="ZHENGCHENG_FONT_KAI"):
        prepared(tmp_path)


def test_doctor_learns_whether_fonts_can_be_cut_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Performance 3: without the library a notice takes more than a second, so its absence is reported."""
    assert fonts.can_subset()
    monkeypatch.setattr(fonts, "_SUBSETTER", "libharfbuzz-subset-absent.so.0")
    assert not fonts.can_subset()


def test_the_first_face_of_a_collection_serves(tmp_path: Path) -> None:
    """R28: licensed faces often come as collections (simsun.ttc)."""
    both = TTCollection()
    both.fonts = [square("王"), square("李")]
    path = saved(both, tmp_path / "licensed.ttc")
    assert read_face(path).characters == {"王"}
    convert(path, fonts.ROLES[0], tmp_path / "made.ttf")
    with TTFont(tmp_path / "made.ttf") as made:
        assert set(made.getBestCmap()) == {ord("王")}
        assert made["name"].getBestFamilyName() == "ZC FangSong"


def test_what_a_face_covers_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Performance 3: the first signature after a start does not wait for seven character maps."""
    monkeypatch.setenv("ZHENGCHENG_FONT_CACHE", str(tmp_path / "kept"))
    path = saved(square("王"), tmp_path / "licensed.ttf")
    first = read_face(path)
    font_files._face.cache_clear()
    with monkeypatch.context() as broken:
        broken.setattr(font_files, "_read", lambda *_: pytest.fail("read again"))
        assert read_face(path) == first
    saved(square("王李"), path)
    assert read_face(path).characters == {"王", "李"}
    shutil.rmtree(tmp_path / "kept")
    (tmp_path / "kept").write_text("no folder")
    font_files._face.cache_clear()
    assert read_face(path).characters == {"王", "李"}


def test_rare_characters_of_names_are_printed_as_themselves(renderer: Renderer, tmp_path: Path) -> None:
    """R28: each rare character has the picture that its fallback face gives it, not a box and not a neighbour's."""
    assert fonts.missing_glyphs(RARE) == set()
    pages = "".join(
        f'<p style="break-after:page;text-indent:0;font-size:90pt;line-height:1">{char}</p>' for char in RARE
    )
    bare = "<style>@page{margin:20mm;@bottom-left{content:none}@bottom-right{content:none}}</style>"
    sheet = tmp_path / "rare.pdf"
    sheet.write_bytes(renderer.render_html(f"<html><body>{bare}{pages}</body></html>", Format.LETTER, "00" * 16))
    for number, char in enumerate(RARE, start=1):
        face = next(face for face in fonts.fallbacks() if char in read_face(Path(face.path), face.family).characters)
        index = 2 if face.path.endswith(".ttc") else 0
        picture = printed(sheet, number)
        right = difference(picture, drawn(char, Path(face.path), index))
        wrong = min(difference(picture, drawn(other, Path(face.path), index)) for other in "囗国龙明" + "\U000f0000")
        assert right * 2 < wrong, (char, right, wrong)


def test_a_name_with_rare_characters_stands_in_every_kind_of_face(renderer: Renderer) -> None:
    """R28: title, body, table and heading fall back glyph by glyph; the text reads back as it was written."""
    context = replace(sample("objection_decision"), recipient=Recipient(f"王{RARE}", "person"))
    sheet = renderer.render(context.to_json())
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        families = {str(font["/BaseFont"]).partition("+")[2] for font in embedded(pdf)}
    assert {"ZC-FangSong", "Noto-Serif-CJK-SC", "BabelStone-Han"} <= families


def embedded(pdf: pikepdf.Pdf) -> list[Any]:
    """Every font of every page."""
    return list({name: font for page in pdf.pages for name, font in page.Resources.Font.items()}.values())


@pytest.mark.parametrize("key", ["objection_decision", "rectification_order", "objection_receipt", "service_receipt"])
def test_nothing_but_subsets_is_embedded(renderer: Renderer, key: str) -> None:
    """R28: every font is embedded, and of each only what the sheet uses."""
    sheet = renderer.render(replace(sample(key), recipient=Recipient("王𬭎䶮", "person")).to_json())
    used = set(plain(notice_html(sample(key)))) | set("王𬭎䶮—0123456789 ")
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        for font in embedded(pdf):
            name = str(font["/BaseFont"])
            assert len(name.partition("+")[0]) == 7, name
            (descendant,) = font["/DescendantFonts"]
            descriptor = descendant["/FontDescriptor"]
            streams = [descriptor[kind] for kind in ("/FontFile2", "/FontFile3") if kind in descriptor]
            assert len(streams) == 1, name
            with TTFont(io.BytesIO(streams[0].read_bytes())) as part:
                if "glyf" not in part:
                    # A fallback face, of 13 MB: cut down to the few characters asked of it, its empty places stay.
                    assert len(streams[0].read_raw_bytes()) < 150_000, name
                    continue
                inked = [glyph for glyph in part.getGlyphOrder() if part["glyf"][glyph].numberOfContours]
            assert len(inked) <= len(used) + 2, name
            assert len(streams[0].read_raw_bytes()) < 150_000, name
    assert len(sheet) < 400_000


def test_a_character_without_a_glyph_is_named_with_its_place() -> None:
    """R28: the signer learns which character it is and where it stands."""
    context = sample("objection_decision")
    assert unprintable(context) == ()
    assert context.record is not None
    odd = replace(
        context,
        recipient=Recipient("王\U00013000", "person"),
        record=replace(context.record, facts="办理企业开办事项时\x07未一次性告知"),
        content=context.content | {"added_text": "另：\U00013001。"},
    )
    told = describe(unprintable(odd))
    assert "“\U00013000”（U+13000，见受送达人“王\U00013000”）" in told
    assert "“不可见字符”（U+0007，见失信事实“业开办事项时□未一次性告知”）" in told
    assert "“\U00013001”（U+13001，见补充段落“另：\U00013001。”）" in told


def test_a_box_that_slipped_through_is_found_in_the_sheet_itself(renderer: Renderer) -> None:
    """R28: whatever the maps say, a sheet on which a box was drawn never leaves the renderer; the next one does."""
    html = "<html><body><p>王\U00013000</p></body></html>"
    with pytest.raises(GlyphMissing, match=r"U\+13000"):
        renderer.render_html(html, Format.LETTER, "00" * 16)
    assert renderer.render_html("<html><body><p>王</p></body></html>", Format.LETTER, "00" * 16).startswith(b"%PDF")
