"""Every citation of a rule set points at words that exist where it says (R148, D1)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.rules import RuleSet, load_locality, localities
from workflows.rules.citing import QUOTE_LIMIT, printed_section
from workflows.rules.model import Basis, BasisKind, Grade

TESTS = Path(__file__).parents[1]
SEEDS = {path.name[:3]: path for path in sorted((TESTS / "seeds").glob("*.txt"))}
LAWS = {path.stem: path for path in sorted((TESTS / "law").glob("*.md"))}

# How the second-level names of the citations follow from the headings of each document.
PART_NAMES = {
    "000": {"总体要求": "总", "主要措施": "措"},
    "004": {"重点工作及任务分工": "", "保障措施": "保"},
}
PART = re.compile(r"([一二三四五六七八九])、(.*)")
POINT = re.compile(r"[（(]([一二三四五六七八九十]+)[）)]")
ITEM = re.compile(r"(\d{1,2})\.")
ARTICLE = re.compile(r"(第[一二三四五六七八九十百]+条)\s")
ENUMERATED = re.compile(r"([一二三四五])是")


def squeezed(text: str) -> str:
    """The text without white space, the brackets that the scan broke put right."""
    return re.sub(r"\s", "", text).replace("„", "〔").replace("‟", "〕")


def sections(seed: str) -> dict[str, str]:
    """The document cut at its headings: the key as it is cited, the words without white space."""
    found: dict[str, list[str]] = {"题": []}
    part = point = ""
    current = "题"
    for line in map(squeezed, SEEDS[seed].read_text(encoding="utf-8").splitlines()):
        if heading := PART.match(line):
            part = PART_NAMES.get(seed, {}).get(heading[2], heading[1])
            point, current = "", part
        elif heading := POINT.match(line):
            point = f"({heading[1]})"
            current = part + point
        elif heading := ITEM.match(line):
            current = heading[1] if seed == "002" else f"{part}{point}{heading[1]}"
        elif seed == "003" and (heading := ENUMERATED.match(line)):
            current = f"{part}{point}{heading[1]}"
        found.setdefault(current, []).append(line)
    return {key: "".join(lines) for key, lines in found.items()}


def articles(law: str) -> dict[str, str]:
    """The excerpt of a law cut at its articles."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in LAWS[law].read_text(encoding="utf-8").splitlines():
        if heading := ARTICLE.match(line):
            current = heading[1]
        found.setdefault(current, []).append(squeezed(line))
    return {key: "".join(lines) for key, lines in found.items()}


SECTIONS = {seed: sections(seed) for seed in SEEDS}
ARTICLES = {law: articles(law) for law in LAWS}


def bases(rules: RuleSet) -> Iterator[tuple[str, Basis]]:
    """Every basis of a rule set with the key of the entry that leans on it."""
    for term in rules.terms:
        yield term.key, term.basis
    for switch in rules.switches:
        yield switch.key, switch.basis
    for remedy in rules.remedy_rules:
        yield remedy.about, remedy.basis
    for behaviour in rules.behaviours:
        for basis in behaviour.citations:
            yield behaviour.id, basis
    for field in rules.key_fields:
        yield field.key, field.basis
    for unit in rules.units:
        for basis in unit.citations:
            yield unit.name, basis
    for target in rules.sync_targets:
        yield target.id, target.basis


@pytest.mark.parametrize("locality", localities())
def test_every_quoted_word_of_a_seed_stands_in_the_section_it_is_cited_from(locality: str) -> None:
    """R148: seed, section and quote of each entry agree with the copy of the document."""
    wrong = []
    for key, basis in bases(load_locality(locality)):
        if basis.seed is None:
            continue
        assert basis.section is not None
        seed, section = basis.seed.split("-", 1)
        assert section == basis.section
        text = SECTIONS[seed].get(section)
        if basis.quote is None or text is None or squeezed(basis.quote) not in text:
            wrong.append((key, basis.seed, basis.quote))
    assert wrong == []


@pytest.mark.parametrize("locality", localities())
def test_every_quoted_word_of_a_law_stands_in_the_article_it_is_cited_from(locality: str) -> None:
    """R148: a law is quoted from the named article, not from anywhere in it."""
    wrong = []
    for key, basis in bases(load_locality(locality)):
        if basis.law is None:
            continue
        if basis.quote is None or squeezed(basis.quote) not in ARTICLES[basis.law].get(basis.article, ""):
            wrong.append((key, basis.law, basis.article, basis.quote))
    assert wrong == []


@pytest.mark.parametrize("locality", localities())
def test_quotes_are_short_and_a_direct_citation_of_a_plan_always_has_one(locality: str) -> None:
    """R148: the words in the data stay a quotation, and nothing rests on a plan without its words."""
    for key, basis in bases(load_locality(locality)):
        assert basis.quote is None or 4 <= len(basis.quote) <= QUOTE_LIMIT, (key, basis.quote)
        if basis.seed:
            assert basis.quote, key


@pytest.mark.parametrize("locality", localities())
def test_a_value_that_no_text_fixes_is_graded_as_unconfirmed(locality: str) -> None:
    """procedures 10: what rests on a default of the product shows as 待核."""
    rules = load_locality(locality)
    evidence = [(rule.basis, rule.grade) for rule in rules.terms]
    evidence += [(rule.basis, rule.grade) for rule in rules.switches]
    evidence += [(rule.basis, rule.grade) for rule in rules.remedy_rules]
    for basis, grade in evidence:
        assert grade.unconfirmed or basis.kind is not BasisKind.DEFAULT, basis
    assert not Grade.V.unconfirmed
    assert not Grade.S.unconfirmed
    assert Grade.B.unconfirmed


def test_the_splitter_of_the_documents_finds_the_sections_they_count() -> None:
    """The check above is only as good as its sections: each document yields the ones it numbers."""
    assert {f"措(二){number}" for number in range(1, 17)} <= set(SECTIONS["000"])
    assert {f"二(二){number}" for number in range(1, 17)} <= set(SECTIONS["001"])
    assert {str(number) for number in range(1, 22)} <= set(SECTIONS["002"])
    assert {"一(二)五", "二(六)", "三(七)", "五(四)"} <= set(SECTIONS["003"])
    assert {"(一)", "(十九)", "保(四)"} <= set(SECTIONS["004"])
    assert "10个工作日" in SECTIONS["002"]["10"]
    assert "10个工作日" not in SECTIONS["002"]["11"]


@pytest.mark.parametrize(
    ("section", "printed"),
    [
        ("10", "第10项"),
        ("措(二)4", "“主要措施”（二）第4项"),
        ("二(一)1", "二、（一）第1项"),
        ("一(二)五", "一、（二）第五点"),
        ("(七)", "二、（七）"),
        ("题", "标题和发文字号"),
    ],
)
def test_sections_are_printed_as_the_document_counts_them(section: str, printed: str) -> None:
    """R148: a citation on a notice can be found in the document."""
    assert printed_section(section) == printed


def test_citations_read_as_an_office_writes_them() -> None:
    """R148: document, number and article, and 参照 where the text does not bind."""
    laiwu = load_locality("laiwu")
    verification, total = laiwu.term("objection.verification"), laiwu.term("objection.total")
    assert verification is not None
    assert verification.basis.text == "《莱芜区政务诚信建设工作实施方案》（莱芜区信用办〔2020〕20号）第10项"
    assert total is not None
    assert total.basis.text == "《山东省社会信用条例》第三十九条"
    supplement = laiwu.term("objection.supplement")
    assert supplement is not None
    assert supplement.basis.text == "参照《中华人民共和国行政复议法》第三十一条"
    screening = laiwu.term("record.screening")
    assert screening is not None
    assert screening.basis.text == "尚无明文规定，暂按系统默认设定办理"
