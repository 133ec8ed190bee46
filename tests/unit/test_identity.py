"""Identity codes (issue 2, bad input): length, characters, date and check digit are hard, the division is soft."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.identity import credit_code, identity_number
from workflows.identity import (
    check_credit_code,
    check_identity_number,
    mask_identity,
    mask_name,
    mask_phone,
    normal,
)

TODAY = date(2026, 9, 18)
#: The example of GB 11643-1999 itself; and a police bureau's code that is printed in public code (GB 32100-2015).
STANDARD_EXAMPLE = "11010519491231002X"
PUBLIC_ORGAN = "11230500001755309F"

birthdays = st.dates(date(1900, 1, 1), TODAY)
sequences = st.integers(1, 999)


def test_the_examples_of_the_standards_hold() -> None:
    assert check_identity_number(STANDARD_EXAMPLE, TODAY).holds
    assert check_credit_code(PUBLIC_ORGAN).holds


@given(birthdays, sequences)
def test_a_made_number_holds_and_one_changed_digit_breaks_it(born: date, sequence: int) -> None:
    """MOD 11-2 finds every single wrong digit."""
    number = identity_number(sequence, born)
    assert check_identity_number(number, TODAY).holds
    wrong = number[:15] + str((int(number[15]) + 1) % 10) + number[16:]
    assert not check_identity_number(wrong, TODAY).holds


@given(birthdays, sequences)
def test_two_neighbouring_digits_exchanged_are_found(born: date, sequence: int) -> None:
    number = identity_number(sequence, born)
    exchanged = number[:15] + number[16] + number[15] + number[17]
    assert check_identity_number(exchanged, TODAY).holds == (exchanged == number)


@given(st.integers(1, 999_999_999), st.integers(0, 30))
def test_one_changed_character_breaks_a_credit_code(sequence: int, shift: int) -> None:
    code = credit_code(sequence)
    assert check_credit_code(code).holds
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    other = alphabet[(alphabet.index(code[16]) + shift) % 31]
    assert check_credit_code(code[:16] + other + code[17]).holds == (other == code[16])


@pytest.mark.parametrize(
    ("given_number", "words"),
    [
        ("", "请填写公民身份号码"),
        ("1101051949123100", "应为18位，现为16位，少2位"),
        ("11010519491231002X9", "多1位"),
        ("110105491231002", "15位的旧身份证号码"),
        ("11010519491231002Y", "第18位只能是数字或字母X，现为“Y”"),
        ("1101051949123100AX", "第17位只能是数字，现为“A”"),
        ("110105194912310021", "第18位校验码应为X，现为1"),
        ("110105194902300021", "出生日期“19490230”不存在"),
        ("110105202609190027", "晚于今天"),
        ("110105180001010027", "过早"),
    ],
)
def test_a_wrong_number_is_answered_with_what_is_wrong_and_where(given_number: str, words: str) -> None:
    checked = check_identity_number(given_number, TODAY)
    assert not checked.holds
    assert words in checked.error
    assert checked.error.endswith("。")


@pytest.mark.parametrize(
    ("given_code", "words"),
    [
        ("", "请填写统一社会信用代码"),
        ("1123050000175530", "现为16位，少2位"),
        ("11230500001755309O", "第18位不能是字母O（统一社会信用代码不使用I、O、Z、S、V），可能是0"),
        ("112305000017553091", "第18位校验码应为F，现为1"),
        ("11A30500001755309F", "第3位属于登记管理机关行政区划码"),
        ("11230500001755309*", "第18位只能是数字或大写字母"),
    ],
)
def test_a_wrong_credit_code_is_answered_with_what_is_wrong_and_where(given_code: str, words: str) -> None:
    checked = check_credit_code(given_code)
    assert not checked.holds
    assert words in checked.error


def test_an_unknown_division_only_warns() -> None:
    """Divisions are merged and renamed; codes stay."""
    checked = check_identity_number(identity_number(division="990101"), TODAY)
    assert checked.holds
    assert "不是现行的行政区划代码" in checked.warning
    assert check_credit_code(credit_code(division="990101")).warning
    assert check_credit_code(credit_code()).warning == ""


@given(birthdays, sequences)
def test_a_birthday_of_today_holds_and_of_tomorrow_does_not(born: date, sequence: int) -> None:
    number = identity_number(sequence, born)
    assert check_identity_number(number, born).holds
    assert not check_identity_number(number, born - timedelta(days=1)).holds


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_typed_forms_become_the_normal_one(typed: str) -> None:
    assert normal(typed) == STANDARD_EXAMPLE
    assert check_identity_number(typed, TODAY).code == STANDARD_EXAMPLE


def test_masks_show_what_lists_may_show() -> None:
    """Trust 1.7 and law 9.5."""
    assert mask_identity(STANDARD_EXAMPLE) == "110***********002X"
    assert mask_identity("123") == "***"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("021-12345678") == "021****5678"
    assert mask_phone("123") == "***"
    assert [mask_name(name) for name in ("王测试", "欧阳测试", "欧阳", "")] == ["王*", "欧阳*", "欧*", ""]
