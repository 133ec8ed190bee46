"""What must hold for every file of the project."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.source_tree import ROOT, name_of, numbered_lines, python_files, text_files

MOST_LINES = 400

UNFINISHED = re.compile(r"\b(TODO|FIXME)\b")
"""Unfinished work is an issue, not a comment."""

FOREIGN_PLACE = re.compile(
    r"/(?:root|work|home/\w+|Users/\w+)/|/tmp/\w*jobs|/opt/(?:pypi|wheels)"
    r"|\bpypi\.org\b|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org|(?:extra-)?index-url\s*[= ]\s*\S*//"
)
"""A path of one machine, or the address of a package registry: neither means anything to the next person."""

OWN_NAME = name_of(Path(__file__))


def findings(pattern: re.Pattern[str]) -> list[str]:
    """Places where `pattern` occurs in any text file but this one."""
    return [
        f"{name_of(path)}:{number}: {line.strip()[:80]}"
        for path in text_files()
        if name_of(path) != OWN_NAME
        for number, line in numbered_lines(path)
        if pattern.search(line)
    ]


def test_no_python_file_is_longer_than_400_lines() -> None:
    lengths = {name_of(path): sum(1 for _ in numbered_lines(path)) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_nothing_is_left_for_later() -> None:
    assert findings(UNFINISHED) == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert findings(FOREIGN_PLACE) == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path) for path in python_files() if not path.read_text(encoding="utf-8").startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_every_folder_with_python_is_a_package() -> None:
    """The import rules do not see a folder without `__init__.py`, and would pass over it in silence."""
    folders = {path.parent for path in python_files("app", "workflows", "tests", "bench")}
    assert sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_migrations_stand_in_one_row_by_the_numbers_of_their_files() -> None:
    """Two of one number, made at the same time, load as if one of them did not exist."""
    known = re.compile(r'^revision = "(\w+)"$.*?^down_revision = (?:"(\w+)"|None)$', re.MULTILINE | re.DOTALL)
    rows = []
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        found = known.search(path.read_text(encoding="utf-8"))
        assert found is not None, path.name
        rows.append((path.name[:4], found[1], found[2]))
    names = [name for name, _revision, _after in rows]
    assert rows == list(zip(names, names, [None, *names[:-1]], strict=True))


def test_both_lock_files_hold_a_hash_for_every_package() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8"))
        packages = [entry for entry in entries if "==" in entry]
        assert len(packages) > 20
        assert [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_every_declared_dependency_is_locked() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for dependencies, lock in (
        (declared["project"]["dependencies"], "requirements.lock"),
        (declared["project"]["dependencies"] + declared["dependency-groups"]["dev"], "requirements-dev.lock"),
    ):
        locked = set(re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE))
        names = {re.split(r"[^\w.-]", dependency, maxsplit=1)[0] for dependency in dependencies}
        assert names - locked == set(), f"{lock} is out of date: run `make lock`"


@pytest.mark.parametrize(
    "line",
    ["see /home/somebody/app", "--index-url https://mirror.example/simple", "# from https://pypi.org/project/flask"],
)
def test_the_check_sees_a_foreign_place(line: str) -> None:
    assert FOREIGN_PLACE.search(line)


@pytest.mark.parametrize("line", ["# TODO later", "<!-- FIXME -->"])
def test_the_check_sees_unfinished_work(line: str) -> None:
    assert UNFINISHED.search(line)
