"""Search: how words are cut, read and understood (issue: search; R146 numbers, trust 1.7 identifiers)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.search_index.query import LONGEST, MOST_TERMS, Due, Term, understand
from app.services.search_index.readings import readings_of, syllables_of
from app.services.search_index.standing_in import ways_of
from app.services.search_index.tokens import (
    BREAK,
    as_words,
    cut,
    day_token,
    day_tokens,
    grams_of,
    may_hold,
    number_tokens,
    span_tokens,
    stream,
    tokens_of,
)

_NUMBER = "示信异〔2026〕12号"


@pytest.mark.parametrize(
    "typed",
    ["示信异〔2026〕12号", "示信异[2026]12号", "示信异（2026）12号", "示信异【2026】 12 号",
     "示信异2026〕12号",
     "示信异〔２０２６〕１２号", "示信异〔2026〕第12号", "示信异〔2026〕012号", "示信异202612号", "信异〔2026〕12"],
)  # fmt: skip
def test_a_number_is_one_phrase_however_its_brackets_are_written(typed: str) -> None:
    """R146: brackets of any form or none, full-width digits, 第 and leading zeros."""
    (term,) = understand(typed).terms
    assert any(_stands_in(phrase, way) for phrase in term.phrases for way in number_tokens(_NUMBER))


@pytest.mark.parametrize(
    "typed", ["示信异〔2026〕1号", "示信异〔2025〕12号", "示信记〔2026〕12号", "示信异〔2026〕123号"]
)
def test_another_number_is_not_taken_for_it(typed: str) -> None:
    (term,) = understand(typed).terms
    assert not any(_stands_in(phrase, way) for phrase in term.phrases for way in number_tokens(_NUMBER))


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("2026年11月21日", day_token(2026, 11, 21)),
        ("2026 年 11 月 21 日", day_token(2026, 11, 21)),
        ("2026-11-21", day_token(2026, 11, 21)),
        ("2026/11/21", day_token(2026, 11, 21)),
        ("2026.11.21", day_token(2026, 11, 21)),
        ("20261121", day_token(2026, 11, 21)),
        ("2026年11月", day_token(2026, 11)),
        ("2026-11", day_token(2026, 11)),
        ("2026年", day_token(2026)),
        ("11月", day_token(None, 11)),
        ("11月21日", day_token(None, 11, 21)),
    ],
)
def test_a_day_is_understood_as_people_write_it(typed: str, mark: str) -> None:
    (term,) = understand(typed).terms
    assert mark in term.marks


def test_what_is_no_day_is_searched_as_text_only() -> None:
    (term,) = understand("2026年13月41日").terms
    assert term.marks == ()


@pytest.mark.parametrize(
    ("typed", "due"),
    [("超期", Due.LATE), ("逾期", Due.LATE), ("今日到期", Due.TODAY), ("即将到期", Due.NEAR), ("本周到期", Due.WEEK)],
)
def test_words_for_the_term_are_a_condition_and_in_quotation_marks_they_are_text(typed: str, due: Due) -> None:
    assert understand(typed).due is due
    assert understand(typed).terms == ()
    quoted = understand(f"“{typed}”")
    assert quoted.due is None
    assert [term.phrases for term in quoted.terms] == [(tuple(typed),)]


@pytest.mark.parametrize(
    "reading", ["danxiaoming", "shanxiaoming", "chanxiaoming", "dxm", "sxm", "cxm", "xiaoming", "shan"]
)
def test_a_name_is_read_with_every_reading_of_each_character(reading: str) -> None:
    """单 is dān, shàn and chán: a surname is seldom read as the dictionary has it first."""
    assert reading in readings_of("单小明")


@pytest.mark.parametrize(
    ("surname", "reading"),
    [("解", "xie"), ("仇", "qiu"), ("区", "ou"), ("查", "zha"), ("朴", "piao"), ("曾", "zeng"), ("任", "ren"),

     ("盖", "ge"), ("乐", "yue"), ("尉", "yu"), ("翟", "zhai"), ("缪", "miao"),
     ("吕", "lv"), ("吕", "lu"), ("吕", "lyu")],
)  # fmt: skip
def test_surnames_that_are_read_otherwise(surname: str, reading: str) -> None:
    assert reading in syllables_of(surname)


def test_a_long_name_keeps_the_number_of_its_readings_bounded() -> None:
    assert len(readings_of("重行长乐单" * 8)) < 20_000
    assert "zhongxingzhang" in readings_of("重行长乐单") or "chongxingchang" in readings_of("重行长乐单")


@pytest.mark.parametrize("typed", ["", "   ", "张", "*", '"', "“”", "😀😀", "〔〕", "-", "\x00\x1f", "\ue000\ue001"])
def test_what_cannot_be_searched_is_explained(typed: str) -> None:
    query = understand(typed)
    assert query.is_empty
    assert bool(query.notes) == bool(typed.strip("〔〕“” \x00\x1f") or typed == "\x00\x1f")


@pytest.mark.parametrize("number", ["110101199003074514", "11010119900307451X", "13800001234", "6222021234567890123"])
def test_identifiers_are_no_words(number: str) -> None:
    """Trust 1.7: whoever wrote one into a text has not put it into the index."""
    assert tokens_of(f"其身份证号{number}已核") == list("其身份证号") + list("已核")
    assert understand(f"电话 {number}").notes[-1].startswith(f"“{number}”像是证件号码")


def test_much_is_cut_and_said() -> None:
    query = understand("长" * 10_000)
    assert len(query.typed) == LONGEST
    assert "10000个字" in query.notes[0]
    many = understand(" ".join(f"词语{place}" for place in range(MOST_TERMS + 3)))
    assert len(many.terms) == MOST_TERMS
    assert len(many.notes) == 3


def test_no_phrase_reaches_from_one_field_into_the_next() -> None:
    row = stream([list("甲局"), list("乙局")], [])
    assert "局乙" not in grams_of(row)
    assert {"甲局", "乙局"} <= set(grams_of(row))
    assert " 甲 局 " in as_words(row)
    assert BREAK in row


@given(st.text(max_size=300))
def test_whatever_is_typed_is_understood_without_a_sign_left_in_it(typed: str) -> None:
    """No sign reaches the language of an index: tokens are letters, digits and our private marks."""
    query = understand(typed)
    for term in query.terms:
        for token in (*(token for phrase in term.phrases for token in phrase), *(mark[1:] for mark in term.marks)):
            assert token.isalnum()
            assert not set(token) & set("'\"*:&|!()^ \ue000\ue001")


@given(st.text(max_size=200))
def test_every_token_stands_where_it_says(text: str) -> None:
    cuts = cut(text)
    assert all(0 <= one.start < one.end <= len(text) for one in cuts)
    assert all(one.end <= other.start for one, other in pairwise(cuts))


def _stands_in(phrase: tuple[str, ...], way: list[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(way)} "


@given(st.text(alphabet="甲乙丙12 号第0", min_size=2, max_size=14))
def test_the_words_that_are_asked_of_the_index_cover_a_phrase_and_are_in_each_entry_that_holds_it(text: str) -> None:
    """R146: less is asked than the index holds, and never anything that it does not hold."""
    phrase = tokens_of(text)
    if not phrase:
        return
    (asked,) = ways_of(Term(text, (tuple(phrase),)))
    assert set(asked) <= set(grams_of(stream([["前", *phrase, "后"]], []))) or len(phrase) == 1
    assert all(any(token in word for word in asked) for token in phrase)
    assert may_hold(f"前，{text}。", phrase)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 1000), st.integers(0, 1000))
def test_each_day_of_a_span_has_one_of_its_tokens(first: date, inside: int, more: int) -> None:
    day, last = first + timedelta(days=inside), first + timedelta(days=inside + more)
    asked = span_tokens(first, last)
    assert set(day_tokens(day)) & set(asked) if asked else inside + more > 365


def test_text_between_numbers_says_that_a_phrase_cannot_stand_there() -> None:
    assert not may_hold("示信记〔2024〕12号", tokens_of("2024年3月"))
    assert may_hold("示信记〔2024〕012号", tokens_of("2024〕12号"))
