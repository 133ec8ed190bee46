"""There is exactly one way to change a case: the unit of work commits, the engine sets the state.

Whatever the tables promise about the course of a case rests on this: nothing moves a case past its table.
"""

import ast

import pytest

from tests.support.source_tree import name_of, parse, python_files

PRODUCT = ("app", "workflows", "wsgi.py")
COMMITS = {"app/services/unit_of_work.py"}
BEGINS = COMMITS | {"app/database.py"}
"""`app.database` migrates, and has the one small transaction for what is no case (sign-ins, the access log)."""
SETS_STATE = {"workflows/kit/engine.py"}


def calls_of_methods(tree: ast.Module, *names: str) -> list[int]:
    """Lines that call a method of one of these names, on whatever object."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def transaction_ends(tree: ast.Module) -> list[int]:
    """Lines that end a transaction."""
    return calls_of_methods(tree, "commit", "rollback")


def transaction_beginnings(tree: ast.Module) -> list[int]:
    """Lines that begin one; `with session.begin():` commits without the word."""
    return calls_of_methods(tree, "begin", "begin_nested")


def state_changes(tree: ast.Module) -> list[int]:
    """Lines that set a `state`: by assignment, setattr, or in an UPDATE (`values(state=…)`, `update({"state": …})`)."""
    expressions = (node for node in ast.walk(tree) if isinstance(node, ast.expr))
    return sorted(node.lineno for node in expressions if _stores_state(node) or _sets_state(node))


def _stores_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "state" and not isinstance(node.ctx, ast.Load)


def _sets_state(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call):
        return False
    if isinstance(call.func, ast.Name) and call.func.id == "setattr":
        return len(call.args) > 1 and _is_word_state(call.args[1])
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"values", "update"}:
        return False
    by_keyword = any(keyword.arg == "state" for keyword in call.keywords)
    by_mapping = any(
        key is not None and (_is_word_state(key) or (isinstance(key, ast.Attribute) and key.attr == "state"))
        for argument in call.args
        if isinstance(argument, ast.Dict)
        for key in argument.keys
    )
    return by_keyword or by_mapping


def _is_word_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def test_only_the_unit_of_work_ends_a_transaction() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files(*PRODUCT)
        if name_of(path) not in COMMITS
        for line in transaction_ends(parse(path))
    ]
    assert found == []


def test_only_two_modules_begin_a_transaction() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files(*PRODUCT)
        if name_of(path) not in BEGINS
        for line in transaction_beginnings(parse(path))
    ]
    assert found == []


def test_only_the_engine_sets_a_state() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files(*PRODUCT)
        if name_of(path) not in SETS_STATE
        for line in state_changes(parse(path))
    ]
    assert found == []


@pytest.mark.parametrize("source", ["session.commit()", "db.session.rollback()", "with a as b:\n    b.inner.commit()"])
def test_the_check_sees_a_transaction_ended(source: str) -> None:
    assert len(transaction_ends(ast.parse(source))) == 1


def test_the_check_sees_a_transaction_begun() -> None:
    assert transaction_beginnings(ast.parse("with session.begin():\n    session.begin_nested()")) == [1, 2]


@pytest.mark.parametrize(
    "source",
    [
        "case.state = 'decided'",
        "case.state: str = 'decided'",
        "case.state += 'x'",
        "a.state, b = 'decided', 1",
        "setattr(case, 'state', 'decided')",
        "update(Case).where(Case.id == 1).values(state='decided')",
        "query.update({'state': 'decided'})",
        "query.update({Case.state: 'decided'})",
        "del case.state",
    ],
)
def test_the_check_sees_a_state_set(source: str) -> None:
    assert state_changes(ast.parse(source)) == [1]


@pytest.mark.parametrize(
    "source", ["case.state == 'decided'", "states.update({'status': 1})", "Event(state=case.state)"]
)
def test_reading_a_state_is_free(source: str) -> None:
    assert state_changes(ast.parse(source)) == []
