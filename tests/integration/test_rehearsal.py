"""推演: scripts are read strictly, played through the real services, and every shipped one holds (issue 2, item 8).

The pages of docs/scenarios are what a play tells; `flask --app wsgi rehearse --pages` writes them anew.
"""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.database import read_transaction
from app.rehearsal.loading import ScriptRefused, load_script, read_script
from app.rehearsal.pages import INDEX, PAGES, index, page, shipped
from app.rehearsal.player import Played, PlayFailed, play_script
from app.rehearsal.scratch import own_world, scratch_backend
from app.rehearsal.telling import told, verdict
from app.rehearsal.world import World
from app.services.invariants import lost_cases

TODAY = date(2026, 11, 21)
SAMPLE = next(file for file in shipped() if file.stem == "objection-laiwu")
#: Every procedure, every way of the clock, on the other database too.
ALSO_ON_POSTGRESQL = (
    "objection-laiwu", "objection-down-a-week", "record-annulled", "rectification-passed", "calendar-import",
)  # fmt: skip

HEAD = """\
title: 试
locality: demo
starts: 2026-09-18T09:00
people:
  wang: {name: 王测试, unit: 示例甲局, posts: [civil_servant]}
given:
  - {case: R1, kind: record, state: draft, subject: wang, provider: 示例乙局,
     source: {type: 问责处理, number: 示问〔2026〕9号, on: 2026-09-16}}
"""


def play(text: str) -> Played:
    """Play a script of a test in a world of its own, which is gone afterwards."""
    return play_and_tell(text)[0]


def play_and_tell(text: str) -> tuple[Played, str]:
    """The same, with what the terminal shows."""
    with own_world() as (backend, files):
        played = play_script(read_script(text), backend, files, TODAY)
        return played, "\n".join(told(played))


def expect_nothing_lost(world: World) -> None:
    """R143, after every step and every sweep: each open case is in a 待办, in 待分派, or rests with a way out."""
    with read_transaction(world.backend.engine) as session:
        assert lost_cases(session, world.today) == []


@pytest.mark.parametrize("file", shipped(), ids=lambda file: file.stem)
def test_every_shipped_scenario_holds_and_its_page_tells_it(file: Path) -> None:
    """R33–R38, R44–R57, T4, T6: see docs/scenarios."""
    with own_world() as (backend, files):
        played = play_script(load_script(file), backend, files, TODAY, expect_nothing_lost)
        text = page(file, played)
    assert [f"{check.where} {check.what}: {check.expected} / {check.actual}" for check in played.failed] == []
    assert (PAGES / f"{file.stem}.md").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ALSO_ON_POSTGRESQL)
def test_scenarios_hold_on_postgresql(name: str, postgresql_url: str, tmp_path: Path) -> None:
    file = next(file for file in shipped() if file.stem == name)
    with scratch_backend(postgresql_url, tmp_path) as backend:
        played = play_script(load_script(file), backend, tmp_path / "files", TODAY)
    assert verdict(played) == f"ok {len(played.checks)} expectations"


def test_the_index_lists_every_scenario() -> None:
    assert (PAGES / INDEX).read_text(encoding="utf-8") == index()
    assert {path.stem for path in PAGES.glob("*.md")} == {file.stem for file in shipped()} | {"README"}


def test_at_least_twenty_four_scenarios_ship() -> None:
    assert len(shipped()) >= 24


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("acts: [{as: wang, do: submit, onn: R1}]", "第9行：不认识的项“onn”"),
        ("acts:\n  - {days: 3 XX}", "第10行：“days”"),
        ("acts:\n  - {at: 2026-13-01, as: wang, do: submit}", "第10行：“at”：日期“2026-13-01”不存在"),
        ("title: 又一次", "第9行：同一层中有重复的项"),
        ("acts: [{as: wang", "第10行：YAML格式有误"),
        ("expect:\n  - {case: R1, terms: {screening: {status: later}}}", "第10行：“status”只能填"),
        ("acts:\n  - {as: wang, do: submit, refused: Never}", "第10行：“refused”只能填"),
    ],
)
def test_a_mistake_in_a_script_is_named_with_its_line(line: str, problem: str) -> None:
    with pytest.raises(ScriptRefused) as refused:
        read_script(HEAD + line + "\n")
    assert problem in str(refused.value)


def test_words_of_yaml_are_words() -> None:
    """YAML 1.2: `no` and `on` are strings, and so is a date."""
    script = read_script(HEAD.replace("posts: [civil_servant]", "posts: [civil_servant], confirmation: no"))
    assert script.people["wang"].confirmation == "no"
    source = script.given[0].source
    assert source is not None
    assert source.on.day == date(2026, 9, 16)


def test_a_wrong_expectation_is_shown_as_expected_and_actual() -> None:
    played, shown = play_and_tell(HEAD + "expect: [{case: R1, state: 待审查}, {case: R1, state: 草稿}]\n")
    assert verdict(played).startswith("failed 1 of 2: ")
    assert "    预期：screening\n    实际：draft" in shown
    assert shown.splitlines()[-1] == verdict(played)


@pytest.mark.parametrize(
    "act",
    [
        "{as: wang, do: submit, on: R1}",
        "{as: 代办人一, do: submit, on: R1, refused: GuardRefused}",
        "{as: wang, do: submit, on: R1, refused: WrongState}",
    ],
)
def test_an_act_that_ends_otherwise_than_written_fails_the_play(act: str) -> None:
    """A refusal nobody expected, an act that was to be refused, and the wrong refusal."""
    played = play(HEAD + f"acts: [{act}]\n")
    assert len(played.failed) == 1


def test_a_play_that_cannot_go_on_says_why() -> None:
    with pytest.raises(PlayFailed, match="没有“niemand”这个人"):
        play(HEAD + "acts: [{as: niemand, do: submit, on: R1}]\n")
    with pytest.raises(PlayFailed, match="时间不能倒退"):
        play(HEAD + "acts: [{at: 2026-09-01, as: wang, do: submit, on: R1}]\n")
    with pytest.raises(PlayFailed, match="达不到所要的状态"):
        play(HEAD.replace("state: draft", "state: deciding"))


def test_missing_people_are_added_and_the_given_case_came_by_steps() -> None:
    played = play(HEAD + "expect: [{case: R1, history: [create]}, {case: R1, inbox_of: 代办人一}, {chain: valid}]\n")
    assert played.failed == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(HEAD + "expect: [{case: R1, state: draft}]\n", encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(HEAD + "expect: [{case: R1, state: screening}]\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("title: 试\nlocality: nowhere\n", encoding="utf-8")
    return tmp_path


def test_the_command_exits_by_the_verdict_and_writes_json(app: Flask, folder: Path) -> None:
    run = app.test_cli_runner().invoke
    good = run(args=["rehearse", str(folder / "good.yaml")])
    assert (good.exit_code, good.output.splitlines()[-1]) == (0, "ok 1 expectations")
    wrong = run(
        args=["rehearse", "--json", str(folder / "out.json"), str(folder / "wrong.yaml"), str(folder / "good.yaml")]
    )
    assert wrong.exit_code == 1
    assert "failed 1 of 1: " in wrong.output
    kept = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [result["ok"] for result in kept] == [False, True]
    assert kept[0]["checks"][0]["expected"] == "screening"
    broken = run(args=["rehearse", str(folder / "broken.yaml")])
    assert broken.exit_code == 1
    assert "第2行：“locality”只能填" in broken.output + (broken.stderr if broken.stderr_bytes else "")
