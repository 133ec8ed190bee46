"""Rule files are refused with file and entry named; what loads is frozen and survives storing (R148)."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest

from workflows.kit.counting import Span
from workflows.rules import RuleFileError, RuleSet, load_locality, localities
from workflows.rules.loader import SHIPPED


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
