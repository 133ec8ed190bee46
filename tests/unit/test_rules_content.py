"""What the shipped rule sets say, against procedures 10.1 and 10.2 and the requirements (R8, R148)."""

import pytest

from workflows.kit.counting import Nature, Span
from workflows.rules import load_locality, localities

# procedures 10.1, in its order: the default, then what a locality changes ("–": no such term).
DEFAULTS = {
    "record.screening": "5 WD",
    "record.supplement": "10 WD",
    "record.statement": "5 WD",
    "record.decision": "5 WD",
    "record.retention": "5 Y",
    "notice.issue": "2 WD",
    "notice.service": "7 WD",
    "notice.announcement": "30 D",
    "objection.acceptance": "2 WD",
    "objection.supplement": "10 WD",
    "objection.verification": "10 WD",
    "objection.total": "–",
    "objection.own_decision": "5 WD",
    "objection.decision": "3 WD",
    "objection.review_filing": "30 D",
    "objection.review": "5 WD",
    "rectification.order": "5 WD",
    "rectification.explanation": "10 WD",
    "rectification.plan": "5 WD",
    "rectification.completion": "30 D",
    "rectification.verification": "10 WD",
    "repair.acceptance": "3 WD",
    "repair.total": "10 WD",
    "repair.supplement": "10 WD",
    "repair.verification": "5 WD",
    "repair.review_filing": "30 D",
    "repair.review": "5 WD",
    "repair.bar": "36 M",
    "sync.confirmation": "3 WD",
    "exemption.acceptance": "5 WD",
    "exemption.examination": "10 WD",
    "term.transit": "3 WD",
    "term.floor": "3 WD",
}
SHANGHAI = {"objection.verification": "5 WD", "objection.decision": "1 WD"}
OVERRIDES: dict[str, dict[str, str]] = {
    "shanghai": SHANGHAI,
    "jingan": SHANGHAI,
    "laiwu": {"objection.total": "7 WD", "objection.own_decision": "3 WD"},
    "nanjing": {},
    "yancheng": {},
    "demo": {},
}

# seed-requirements section 1: the behaviours that each document names. 003 names no judgment debtors (B06), although
# the table there counts its court judgments.
GENERAL = "B01 B02 B03 B04"
CITY = "B20 B21 B22 B24 B25 B26 B27 B28 B29 B34 B37 B38 B39 B40"
BEHAVIOURS = {
    "shanghai": f"{GENERAL} B08 B10 B11 B14 B15 B16 B17 {CITY} B43 B44",
    "jingan": f"{GENERAL} B08 B10 B11 B14 B15 B16 B17 B18 {CITY} B41 B43 B44",
    "laiwu": f"{GENERAL} B06 B10 B12 B13 B14 B15 B16 B23 B30 B31 B32 B33 B35 B36 B40 B42 B45",
    "nanjing": f"{GENERAL} B08 B11 B14 B15 B16 B17 B19 B34 B40 B43",
    "yancheng": f"{GENERAL} B05 B07 B15 B17 B19 B34 B40 B41 B43",
    "demo": " ".join(f"B{number:02d}" for number in range(1, 46) if number != 9),
}


def length(locality: str, key: str) -> str:
    """The span of a term as text, "–" where the locality has no such term."""
    rule = load_locality(locality).term(key)
    return "–" if rule is None else str(rule.span)


@pytest.mark.parametrize("locality", localities())
def test_terms_are_those_of_the_table(locality: str) -> None:
    """D1 R148: every number of procedures 10.1, for every locality."""
    expected = {**DEFAULTS, **OVERRIDES[locality]}
    assert {key: length(locality, key) for key in expected} == expected
    by_severity = {"record.publication_min", "record.publication_max"}
    assert {rule.key for rule in load_locality(locality).terms} == {*expected, *by_severity}


@pytest.mark.parametrize("locality", localities())
def test_publication_depends_on_severity(locality: str) -> None:
    """R148: 0·3 M·1 Y at least, 3 M·1 Y·3 Y at most."""
    rules = load_locality(locality)
    for key, spans in {
        "record.publication_min": ("0 D", "3 M", "1 Y"),
        "record.publication_max": ("3 M", "1 Y", "3 Y"),
    }.items():
        for severity, expected in zip(("minor", "general", "serious"), spans, strict=True):
            rule = rules.term(key, severity)
            assert rule is not None
            assert rule.span == Span.parse(expected)
            assert rule.nature is Nature.PERIOD
        assert rules.term(key, "serious") != rules.term(key, "minor")
    with pytest.raises(KeyError, match="失信程度"):
        rules.term("record.publication_min", "grave")


def test_anchor_of_verification_is_the_acceptance_in_shanghai_only() -> None:
    """R148: there the provider counts from the papers it receives, elsewhere from the complete objection."""
    anchors = {}
    for locality in localities():
        rule = load_locality(locality).term("objection.verification")
        assert rule is not None
        anchors[locality] = rule.anchor
    assert anchors.pop("shanghai") == anchors.pop("jingan") == "accepted"
    assert set(anchors.values()) == {"received_complete"}


def test_extension_of_verification_exists_in_the_demo_district_only() -> None:
    """D1: 示范区 +3 WD, every other locality none; a review takes twenty working days at most."""
    for locality in localities():
        rule = load_locality(locality).term("objection.verification")
        review = load_locality(locality).term("objection.review")
        assert rule is not None
        assert review is not None
        assert rule.extension_cap == (Span.parse("3 WD") if locality == "demo" else None)
        assert review.total_cap == Span.parse("20 WD")
    completion = load_locality("nanjing").term("rectification.completion")
    assert completion is not None
    assert completion.extension_cap == Span.parse("15 D")


def test_laiwu_runs_two_duties_with_their_own_bases() -> None:
    """D1, conflict 2 of the requirements: ten days of the plan beside seven of the provincial regulation."""
    rules = load_locality("laiwu")
    verification, total = rules.term("objection.verification"), rules.term("objection.total")
    assert verification is not None
    assert total is not None
    assert (verification.basis.seed, verification.holder) == ("002-10", "PROVIDER")
    assert (total.basis.document, total.holder) == ("山东省社会信用条例", "OFFICE")
    assert not rules.flag("objection.verification_within_total")


def test_unconfirmed_terms_are_marked_by_locality() -> None:
    """procedures 10: the same number is law in 莱芜 and 待核 in 南京 and 盐城."""
    grades = {}
    for locality in ("laiwu", "shanghai", "nanjing", "yancheng"):
        rule = load_locality(locality).term("objection.verification")
        assert rule is not None
        grades[locality] = rule.grade.unconfirmed
    assert grades == {"laiwu": False, "shanghai": False, "nanjing": True, "yancheng": True}


def test_switches_of_the_localities() -> None:
    """R8: what differs from place to place."""
    rules = {locality: load_locality(locality) for locality in localities()}
    assert [key for key in rules if rules[key].flag("notify_superior")] == ["laiwu"]
    assert [key for key in rules if rules[key].text("objection.decider") == "provider"] == ["shanghai", "jingan"]
    assert [key for key in rules if rules[key].text("review_word") == "异议申诉"] == ["nanjing", "yancheng"]
    assert [key for key in rules if "unit" in rules[key].names("leniency.subjects")] == ["nanjing"]
    assert [key for key in rules if "repaired" in rules[key].names("exemption.window")] == ["yancheng"]
    assert not any(rules[key].flag("publication.natural_persons") for key in rules)
    assert rules["laiwu"].text("office_name") == "济南市莱芜区社会信用体系建设领导小组办公室"
    assert rules["demo"].text("office_code_word") == "示信用"
    for ruleset in rules.values():
        assert ruleset.text("office_name") not in (ruleset.text("review_body"), ruleset.text("superior_office"))
        assert ruleset.flag("notices.office_signs")
        assert ruleset.names("tolerance.organs")
        assert not any(ruleset.text("office_name") == organ for organ in ruleset.names("tolerance.organs"))


@pytest.mark.parametrize("locality", localities())
def test_behaviours_in_force_are_those_that_the_documents_name(locality: str) -> None:
    """B01-B45: in force where a document says so, nowhere else; the district takes over what its city says."""
    assert " ".join(behaviour.id for behaviour in load_locality(locality).behaviours) == BEHAVIOURS[locality]


def test_a_behaviour_has_the_strongest_word_and_every_document_that_names_it() -> None:
    """B14 B34 B37: recorded in 莱芜, only forbidden in 上海; 静安 cites its own plan before that of the city."""
    assert load_locality("laiwu").behaviour("B14").word == "record"
    assert load_locality("shanghai").behaviour("B14").word == "forbidden"
    assert load_locality("yancheng").behaviour("B34").word == "handled"
    assert load_locality("demo").behaviour("B14").word == "record"
    assert load_locality("jingan").behaviour("B37").citations[0].seed == "001-二(二)10"
    assert [basis.seed for basis in load_locality("jingan").behaviour("B10").citations] == [
        "000-措(二)4",
        "001-二(二)4",
    ]
    assert not load_locality("shanghai").behaviour("B37").recordable
    with pytest.raises(KeyError, match="南京市现行目录中没有失信行为“B33”"):
        load_locality("nanjing").behaviour("B33")


def test_units_carry_the_fields_and_duties_they_are_charged_with() -> None:
    """R7: the responsible units of section 2 of the requirements, with their tasks."""
    units = {unit.name: unit for unit in load_locality("jingan").units}
    assert units["区财政局"].fields == ("政府采购", "政府和社会资本合作", "招标投标", "地方政府债务")
    assert units["区发展改革委"].duties[0] == "记录、共享与公开"
    assert [basis.seed for basis in units["区城运中心"].citations] == ["000-措(二)13"]
    assert load_locality("nanjing").key_field("debt").supporting == ("市监察委", "市审计局")
    with pytest.raises(KeyError, match="重点领域"):
        load_locality("yancheng").key_field("rivers")


def test_targets_of_sharing() -> None:
    """S01-S16: where a record goes; nothing is published of a person, nothing pretends to be automatic."""
    named = {locality: [target.id for target in load_locality(locality).sync_targets] for locality in localities()}
    assert named["laiwu"] == ["S05", "S06", "S11", "S12", "S13", "S16"]
    assert named["yancheng"] == ["S08.system", "S08.site", "S08.enforcement", "S09", "S16"]
    for locality in localities():
        for target in load_locality(locality).sync_targets:
            assert not (target.publishes and target.per_record and "person" in target.subject_kinds), target
            assert not target.fed_automatically or locality == "demo"


@pytest.mark.parametrize("locality", localities())
def test_remedies_name_a_way_and_never_a_closed_one(locality: str) -> None:
    """R148, procedures 10.2: what may be printed, with the organ and the time in words."""
    rules = load_locality(locality)
    for about in ("statement", "record", "objection", "review", "repair"):
        assert rules.remedies(about, "person"), about
        assert rules.remedies(about, "unit"), about
    assert rules.remedies("rectification", "person") == ()
    assert rules.remedies("sanction_政务处分", "unit") == ()
    filing = rules.remedies("objection", "person")[0]
    assert "三十日内" in filing
    assert rules.text("review_body") + rules.text("review_act") in filing
    for remedy in rules.remedy_rules:
        printed = "".join(remedy.sentences)
        assert "{" not in printed
        assert not any(word in printed for word in remedy.never)
    assert "行政复议" in rules.remedies("sanction_行政处罚", "unit")[0]
    assert "行政复议" in rules.remedy_rule("record", "person").never
    with pytest.raises(KeyError, match="救济途径"):
        rules.remedies("weather", "person")


def test_only_make_believe_units_stand_in_the_demo_district() -> None:
    """R8: the demo district names no real place or organ."""
    rules = load_locality("demo")
    assert rules.make_believe
    for unit in rules.units:
        assert unit.name.startswith(("示例", "示范区")), unit.name
    assert all(basis.text.startswith("参照") for entry in rules.behaviours for basis in entry.citations)
