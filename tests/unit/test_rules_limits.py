"""What a locality may not change: lengths that a higher text fixed, severity by severity, and lists that are closed."""

from datetime import date

import pytest

from workflows.kit.counting import Span, Unit
from workflows.rules import RuleFileError, RuleSet, load_changed
from workflows.rules.changes import UNCHANGED, Changes
from workflows.rules.loader import limits_of_terms

OWN = Changes(documents={"own": {"title": "示范区办法", "rank": 5, "in_force": date(2026, 10, 1)}})
BY_OWN = {"grade": "V", "basis": {"doc": "own", "article": "第九条"}}


def changed(key: str, **entry: object) -> RuleSet:
    return load_changed("demo", OWN.with_entry("terms", key, BY_OWN | entry))


def lengths(minor: str, general: str, serious: str) -> dict[str, object]:
    return {"by_severity": {"minor": minor, "general": general, "serious": serious}}


@pytest.mark.parametrize(
    ("key", "entry", "message"),
    [
        ("objection.review_filing", {"span": "3 D"}, "《中华人民共和国公务员法》第九十五条（参照）规定的期限（三十日"),
        ("objection.supplement", {"span": "9 WD"}, "不得缩短《中华人民共和国行政复议法》"),
        ("notice.announcement", {"span": "20 D"}, "不得缩短《中华人民共和国民事诉讼法》"),
        ("notice.service", {"span": "8 WD"}, "不得延长《中华人民共和国行政处罚法》"),
        ("notice.service", {"span": "7 WD", "extension_cap": "1 WD"}, "不得延长《中华人民共和国行政处罚法》"),
        ("repair.total", {"span": "11 WD"}, "不得延长《关于进一步完善信用修复制度的实施方案》"),
        ("record.publication_max", lengths("3 M", "5 Y", "5 Y"), r"不得延长《信用修复管理办法》.*（一般一年）"),
        ("record.publication_max", lengths("3 M", "1 Y", "4 Y"), r"不得延长《信用修复管理办法》.*（严重三年）"),
        ("record.publication_min", lengths("1 D", "3 M", "1 Y"), r"不得延长《信用修复管理办法》.*（轻微不设）"),
    ],
)  # fmt: skip
def test_a_locality_goes_beyond_a_national_text_that_is_followed_and_not_below_it(
    key: str, entry: dict[str, object], message: str
) -> None:
    """R34, procedures 10: 参照 a text that holds in the whole country sets a limit too, severity by severity."""
    with pytest.raises(RuleFileError, match=message):
        changed(key, **entry)


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("objection.review_filing", {"span": "60 D"}),
        ("notice.service", {"span": "5 WD", "extension_cap": "2 WD"}),
        ("record.publication_max", lengths("3 M", "12 M", "2 Y")),
        ("record.statement", {"span": "3 WD"}),  # the article gives the right, not its length
        ("objection.review", {"span": "10 WD"}),  # the regulation of another province binds nobody here
        ("record.retention", {"span": "10 Y"}),
    ],
)
def test_what_is_better_or_fixed_by_nobody_is_free(key: str, entry: dict[str, object]) -> None:
    assert changed(key, **entry).term(key) is not None


@pytest.mark.parametrize(
    ("key", "entry", "message"),
    [
        ("record.publication_max", lengths("3 M", "2 M", "3 Y"), "应当轻微不长于一般，一般不长于严重"),
        ("record.publication_min", lengths("0 D", "3 M", "2 M"), "应当轻微不长于一般，一般不长于严重"),
        ("record.publication_max", lengths("3 M", "3 M", "6 M"), "严重的最短公示期不得长于最长公示期"),
    ],
)
def test_the_graver_case_is_never_published_for_a_shorter_time(
    key: str, entry: dict[str, object], message: str
) -> None:
    """Order 36: three classes, the minimum of each below its maximum."""
    with pytest.raises(RuleFileError, match=message):
        changed(key, **entry)


def test_two_changes_do_not_undo_a_limit_that_one_may_not() -> None:
    """What a higher document fixed still holds after a lower one said something better; an equal one replaces it."""
    longer = OWN.with_entry("terms", "objection.review_filing", BY_OWN | {"span": "60 D"})
    back = longer.with_entry("terms", "objection.review_filing", BY_OWN | {"span": "30 D"})
    assert str(load_changed("demo", back).term("objection.review_filing").span) == "30 D"  # type: ignore[union-attr]
    with pytest.raises(RuleFileError, match="公务员法"):
        load_changed("demo", longer.with_entry("terms", "objection.review_filing", BY_OWN | {"span": "29 D"}))
    with pytest.raises(RuleFileError, match="示范区办法"):
        load_changed("demo", longer.with_entry("terms", "objection.review_filing", {"grade": "I", "span": "45 D"}))


def test_the_same_text_cannot_be_cited_for_something_worse() -> None:
    """A form is filled in with the basis in force: to leave it there must not be a way around the rank."""
    law = {"grade": "V", "basis": {"doc": "civil_servants", "article": "第九十五条", "kind": "peer"}}
    for entry in ({"span": "3 D"}, {"span": "3 D", "basis": {"doc": "civil_servants", "article": "第一条"}}):
        with pytest.raises(RuleFileError, match="以同一文件为依据的，不得缩短；该文件已经修改的，另行登记"):
            load_changed("demo", UNCHANGED.with_entry("terms", "objection.review_filing", law | entry))
    assert (
        changed("objection.review_filing", span="31 D", basis=law["basis"]).term("objection.review_filing") is not None
    )
    amended = Changes(documents={"new": {"title": "中华人民共和国公务员法", "rank": 1, "in_force": date(2026, 12, 1)}})
    entry = {"grade": "V", "span": "15 D", "basis": {"doc": "new", "article": "第九十五条", "kind": "peer"}}
    shorter = load_changed("demo", amended.with_entry("terms", "objection.review_filing", entry))
    assert shorter.term("objection.review_filing").span == Span.parse("15 D")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("key", "basis", "entry", "message"),
    [
        ("objection.verification", {"doc": "zhejiang_credit"}, {"span": "20 WD"},
         "参照其他文件的，不得延长《上海市社会信用条例》第三十六条规定的期限（五个工作日）"),
        ("record.retention", {"doc": "zhejiang_credit"}, {"span": "20 Y"},
         "参照其他文件的，不得延长《上海市社会信用条例》第三十五条规定的期限（五年）"),
        # A law that holds everywhere and is followed sets a limit of its own, and lifts none that speaks of this.
        ("objection.verification", {"doc": "reconsideration"}, {"span": "20 WD"},
         "参照其他文件的，不得延长《上海市社会信用条例》第三十六条"),
        ("objection.verification", {"doc": "guangzhou_guide", "kind": "practice"}, {"span": "20 WD"},
         "下位文件不得延长《上海市社会信用条例》第三十六条"),
    ],
)  # fmt: skip
def test_what_is_only_followed_lifts_no_limit(
    key: str, basis: dict[str, str], entry: dict[str, str], message: str
) -> None:
    """R34, R148: to cite another place's text does not undo what the regulation here fixed."""
    followed = {"grade": "V", "basis": {"article": "第三十一条", "kind": "peer"} | basis}
    with pytest.raises(RuleFileError, match=message):
        load_changed("jingan", UNCHANGED.with_entry("terms", key, followed | entry))


def test_what_is_only_followed_takes_no_limit_away_for_the_next_change() -> None:
    """A limit outlives a citation that was better, so that two changes do not undo it."""
    followed = {"grade": "V", "basis": {"doc": "zhejiang_credit", "article": "第三十一条", "kind": "peer"}}
    better = UNCHANGED.with_entry("terms", "objection.verification", followed | {"span": "4 WD"})
    assert load_changed("jingan", better).term("objection.verification").span == Span.parse("4 WD")  # type: ignore[union-attr]
    with pytest.raises(RuleFileError, match="不得延长《上海市社会信用条例》第三十六条"):
        load_changed("jingan", better.with_entry("terms", "objection.verification", {"grade": "I", "span": "6 WD"}))


def test_a_text_of_equal_rank_that_speaks_of_the_term_itself_replaces_what_was_fixed() -> None:
    amended = Changes(documents={"new": {"title": "上海市社会信用条例", "rank": 3, "in_force": date(2026, 12, 1)}})
    entry = {"grade": "V", "span": "7 WD", "basis": {"doc": "new", "article": "第三十六条"}}
    longer = load_changed("jingan", amended.with_entry("terms", "objection.verification", entry))
    assert longer.term("objection.verification").span == Span.parse("7 WD")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("locality", "key", "entry"),
    [
        ("jingan", "objection.verification", {"span": "0 WD"}),
        ("jingan", "record.retention", {"span": "0 Y"}),
        ("demo", "notice.service", {"span": "0 WD", "extension_cap": "2 WD"}),
        ("demo", "objection.review_filing", {"span": "0 D"}),
        ("demo", "record.publication_max", lengths("0 D", "1 Y", "3 Y")),
    ],
)
def test_a_term_of_nothing_is_a_term_taken_away(locality: str, key: str, entry: dict[str, object]) -> None:
    """R34: zero stays below every ceiling, and is no term all the same."""
    with pytest.raises(RuleFileError, match="下位文件不得取消《"):
        load_changed(locality, OWN.with_entry("terms", key, BY_OWN | entry))


def test_the_shortest_publication_may_be_none() -> None:
    """Order 36: a light record need not be published at all, and to ask for less is in favour of the subject."""
    none = changed("record.publication_min", **lengths("0 D", "0 D", "1 Y"))
    assert none.term("record.publication_min") is not None


def test_a_setting_holds_from_the_day_that_its_change_names() -> None:
    entry = {"value": False, "grade": "I", "effective_from": date(2027, 3, 1)}
    rules = load_changed("demo", UNCHANGED.with_entry("switches", "notices.office_signs", entry))
    assert rules.switch_rule("notices.office_signs").effective_from == date(2027, 3, 1)


def test_a_form_can_say_what_binds_a_term() -> None:
    limits = limits_of_terms("demo", UNCHANGED)
    assert [limit.cited for limit in limits["objection.review_filing"]] == [
        "《中华人民共和国公务员法》第九十五条（参照）"
    ]
    assert limits["record.statement"] == limits["record.screening"] == limits["objection.review"] == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("objection.decider", "信用管理部门审批人", "objection.decider.*“信用管理部门审批人”不在可用值之内"),
        ("exemption.window", ["已记入"], "“已记入”不在可用值之内"),
        ("extension.decider", "OFFICER", "“OFFICER”不在可用值之内"),
    ],
)
def test_a_setting_of_a_closed_list_takes_no_other_value(key: str, value: object, words: str) -> None:
    """R34: whichever way it comes; no procedure would read it."""
    with pytest.raises(RuleFileError, match=words):
        load_changed("demo", UNCHANGED.with_entry("switches", key, {"value": value, "grade": "I"}))


def test_an_article_without_a_length_limits_nothing_whoever_cites_it() -> None:
    """R28: 政务处分法第四十三条 gives the right to be heard, not its days: five working days again is no 缩短."""
    article = {"doc": "sanctions", "kind": "peer", "article": "第四十三条"}
    longer = UNCHANGED.with_entry("terms", "record.statement", {"grade": "V", "span": "10 WD", "basis": article})
    assert load_changed("demo", longer).term("record.statement").span == Span(10, Unit.WD)  # type: ignore[union-attr]
    back = longer.with_entry("terms", "record.statement", {"grade": "I", "span": "5 WD"})
    assert load_changed("demo", back).term("record.statement").span == Span(5, Unit.WD)  # type: ignore[union-attr]


def test_the_order_is_asked_of_what_comes_of_all_changes() -> None:
    """What one change says alone may be put right by the next, as when a shipped file moves under both."""
    wrong = {**BY_OWN, **lengths("2 M", "1 M", "6 M")}
    right = {**BY_OWN, **lengths("1 M", "2 M", "6 M")}
    first = OWN.with_entry("terms", "record.publication_max", wrong)
    with pytest.raises(RuleFileError, match="应当轻微不长于一般"):
        load_changed("demo", first)
    second = first.with_entry("terms", "record.publication_max", right).with_entry(
        "terms", "record.publication_min", {**BY_OWN, **lengths("0 D", "1 M", "6 M")}
    )
    assert load_changed("demo", second).name == "示范区"


@pytest.mark.parametrize("locality", ["shanghai", "jingan"])
def test_without_delay_is_no_number_of_days(locality: str) -> None:
    """R36: 上海市社会信用条例第三十六条 says 及时; the day that the system sets for it binds nobody below."""
    three = OWN.with_entry("terms", "objection.decision", BY_OWN | {"span": "3 WD"})
    assert load_changed(locality, three).term("objection.decision").span == Span(3, Unit.WD)  # type: ignore[union-attr]


def test_that_one_section_fixes_no_length_says_nothing_of_another() -> None:
    """A plan is cited by its sections, which have no article: each speaks for itself."""

    def by(section: str, **more: object) -> dict[str, object]:
        return {"grade": "V", "basis": {"doc": "own", "section": section, **more}}

    first = OWN.with_entry("terms", "record.statement", {"span": "6 WD", **by("二(一)1", fixes_length=False)})
    assert limits_of_terms("demo", first)["record.statement"] == ()
    second = first.with_entry("terms", "record.statement", {"span": "7 WD", **by("二(一)2")})
    assert [limit.rule.span for limit in limits_of_terms("demo", second)["record.statement"]] == [Span(7, Unit.WD)]
