"""Lines on the grid and titles by sense: what may not begin or end a line, and that every full line is full (R28)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.line_breaking import PRESSED, Line, break_lines, may_break
from app.documents.titles import title_lines, units_of_sense
from workflows.catalogue import NOTICES

GRID = -0.0129
FULL = 28 * (1 + GRID)
OPENING, CLOSING = "（〔《“", "，。、；：）〕》”"


def advance(char: str) -> float:
    return 0.5 if char.isascii() else 1.0


def lines_of(text: str, indent: int = 2) -> list[Line]:
    return break_lines(text, advance, FULL - indent * (1 + GRID), FULL, GRID)


def reach(line: Line) -> float:
    """How far a line reaches, in em: a plain line on the grid reaches ``FULL``."""
    return line.natural + (len(line.text) - 1) * line.spacing + GRID


def test_plain_characters_stand_on_the_grid() -> None:
    """R28: twenty-six, then twenty-eight characters a line, all at the spacing of the grid."""
    lines = lines_of("字" * 90)
    assert [len(line.text) for line in lines] == [26, 28, 28, 8]
    assert all(abs(line.spacing - GRID) < 1e-3 for line in lines)


@pytest.mark.parametrize("mark", CLOSING)
def test_a_closing_mark_is_drawn_into_the_line_before(mark: str) -> None:
    """R28: 避头: the twenty-ninth place is a mark, so twenty-nine stand on the line, its blank half outside."""
    (first, second, _) = lines_of("字" * 26 + "字" * 28 + mark + "字" * 9)
    assert len(first.text) == 26
    assert second.text == "字" * 28 + mark
    assert reach(second) - 0.5 == pytest.approx(FULL, abs=1e-6)


@pytest.mark.parametrize("mark", OPENING)
def test_an_opening_mark_goes_to_the_next_line(mark: str) -> None:
    """R28: 避尾: twenty-seven characters are drawn apart to fill the line."""
    (_, second, third) = lines_of("字" * 26 + "字" * 27 + mark + "字" * 9)
    assert second.text == "字" * 27
    assert reach(second) == pytest.approx(FULL, abs=1e-6)
    assert third.text.startswith(mark)


@pytest.mark.parametrize(("before", "after"), ["20", "字，", "《字", "——", "……", "A1", "号）"])
def test_what_may_not_part(before: str, after: str) -> None:
    """R28: figures keep together and with what they count; marks keep to their words."""
    assert not may_break(before, after)
    assert may_break("字", "字")


@pytest.mark.parametrize("pair", ["”。", "，“", "）》", "》（", "（《"])
def test_two_marks_in_a_row_share_a_blank_half(pair: str) -> None:
    """R28: no hole of a whole character between two marks; the line takes half a character more instead."""
    (line,) = lines_of("字" * 6 + pair + "字" * 6)
    assert line.natural == 13.5
    assert PRESSED.search(line.text)
    (line,) = lines_of("字" * 6 + "，字" + "字" * 6)
    assert line.natural == 14


def test_a_number_keeps_what_it_counts_where_it_can() -> None:
    """R28: 8号 does not part for half a character, but a line is not torn apart for 〔2026〕1234号 either."""
    for before in range(20, 27):
        (first, *_) = lines_of("字" * before + "8号" + "字" * 30)
        assert first.text[-1] != "8"
    (first, *_) = lines_of("字" * 21 + "〔2026〕1234号" + "字" * 9)
    assert first.text in ("字" * 21 + "〔2026〕", "字" * 21 + "〔2026〕1234")


@given(st.text(alphabet="字词，。、；：（）《》〔〕“”2026年8号A-—…", min_size=1, max_size=200))
def test_no_character_is_lost_and_every_full_line_is_full(text: str) -> None:
    """R28: the lines hold the text, no more, no less; a line that is not the last reaches the edge."""
    lines = lines_of(text)
    assert "".join(line.text for line in lines) == text
    for line, after in pairwise(lines):
        assert line.text
        if line.full:
            assert (
                reach(line) in (pytest.approx(FULL, abs=1e-6), pytest.approx(FULL + 0.5, abs=1e-6)) or line is lines[0]
            )
            assert after.text[0] not in CLOSING
            assert line.text[-1] not in OPENING
    assert reach(lines[-1]) <= FULL + 0.5 + 1e-6


def test_a_word_longer_than_the_line_is_cut() -> None:
    """R28: an unbreakable run, such as a long address, leaves no line wider than the type area."""
    lines = lines_of("http://127.0.0.1/" + "a" * 150)
    assert len(lines) > 2
    assert all(reach(line) <= FULL + 1e-6 for line in lines)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "示范区信用管理办公室关于对示例市场监管局限期整改的通知",
            ["示范区信用管理办公室", "关于对示例市场监管局限期整改的通知"],
        ),
        (
            "示范区人民政府办公室关于对示例街道办事处逾期不反馈异议核查结果予以通报批评的通报",
            ["示范区人民政府办公室", "关于对示例街道办事处逾期不反馈", "异议核查结果予以通报批评的通报"],
        ),
        ("示范区信用管理办公室关于撤销政务失信记录的决定", ["示范区信用管理办公室", "关于撤销政务失信记录的决定"]),
        ("容错免责申请不予受理告知书", ["容错免责申请不予受理告知书"]),
    ],
)
def test_titles_break_by_sense(title: str, lines: list[str]) -> None:
    """R28: 词意完整, 排列对称: after the organ, before 关于, between words."""
    assert title_lines(title) == lines


@pytest.mark.parametrize("kind", NOTICES.values(), ids=lambda kind: kind.key)
def test_a_full_title_of_every_notice_keeps_its_words(kind: object) -> None:
    """R28: organ and title in one heading: no word is cut, no line begins with a particle, none has a waist."""
    title = "示范区信用管理办公室关于示例街道办事处" + getattr(kind, "title", "")
    lines = title_lines(title)
    assert "".join(lines) == title
    ends = {sum(len(line) for line in lines[: n + 1]) for n in range(len(lines))}
    known = {sum(len(unit) for unit in units_of_sense(title)[: n + 1]) for n in range(len(units_of_sense(title)))}
    assert ends <= known
    assert max(len(line) for line in lines) <= 19
    assert not any(line[0] in "的和书，》" for line in lines)
    assert all(len(b) >= min(len(a), len(c)) for a, b, c in zip(lines, lines[1:], lines[2:], strict=False))


@given(st.text(alphabet="政务失信记录关于的通知局《》示例异", min_size=1, max_size=60))
def test_any_title_keeps_its_characters(title: str) -> None:
    """R28: nothing is lost and no line is wider than the type area."""
    lines = title_lines(title)
    assert "".join(lines) == title
    assert max(map(len, lines)) <= 19
