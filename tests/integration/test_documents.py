"""Notices rendered by the real WeasyPrint and read back: text, marks, determinism, limits (documents.md 2–4, 7, 8)."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from app.documents import fonts
from app.documents.context import NoticeContext, Recipient
from app.documents.render import GlyphMissing, Renderer, RenderError, RenderTimeout, TemplateChanged
from app.documents.samples import sample
from app.documents.text import NoticeIncomplete, day, notice_html, notice_text, template_version
from workflows.catalogue import NOTICES, Format


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One warm child for the whole module."""
    with Renderer() as running:
        yield running


def read(pdf: bytes) -> str:
    """The text of a PDF without the white space that line breaks leave."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def squeeze(text: str) -> str:
    """The same for expected text."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("key", NOTICES)
def test_every_notice_says_what_it_must(renderer: Renderer, key: str) -> None:
    """R28: each notice of the catalogue becomes a PDF that holds title, number, recipient, remedies, date and code."""
    context = sample(key)
    pdf = renderer.render(context.to_json())
    text = read(pdf)
    assert squeeze(context.title) in text
    assert squeeze(context.number) in text
    assert squeeze(context.recipient.name) in text
    assert context.code in text
    for remedy in context.remedies:
        assert squeeze(remedy) in text
    if key != "service_receipt":
        assert squeeze(f"{context.organ.name}{day(context.dated)}") in text
    for term in context.terms if NOTICES[key].format is not Format.SLIP and key != "service_receipt" else ():
        assert squeeze(f"{day(term.first_day)}{day(term.last_day)}") in text
    sheet: Any = PdfReader(io.BytesIO(pdf))
    assert context.title in sheet.metadata["/Title"]
    assert sheet.trailer["/Root"]["/Lang"] == "zh-CN"


@pytest.mark.parametrize("key", NOTICES)
def test_text_and_sheet_say_the_same(renderer: Renderer, key: str) -> None:
    """R28: the plain text shown before signing is the text of the sheet, line by line."""
    context = sample(key)
    sheet = read(renderer.render(context.to_json()))
    lines = [line for line in notice_text(context).splitlines() if "｜" not in line]
    assert len(lines) >= 4
    assert [line for line in lines if squeeze(line) not in re.sub(r"—\d+—", "", sheet)] == []


@pytest.mark.parametrize(("key", "heading"), [("supplement_notice", "期限告知"), ("record_declined", "权利救济途径")])
def test_a_single_heading_bears_no_number(key: str, heading: str) -> None:
    """R28: 一、 is written only where 二、 follows (GB/T 9704-2012, 7.3.3)."""
    lines = notice_text(sample(key)).splitlines()
    assert heading in lines
    assert "一、" not in notice_text(sample(key))
    assert "一、" in notice_text(sample("record_decision"))


def test_a_term_started_by_service_is_told_in_words() -> None:
    """R28, R34: the rule in words, the table headed as reckoned from the day of signing, skipped days with reasons."""
    text = notice_text(sample("objection_decision"))
    assert "自收到本告知书之日起三十日内，收到当日不计。" in text
    assert "按签发当日送达推算" in text
    over_a_holiday = notice_text(sample("supplement_notice"))
    assert "按签发当日送达推算" in over_a_holiday
    assert "10月1日至10月7日（国庆节）" in over_a_holiday


def test_equal_input_gives_equal_bytes(renderer: Renderer) -> None:
    """R28: the same context gives the same bytes, in another child and after other sheets."""
    context = sample("record_decision").to_json()
    first = renderer.render(context)
    renderer.render(sample("circular").to_json())
    again = renderer.render(context)
    with Renderer() as other:
        elsewhere = other.render(context)
    assert first == again
    assert first == elsewhere
    assert renderer.render(replace(NoticeContext.from_json(context), code="OTHER").to_json()) != first


def test_canonical_json_round_trip() -> None:
    """R28: the stored context is canonical and gives the same notice when read again."""
    for key in NOTICES:
        context = sample(key)
        assert NoticeContext.from_json(context.to_json()) == context
        assert NoticeContext.from_json(context.to_json()).to_json() == context.to_json()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"key":"a","colour":1}', "文书数据有不认识的项：colour"),
        ('{"key":"a"}', "文书数据缺少必要的项：title"),
        ("[]", "文书数据应当是一组名称与值"),
    ],
)
def test_a_wrong_context_is_refused_by_name(text: str, message: str) -> None:
    """R28: a stored context that does not fit says which part."""
    with pytest.raises(ValueError, match=message):
        NoticeContext.from_json(text)


def test_a_notice_with_a_hole_is_refused() -> None:
    """R28: a value the template asks for and the context lacks refuses the text and names the value."""
    with pytest.raises(NoticeIncomplete, match="异议处理结果告知书》缺少必须写明的内容：outcome_label"):
        notice_html(replace(sample("objection_decision"), content={"fields": [], "explanation": "无"}))
    with pytest.raises(NoticeIncomplete, match="日期"):
        notice_html(replace(sample("repair_denial"), case=replace(sample("repair_denial").case, received_on=None)))


def test_values_are_text_never_markup(renderer: Renderer) -> None:
    """1.9: markup in a name stays text, on the sheet too."""
    hostile = '<img src="file:///etc/passwd">王测试'
    context = replace(sample("objection_decision"), recipient=Recipient(hostile, "person"))
    assert "&lt;img" in notice_html(context)
    assert squeeze(hostile) in read(renderer.render(context.to_json()))


@pytest.mark.parametrize(
    "payload",
    [
        '<img src="file:///etc/hostname">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import url("http://127.0.0.1:9/x.css");</style>',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<svg width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<style>@font-face{font-family:x;src:url("file:///etc/passwd")}p{font-family:x}</style>',
    ],
)
def test_the_fetcher_is_closed(renderer: Renderer, payload: str) -> None:
    """1.9: even markup of our own could reach neither a file nor the network."""
    html = f"<html><body>{payload}<p>正文</p></body></html>"
    try:
        pdf = renderer.render_html(html, Format.LETTER, "00" * 16)
    except RenderError:
        return
    reader = PdfReader(io.BytesIO(pdf))
    assert "正文" in read(pdf)
    assert list(reader.attachments) == []
    assert all(len(page.images) == 0 for page in reader.pages)
    assert b"root:" not in pdf


def test_a_missing_glyph_names_the_character(renderer: Renderer) -> None:
    """R28: a character without a glyph refuses the notice, a rare one that a fallback has does not."""
    rare = replace(sample("lapse_notice"), recipient=Recipient("王䶮", "person"))
    assert "王䶮" in read(renderer.render(rare.to_json()))
    impossible = replace(sample("lapse_notice"), recipient=Recipient("王\U00013000", "person"))
    with pytest.raises(GlyphMissing, match=r"U\+13000，见受送达人“王𓀀”"):
        renderer.render(impossible.to_json())
    assert fonts.missing_glyphs("王\x07") == {"\x07"}


def test_fonts_are_embedded_subsets_under_names_of_their_own(renderer: Renderer) -> None:
    """R28: nothing but our own families is embedded, so no two files can share a name."""
    pdf = renderer.render(sample("objection_decision").to_json())
    names = set()
    pages: Any = PdfReader(io.BytesIO(pdf)).pages
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            base = font.get_object()["/BaseFont"]
            names.add(base.split("+")[1])
    assert names == {"ZC-FangSong", "ZC-XiaoBiaoSong", "ZC-Hei", "ZC-Song"}
    assert len(pdf) < 250_000


def test_a_notice_in_use_keeps_its_template(renderer: Renderer) -> None:
    """R28: a template that changed between signing and making the sheet stops it for a person to look at."""
    context = sample("lapse_notice")
    assert renderer.render(context.to_json(), template_version("lapse_notice")).startswith(b"%PDF")
    with pytest.raises(TemplateChanged, match="000000000000"):
        renderer.render(context.to_json(), "000000000000")


def test_a_sheet_that_takes_too_long_is_ended_and_the_next_works() -> None:
    """T7: the parent's clock ends the child; the renderer then starts another."""
    endless = "<html><body>" + "<table><tr><td>" * 200 + "久" * 4000 + "</body></html>"
    with Renderer(seconds=0.2) as renderer:
        before = renderer.pid
        with pytest.raises(RenderTimeout, match=r"超过0\.2秒"):
            renderer.render_html(endless * 20, Format.LETTER, "00" * 16)
        assert renderer.pid is None
    with Renderer() as renderer:
        assert renderer.render(sample("reminder").to_json()).startswith(b"%PDF")
        assert renderer.pid != before


def test_a_killed_child_is_replaced(renderer: Renderer) -> None:
    """T7: a child that died between two sheets costs nothing but the time to start another."""
    before = renderer.pid
    subprocess.run(["kill", "-9", str(before)], check=True)
    first = None
    for _ in range(2):
        try:
            first = renderer.render(sample("reminder").to_json())
            break
        except RenderError:
            continue
    assert first is not None
    assert renderer.pid != before


def test_a_child_is_replaced_after_its_share_of_sheets() -> None:
    """T7: no child lives longer than the number of sheets allowed."""
    with Renderer(sheets=2) as renderer:
        html = "<html><body><p>正文</p></body></html>"
        pids = []
        for _ in range(4):
            renderer.render_html(html, Format.LETTER, "00" * 16)
            pids.append(renderer.pid)
    assert pids[0] == pids[1]
    assert pids[1] != pids[2]
    assert pids[2] == pids[3]


def test_memory_is_limited() -> None:
    """T7: a child that may not have the memory fails with a message instead of taking the machine with it."""
    with pytest.raises(RenderError), Renderer(memory=64 * 1024 * 1024) as renderer:
        renderer.render(sample("reminder").to_json())


def test_doctor_learns_which_fonts_are_in_use() -> None:
    """T7: the report names each role's file, and for a missing one what to install or which variable to mend."""
    lines = {line.label: line for line in fonts.report({"ZHENGCHENG_FONT_KAI": "/nowhere/kai.ttf"})}
    assert lines["仿宋"].path is not None
    assert lines["楷体"].path is None
    assert "ZHENGCHENG_FONT_KAI" in lines["楷体"].advice
