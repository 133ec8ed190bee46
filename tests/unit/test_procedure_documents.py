"""What lawyers read is what the tables say: matrix, descriptions, diagrams and glossary are those of today.

Write them anew with ZHENGCHENG_WRITE_SNAPSHOTS=1 (issue 2.2), and have the difference reviewed.
"""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.lamp import LAMP, with_state, with_step
from workflows.kit import diagram
from workflows.kit.definition import Phase, State
from workflows.kit.describe import describe, glossary, index, matrix
from workflows.kit.diagram import digest, dot_source, lines, mermaid, outline, svg
from workflows.registry import WORKFLOWS

ROOT = Path(__file__).parents[2]
MATRIX = ROOT / "tests" / "snapshots" / "matrix"
PROCEDURES = ROOT / "docs" / "procedures"
GLOSSARY = ROOT / "docs" / "glossary.md"
GENERATED_BELOW = "<!-- 以下由程序表生成，请勿手工修改 -->\n"
WRITING = os.environ.get("ZHENGCHENG_WRITE_SNAPSHOTS") == "1"
KINDS = tuple(WORKFLOWS)


def kept(path: Path, now: str) -> str:
    """The text that was reviewed; written anew first where that was asked for."""
    if WRITING:
        path.write_text(now, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_the_matrix_is_the_one_that_was_reviewed(kind: str) -> None:
    """Issue 2.2: state × step × capacity as readable text."""
    assert matrix(WORKFLOWS[kind]) == kept(MATRIX / f"{kind}.txt", matrix(WORKFLOWS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_description_is_up_to_date(kind: str) -> None:
    """Issue 2.2: docs/procedures describes the tables in Chinese."""
    now = describe(WORKFLOWS[kind], WORKFLOWS)
    assert now == kept(PROCEDURES / f"{kind}.md", now)


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_is_of_the_present_table(kind: str) -> None:
    """Issue 2.2: by the digest of its source, so that another release of Graphviz makes no difference."""
    path = PROCEDURES / f"{kind}.svg"
    drawn = svg(WORKFLOWS[kind]) if WRITING else None
    if drawn is not None:
        path.write_text(drawn, encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"<!-- {digest(WORKFLOWS[kind])} -->\n")
    assert all(state.label in text for state in WORKFLOWS[kind].states)


def test_the_index_and_the_glossary_are_up_to_date() -> None:
    """Issue 2.2: the hand-written words stand above the generated ones and stay as they are."""
    assert index(WORKFLOWS) == kept(PROCEDURES / "README.md", index(WORKFLOWS))
    by_hand, _, _ = GLOSSARY.read_text(encoding="utf-8").partition(GENERATED_BELOW)
    now = f"{by_hand}{GENERATED_BELOW}\n{glossary(WORKFLOWS)}"
    assert now == kept(GLOSSARY, now)


def test_nothing_else_lies_in_the_generated_folders() -> None:
    """A procedure that is dropped leaves no file behind."""
    assert {path.name for path in MATRIX.iterdir()} == {f"{kind}.txt" for kind in KINDS}
    pages = {f"{kind}.{suffix}" for kind in KINDS for suffix in ("md", "svg")}
    assert {path.name for path in PROCEDURES.iterdir()} == pages | {"README.md"}


def test_a_change_of_who_may_do_what_shows_in_the_matrix() -> None:
    """Issue 2.2: a lawyer sees one changed line."""
    changed = with_step("drop", lambda step: replace(step, by=LAMP.steps[0].by))
    before, after = matrix(LAMP).splitlines(), matrix(changed).splitlines()
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        ("  销案 drop → 已修好　由：信用管理部门经办人、系统", "  销案 drop → 已修好　由：当事人")
    ]


def test_every_act_and_state_of_a_table_is_described() -> None:
    """Nothing of the law is left out of the description."""
    for kind, table in WORKFLOWS.items():
        text = describe(table, WORKFLOWS)
        keys = [
            *(state.key for state in table.states),
            *(step.key for step in table.steps),
            *(term.key for term in table.terms),
        ]
        assert [key for key in keys if f"`{key}`" not in text] == []
        assert "None" not in text, kind


def test_mermaid_has_ascii_names_and_chinese_labels() -> None:
    """Architecture 5: Chinese names break the picture."""
    text = mermaid(WORKFLOWS["objection"])
    assert "    submitted: 待受理\n" in text
    assert "    submitted --> verifying: 受理\n" in text
    names = re.findall(r"^    (\S+) -->|--> (\S+?)(?::|$)", text, flags=re.MULTILINE)
    assert all(name.isascii() for pair in names for name in pair)


def test_the_picture_lights_the_present_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interface: the case page shows where the case is; without Graphviz the list form does."""
    lit = svg(LAMP, "noticed")
    assert lit is not None
    root = ElementTree.fromstring(lit)
    assert root.get("aria-label") == "路灯流程图"
    assert lit.count("#0b4a8f") == 1
    assert "#0b4a8f" not in dot_source(LAMP)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert svg(LAMP, "reported") is None


def test_the_picture_marks_the_way_taken_in_the_language_of_its_reader() -> None:
    """The way of a case is blue, the rest is not; labels are said by whoever draws, and cannot end a string."""
    taken = frozenset({("opening", "reported"), ("reported", "noticed")})
    source = dot_source(LAMP, "noticed", taken, lambda label: f'<{label}"')
    marked = [line for line in source.splitlines() if "penwidth=2.5" in line]
    assert [re.findall(r"(\w+) -> (\w+)", line)[0] for line in marked] == sorted(taken)
    assert 'label="<告知\'"' in source
    states = outline(LAMP, "noticed", taken)
    assert [(item.state.key, item.passed) for item in states] == [
        ("reported", True), ("noticed", True), ("mended", False),
    ]  # fmt: skip


def test_the_strictest_policy_lets_the_picture_stand() -> None:
    """CSP without unsafe-*: no style attribute, no script, no address; and no keys of the table as tips."""
    for kind, table in WORKFLOWS.items():
        drawn = svg(table, table.states[0].key)
        assert drawn is not None, kind
        names = {name for element in ElementTree.fromstring(drawn).iter() for name in (element.tag, *element.attrib)}
        plain = {name.rpartition("}")[2] for name in names}
        assert not plain & {"style", "script", "a", "href", "title", "image", "foreignObject"}, kind
        assert not [name for name in plain if name.startswith("on")], kind


def test_a_picture_that_could_not_be_drawn_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy for a moment must not leave a page without its picture for good."""
    table = with_state(State("spare", "备用", Phase.CLOSED))
    monkeypatch.setattr(diagram, "_SECONDS", 0.000001)
    assert svg(table, "spare") is None
    monkeypatch.undo()
    assert svg(table, "spare") is not None


def test_the_list_form_names_every_way_on() -> None:
    """Interface: the picture in words, for screen readers and where Graphviz is missing."""
    states = outline(LAMP, "noticed")
    assert [(item.state.key, item.lit) for item in states] == [
        ("reported", False),
        ("noticed", True),
        ("mended", False),
    ]
    (onward,) = states[1].onward
    assert (onward.to.key, onward.labels, onward.automatic) == ("mended", ("修好",), True)
    assert {(line.source.key, line.to.key) for line in lines(LAMP)} == {
        ("opening", "reported"), ("reported", "noticed"), ("reported", "mended"), ("noticed", "mended"),
    }  # fmt: skip
