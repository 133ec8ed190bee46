"""Rule files are refused with file and entry named; what loads is frozen and survives storing (R148)."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest

from workflows.kit.counting import Span
from workflows.rules import RuleFileError, RuleSet, load_changed, load_locality, localities
from workflows.rules.changes import UNCHANGED, Changes
from workflows.rules.loader import SHIPPED, limits_of_terms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may spoil."""
    copy = tmp_path / "rules"
    shutil.copytree(SHIPPED, copy, ignore=lambda _, names: [name for name in names if not name.endswith(".toml")])
    return copy


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace words of a rule file that must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(folder: Path, file: str, entry: str) -> None:
    """Append an entry to a rule file."""
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8") + "\n" + entry, encoding="utf-8")


TOTAL = '[terms."objection.total"]\nspan = "{}"\ngrade = "V"\nbasis = {{ section = "10", quote = "10个工作日" }}\n'
RETENTION = '[terms."record.retention"]\nspan = "{}"\ngrade = "V"\nbasis = {{ section = "10" }}\n'


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("nation.toml", 'span = "2 WD"', 'span = "2 周"', r"nation\.toml，条目 terms\.notice\.issue\.span：期限“2 周”"),
        ("nation.toml", 'span = "2 WD"', "span = 2", r"terms\.notice\.issue\.span：期限“2”应当写成文字"),
        ("nation.toml", 'holder = "SIGNER"', 'hodler = "SIGNER"', r"terms\.notice\.issue：不认识的键：hodler"),
        ("nation.toml", 'nature = "duty"', 'nature = "wish"', r"“wish”不在可用值之内"),
        ("nation.toml", 'grade = "I"', 'grade = "Z"', r"“Z”不在可用值之内"),
        ("laiwu.toml", '[terms."objection.verification"]', '[terms."objection.check"]', r"laiwu\.toml.*不得另设"),
        ("laiwu.toml", 'section = "10"', 'section = "十"', r"无法识别的章节“十”"),
        ("laiwu.toml", 'plan = "plan_laiwu"', 'plan = "plan_nowhere"', r"没有文件“plan_nowhere”"),
        ("laiwu.toml", "value = true", 'value = "yes"', r"notify_superior：值的类型不符"),
        ("laiwu.toml", "[switches]", '[switches]\n"colour" = { value = "red", grade = "I" }', r"没有这一设置项"),
        ("laiwu.toml", 'parent = "jinan"', 'parent = "laiwu"', r"上级关系成环"),
        ("laiwu.toml", 'parent = "jinan"', 'parent = "nowhere"', r"nowhere\.toml：文件不存在"),
        ("laiwu.toml", 'key = "laiwu"', 'key = "lywu"', r"locality\.key：应当与文件名一致"),
        ("laiwu.toml", 'code = "370116"', 'code = "370116"\nin_force_from = 2020-01-01', r"只有演示地区"),
        ("laiwu.toml", "B06 =", "B09 =", r"behaviours\.B09：behaviours\.toml 中没有这一行为"),
        ("laiwu.toml", 'subjects = ["organ", "person"]', 'subjects = ["dog"]', r"“dog”不在可用值之内"),
        ("nation.toml", "{superior_office}投诉", "{mayor}投诉", r"没有可以填入“\{mayor\}”的内容"),
        ("nation.toml", "{superior_office}投诉", "{superior_office}申请行政复议", r"不得出现“行政复议”"),
        ("documents.toml", "rank = 1", "weight = 1", r"documents\.toml，条目 reconsideration：不认识的键：weight"),
        ("behaviours.toml", 'word = "credit"', 'word = "shame"', r"behaviours\.B05：“shame”"),
    ],
)
def test_a_spoilt_file_is_refused_with_file_and_entry(
    folder: Path, file: str, old: str, new: str, message: str
) -> None:
    """R148: whoever edits a rule learns in Chinese what is wrong and where."""
    change(folder, file, old, new)
    with pytest.raises(RuleFileError, match=message):
        load_locality("laiwu", folder)


def test_a_repeated_key_is_refused(folder: Path) -> None:
    """R148: the second of two entries would silently win."""
    add(folder, "laiwu.toml", '[terms."objection.verification"]\nspan = "8 WD"\ngrade = "I"\n')
    with pytest.raises(RuleFileError, match=r"laiwu\.toml：不是合规的 TOML（格式有误或者同一键重复出现）"):
        load_locality("laiwu", folder)


def test_a_missing_name_of_the_office_is_refused(folder: Path) -> None:
    """R8: a locality without its own office, review body and code words cannot issue a notice."""
    change(folder, "demo.toml", '"review_body" = { value = "示例市信用管理办公室"', '"review_body" = { value = ""')
    with pytest.raises(RuleFileError, match=r"demo\.toml，条目 switches：必须写明：review_body"):
        load_locality("demo", folder)


def test_an_outdated_entry_is_refused(folder: Path) -> None:
    """R148: a term that has ended must not be carried into a rule set that begins later."""
    add(folder, "jinan.toml", '[terms."notice.issue"]\nspan = "1 WD"\ngrade = "I"\neffective_to = 2020-01-01\n')
    with pytest.raises(RuleFileError, match=r"terms\.notice\.issue：已于2020-01-01失效"):
        load_locality("laiwu", folder)


def test_a_changed_value_needs_its_own_grade(folder: Path) -> None:
    """procedures 10: the grade of the parent says nothing about the number of the child."""
    change(folder, "shandong.toml", 'span = "3 WD"\ngrade = "V"', 'span = "3 WD"')
    with pytest.raises(RuleFileError, match=r"objection\.own_decision：缺少“grade”"):
        load_locality("laiwu", folder)


@pytest.mark.parametrize("longer", ["8 WD", "10 WD", "1 M"])
def test_a_plan_never_lengthens_a_duty_of_the_regulation(folder: Path, longer: str) -> None:
    """procedures 10, D1: the plan of the district ranks below 山东省社会信用条例."""
    add(folder, "laiwu.toml", TOTAL.format(longer))
    with pytest.raises(
        RuleFileError, match=r"laiwu\.toml，条目 terms\.objection\.total：下位文件不得延长《山东省社会信用条例》"
    ):
        load_locality("laiwu", folder)


@pytest.mark.parametrize("stricter", ["7 WD", "5 WD"])
def test_a_plan_may_keep_or_shorten_a_duty_of_the_regulation(folder: Path, stricter: str) -> None:
    """procedures 10: being stricter with oneself is allowed."""
    add(folder, "laiwu.toml", TOTAL.format(stricter))
    rule = load_locality("laiwu", folder).term("objection.total")
    assert rule is not None
    assert rule.span == Span.parse(stricter)
    assert rule.basis.seed == "002-10"


def test_a_plan_never_prolongs_a_period_fixed_by_the_regulation(folder: Path) -> None:
    """R148: five years are the most for which a record may be kept in use."""
    add(folder, "laiwu.toml", RETENTION.format("6 Y"))
    with pytest.raises(RuleFileError, match="不得延长"):
        load_locality("laiwu", folder)


def test_no_shipped_rule_set_lengthens_what_a_higher_document_fixed() -> None:
    """procedures 10: the check runs at each load; here is what it protects, by number."""
    for locality in localities():
        rules = load_locality(locality)
        retention, total = rules.term("record.retention"), rules.term("objection.total")
        assert retention is not None
        assert retention.span == Span.parse("5 Y")
        assert total is None or (total.span == Span.parse("7 WD") and locality == "laiwu")


def test_the_switch_of_laiwu_cuts_verification_to_the_total(folder: Path) -> None:
    """procedures 10: with the switch on the provider has the seven working days of the regulation."""
    add_to = '"notify_superior" = {'
    change(
        folder, "laiwu.toml", add_to, '"objection.verification_within_total" = { value = true, grade = "I" }\n' + add_to
    )
    rule = load_locality("laiwu", folder).term("objection.verification")
    assert rule is not None
    assert rule.span == Span.parse("7 WD")
    assert rule.basis.document == "山东省社会信用条例"
    assert "原定十个工作日" in rule.note


def test_a_rule_set_holds_from_the_day_of_its_last_entry() -> None:
    """R148: the order on repair of 2026 is the youngest document; the demo declares an earlier day of its own."""
    assert {load_locality(key).in_force_from for key in localities() if key != "demo"} == {date(2026, 4, 1)}
    assert load_locality("demo").in_force_from == date(2021, 1, 1)


def test_localities_inherit_through_their_superiors() -> None:
    """R8: five documents found the system, and one district is make-believe."""
    assert {key: load_locality(key).chain for key in localities()} == {
        "shanghai": ("nation", "shanghai"),
        "jingan": ("nation", "shanghai", "jingan"),
        "laiwu": ("nation", "shandong", "jinan", "laiwu"),
        "nanjing": ("nation", "jiangsu", "nanjing"),
        "yancheng": ("nation", "jiangsu", "yancheng"),
        "demo": ("nation", "demo"),
    }
    codes = [load_locality(key).code for key in localities()]
    assert codes[:5] == ["310000", "310106", "370116", "320100", "320900"]
    with pytest.raises(KeyError, match="没有“shandong”的规则集"):
        load_locality("shandong")


@pytest.mark.parametrize("locality", localities())
def test_a_rule_set_survives_storing_and_keeps_its_digest(locality: str) -> None:
    """R148: what the database holds is the same rule set, byte for byte."""
    rules = load_locality(locality)
    stored = rules.to_json()
    again = RuleSet.from_json(stored)
    assert again == rules
    assert again.to_json() == stored
    assert again.digest == rules.digest
    assert dataclasses.replace(rules, name="别处").digest != rules.digest


def test_a_broken_stored_rule_set_is_refused() -> None:
    """R148: a stored text that lost a field does not load half."""
    stored = load_locality("demo").to_json()
    with pytest.raises(ValueError, match="无法读取"):
        RuleSet.from_json(stored.replace('"holder":', '"owner":', 1))
    with pytest.raises(ValueError, match="无法读取"):
        RuleSet.from_json("{")


def test_a_rule_set_cannot_be_changed() -> None:
    """R148: rule sets are immutable."""
    rules = load_locality("demo")
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.terms[0].note = "改"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.name = "改"  # type: ignore[misc]
    publication = rules.term("record.publication_min")
    assert publication is not None
    with pytest.raises(TypeError, match="does not support item assignment"):
        publication.by_severity["minor"] = Span.parse("9 Y")  # type: ignore[index]


def test_unknown_terms_and_switches_are_refused_readably() -> None:
    """R148: a misspelt key never passes for a term that does not exist."""
    rules = load_locality("demo")
    with pytest.raises(KeyError, match=r"示范区规则集中没有期限“objection\.totl”"):
        rules.term("objection.totl")
    with pytest.raises(KeyError, match="示范区规则集中没有设置项“colour”"):
        rules.switch("colour")
    with pytest.raises(TypeError, match="不是是否项"):
        rules.flag("office_name")
    with pytest.raises(TypeError, match="不是文字"):
        rules.text("notify_superior")
    with pytest.raises(TypeError, match="不是列表"):
        rules.names("office_name")


def test_a_plan_never_shortens_a_right_of_the_regulation(folder: Path) -> None:
    """R148: time that a higher document gives to a subject is not taken back by a plan, nor dropped."""
    basis = 'basis = { doc = "shandong_credit", article = "第三十九条" }\n'
    add(folder, "shandong.toml", f'[terms."objection.supplement"]\nspan = "10 WD"\ngrade = "V"\n{basis}')
    add(
        folder, "laiwu.toml", '[terms."objection.supplement"]\nspan = "9 WD"\ngrade = "V"\nbasis = { section = "10" }\n'
    )
    with pytest.raises(
        RuleFileError, match=r"objection\.supplement：下位文件不得缩短《山东省社会信用条例》第三十九条规定"
    ):
        load_locality("laiwu", folder)


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
