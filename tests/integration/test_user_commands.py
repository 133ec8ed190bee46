"""`flask --app wsgi user …` (issue 2, item 10): the first account is made here; refusals are Chinese, never a trace."""

import pytest
from click.testing import Result
from flask import Flask

from app.database import write_transaction
from app.extensions import Installation
from app.models.people import Unit
from tests.support.identity import identity_number

PASSWORD = "Shifan-2026"
UNIT = "示范区示例局"


@pytest.fixture
def with_unit(app: Flask) -> Flask:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    with write_transaction(found.sessions) as session:
        session.add(Unit(uid="unit-1", name=UNIT, locality="demo"))
    return app


def run(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["user", *arguments], input=typed)


def listed(app: Flask) -> list[str]:
    return run(app, "list").output.splitlines()


def test_an_account_from_the_first_command_to_the_last(with_unit: Flask) -> None:
    created = run(with_unit, "create", "wang.ceshi", "--name", "王测试", typed=PASSWORD + "\n")
    assert created.exit_code == 0, created.output
    assert PASSWORD not in created.output
    assert listed(with_unit) == ["wang.ceshi\t王测试\t正常\t未设岗位"]
    added = run(with_unit, "post-add", "wang.ceshi", "--unit", UNIT, "--post", "clerk", "--from", "2026-09-01")
    assert added.exit_code == 0, added.output
    assert listed(with_unit) == [f"wang.ceshi\t王测试\t正常\t{UNIT} 信息提供单位经办人"]
    assert (
        run(with_unit, "post-end", "wang.ceshi", "--unit", UNIT, "--post", "clerk", "--until", "2026-09-17").exit_code
        == 0
    )
    assert run(with_unit, "disable", "wang.ceshi").exit_code == 0
    assert listed(with_unit) == ["wang.ceshi\t王测试\t已停用\t未设岗位"]
    assert run(with_unit, "enable", "wang.ceshi").exit_code == 0
    assert run(with_unit, "reset-password", "wang.ceshi", typed="Gengxin-2027\n").exit_code == 0
    assert listed(with_unit) == ["wang.ceshi\t王测试\t正常\t未设岗位"]


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (("create", "li.ceshi", "--name", "李测试"), "kurz\n", "密码不符合要求：至少8位"),
        (("create", "li.ceshi", "--name", "李测试"), "", "至少8位，现为0位"),
        (("disable", "nobody"), "", "没有账号“nobody”"),
        (("create", "li.ceshi", "--name", "李测试", "--electronic-service-on", "2026-02-30"), "", "或者没有这一天"),
        (("post-add", "li.ceshi", "--unit", UNIT, "--post", "clerk"), "", "没有账号"),
    ],
)
def test_refusals_say_what_to_mend_and_show_no_trace(
    with_unit: Flask, arguments: tuple[str, ...], typed: str, words: str
) -> None:
    result = run(with_unit, *arguments, typed=typed)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output
    assert listed(with_unit) == []


def test_an_identity_number_is_asked_for_and_not_echoed(with_unit: Flask) -> None:
    """T15: arguments stay in the shell's history."""
    number = identity_number(3)
    result = run(
        with_unit, "create", "wang.ceshi", "--name", "王测试", "--ask-identity", typed=f"{number}\n{PASSWORD}\n"
    )
    assert result.exit_code == 0, result.output
    assert number not in result.output


def test_every_post_has_a_code_and_a_name(with_unit: Flask) -> None:
    assert "officer\t信用管理部门经办人" in run(with_unit, "posts").output
