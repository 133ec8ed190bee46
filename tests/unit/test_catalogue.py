"""The catalogue of notices: titles by locality, who signs, what is born signed (documents.md 1, procedures.md 2)."""

import pytest

from workflows.catalogue import NOTICES, Format, Service, Signing

CAPACITIES = {"SUPERVISOR", "OFFICE", "PROVIDER_HEAD", "REVIEWER", "TOLERANCE_HEAD", "SYSTEM"}


@pytest.mark.parametrize("key", NOTICES)
def test_every_row_is_complete(key: str) -> None:
    """R28: every notice has a title, a known signer and, unless it is a blank sheet, a number series."""
    kind = NOTICES[key]
    assert kind.key == key
    assert kind.title
    assert kind.signer in CAPACITIES
    assert (kind.signing is Signing.SYSTEM) == (kind.signer == "SYSTEM")
    assert (kind.signing is Signing.OFFICE) == (kind.signer == "OFFICE")
    assert bool(kind.series) != (key == "service_receipt")


def test_titles_are_unique_but_for_receipts() -> None:
    """R28: no two notices share a title; the three receipts are one slip for three procedures."""
    titles = [kind.title for kind in NOTICES.values() if not kind.key.endswith("_receipt")]
    assert len(titles) == len(set(titles))


def test_no_two_series_collide_within_one_office() -> None:
    """R28: a number names one document, so two notices never share a series unless they are the same slip."""
    series = [kind.series for kind in NOTICES.values() if kind.series and kind.format is not Format.SLIP]
    assert len(series) == len(set(series))


@pytest.mark.parametrize(
    ("key", "case_kind", "word", "decider", "title"),
    [
        ("review_decision", "objection", "复核", "office", "异议复核决定书"),
        ("review_decision", "objection", "异议申诉", "office", "异议申诉处理决定书"),
        ("review_decision", "repair", "复核", "office", "信用修复复核决定书"),
        ("review_decision", "repair", "异议申诉", "office", "信用修复异议申诉处理决定书"),
        ("review_refusal", "objection", "异议申诉", "office", "不予受理异议申诉告知书"),
        ("review_refusal", "repair", "复核", "office", "不予受理复核告知书"),
        ("assistance_letter", "objection", "复核", "provider", "异议信息转办函"),
        ("assistance_letter", "objection", "复核", "office", "协查函"),
        ("objection_decision", "objection", "异议申诉", "provider", "异议处理结果告知书"),
    ],
)
def test_title_follows_the_locality(key: str, case_kind: str, word: str, decider: str, title: str) -> None:
    """R37: 南京 and 盐城 say 异议申诉; 上海 and 静安 forward instead of asking for assistance."""
    assert NOTICES[key].title_for(case_kind=case_kind, review_word=word, decider=decider) == title


def test_what_the_clock_takes_waits_for_its_signer() -> None:
    """R34: 督办 by SUPERVISOR is signed with the step, on escalation by the clock it waits to be signed."""
    assert NOTICES["supervision"].born_signed("SUPERVISOR")
    assert not NOTICES["supervision"].born_signed("SYSTEM")
    assert not NOTICES["circular"].born_signed("SUPERVISOR")
    assert NOTICES["reminder"].born_signed("SYSTEM")


def test_standing_authorisation_of_the_office() -> None:
    """R33: what OFFICE signs goes out at once, unless the switch is off or the text was edited."""
    acceptance = NOTICES["objection_acceptance"]
    assert acceptance.born_signed("SYSTEM")
    assert acceptance.signer_for("SYSTEM") == "OFFICE"
    assert not acceptance.born_signed("OFFICE", office_signs=False)
    assert acceptance.signer_for("OFFICE", office_signs=False) == "SUPERVISOR"
    assert not acceptance.born_signed("OFFICE", edited=True)
    assert acceptance.signer_for("OFFICE", edited=True) == "SUPERVISOR"


def test_a_reminder_by_hand_is_the_office_s() -> None:
    """R34: the clock's reminder bears no person's signature, one sent by hand that of OFFICE."""
    assert NOTICES["reminder"].signer_for("SYSTEM") == "SYSTEM"
    assert NOTICES["reminder"].signer_for("OFFICE") == "OFFICE"


def test_only_the_circular_and_the_clarification_may_be_public() -> None:
    """R152: reputation is restored in the same scope; nothing else leaves the circle of its recipients."""
    assert {key for key, kind in NOTICES.items() if kind.public} == {"circular", "clarification"}


def test_what_can_be_contested_is_served() -> None:
    """R28: a notice that names remedies for a person is one that must be served, so that its term can start."""
    contestable = [
        kind
        for kind in NOTICES.values()
        if kind.remedies_about and kind.remedies_about not in ("rectification", "circular")
    ]
    assert contestable
    assert all(kind.service is Service.RECIPIENT for kind in contestable)
