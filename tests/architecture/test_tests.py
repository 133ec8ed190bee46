"""Tests must be able to fail: each one asserts something, none is skipped, none waits for a fixed time."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.source_tree import name_of, parse, python_files

ASSERTING_NAME = re.compile(r"^_?(assert|expect)(_|$)")
"""Functions that check for the test, `expect(page).to_have_title(…)` of Playwright among them."""

NOT_RUN = {"skip", "skipif", "importorskip", "xfail"}


def idle_tests(tree: ast.Module) -> list[str]:
    """Names of test functions that cannot fail by an assertion."""
    return [
        function.name for function in _functions(tree) if function.name.startswith("test") and not _asserts(function)
    ]


def unrun_tests(tree: ast.Module) -> list[int]:
    """Lines that skip a test or expect it to fail, through `pytest` or `unittest`."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in NOT_RUN]


def fixed_waits(tree: ast.Module) -> list[int]:
    """Lines that wait for a fixed time instead of for a condition."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) in {"sleep", "wait_for_timeout"}
    ]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _asserts(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and (_called(node) == "raises" or ASSERTING_NAME.match(_called(node))))
        for node in ast.walk(function)
    )


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("check", [idle_tests, unrun_tests, fixed_waits])
def test_every_test_of_ours_runs_and_can_fail(check: Callable[[ast.Module], list[object]]) -> None:
    found = [f"{name_of(path)}: {finding}" for path in python_files("tests") for finding in check(parse(path))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    assert 1",
        "def test_a():\n    with pytest.raises(ValueError):\n        f()",
        "def test_a():\n    assert_sound(table)",
        "def test_a(page):\n    expect(page).to_have_title('x')",
        "class TestA:\n    async def test_a(self):\n        for x in y:\n            assert x",
    ],
)
def test_an_assertion_is_seen(source: str) -> None:
    assert idle_tests(ast.parse(source)) == []


def test_a_test_without_assertion_is_seen() -> None:
    assert idle_tests(ast.parse("def test_a():\n    run()\ndef helps():\n    pass")) == ["test_a"]


def test_a_skipped_test_is_seen() -> None:
    assert unrun_tests(ast.parse("@pytest.mark.skip\ndef test_a():\n    assert 1")) == [1]


def test_a_fixed_wait_is_seen() -> None:
    assert fixed_waits(ast.parse("import time\ntime.sleep(1)\nsleep(2)\npage.wait_for_timeout(3)")) == [2, 3, 4]
