"""The examples of docs/api.md are run as they stand there, against a listening server, and answer what it says."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import MovableClock
from app.extensions import Installation
from app.models.cases import Case
from app.services.files import store_bytes
from app.services.outbox import Claim, drain
from app.services.outgoing import Outgoing
from app.services.webhook_delivery import deliver
from tests.browser.support.server import serving
from tests.support.examples import Example, demand_answer, examples_in, fits
from tests.support.listening import Receiver, receiver
from tests.support.programs import V1, Program, program_of
from tests.support.uploads import PDF
from tests.support.web_world import world_on
from tests.support.world import World
from workflows.kit.context import SYSTEM

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
#: Addresses of the page, for which the test has others: the product, and the system that is told of steps.
PRODUCT, TOLD = "https://chengxin.example.gov.cn", "https://finance.example.gov.cn/zhengcheng"
_END = "-- end of an example --"


@dataclass
class Running:
    """The product as it listens, with a program of a unit and somebody who is told."""

    world: World
    own: Installation
    program: Program
    receiver: Receiver
    address: str
    folder: Path

    def with_addresses(self, code: str) -> str:
        assert PRODUCT + V1 in PAGE
        return code.replace(PRODUCT, self.address).replace(TOLD, self.receiver.url)

    def run(self, *command: str) -> str:
        folders = [str(Path(sys.executable).parent), os.environ["PATH"]]
        environment = {
            "PATH": os.pathsep.join(folders),
            "TOKEN": self.program.token,
            "PYTHONUTF8": "1",
            "no_proxy": "*",
        }
        # The product listens on this machine: not by way of whatever proxy stands before the net.
        ran = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert ran.returncode == 0, (ran.returncode, ran.stdout, ran.stderr)
        return ran.stdout


@pytest.fixture
def running(sqlite_app: Flask, clock: MovableClock, tmp_path: Path) -> Iterator[Running]:
    own: Installation = sqlite_app.extensions["zhengcheng"]
    world = world_on(sqlite_app, clock)
    _seal_with_bytes(world, own)
    world.objection_in("verifying")
    (tmp_path / "evidence.pdf").write_bytes(PDF)
    with receiver() as listening, serving(sqlite_app) as address:
        object.__setattr__(own.settings, "webhook_hosts", (listening.host,))
        yield Running(world, own, program_of(sqlite_app, world), listening, address, tmp_path)


def test_the_examples_with_curl_and_python_answer_what_the_page_says(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 4.7: token, lists, ETag, steps under a key, files, problems, sheets; and the signature of what is told."""
    examples, [told] = examples_in(PAGE)
    said = dict(_run_shell(running, [one for one in examples if one.language == "bash"]))
    scripts = [one for one in examples if one.language == "python"]
    [check] = [one for one in scripts if "def is_ours" in one.code]
    for script in scripts:
        if script is not check:
            demand_answer(script, running.run(sys.executable, "-c", running.with_addresses(script.code)))
    assert {one.language for one in examples} == {"console", "bash", "python"}
    assert sum(bool(one.kind) for one in examples) >= 15

    _tell(running)
    secret = next(json.loads(answer)["secret"] for code, answer in said.items() if "/webhooks" in code)
    names: dict[str, Any] = {}
    exec(compile(check.code, "docs/api.md", "exec"), names)
    monkeypatch.setattr(time, "time", lambda: running.world.clock().timestamp())
    assert {json.loads(body)["step"] for _, body in running.receiver.came} == {"create", "edit", "submit"}
    for headers, body in running.receiver.came:
        assert names["is_ours"](secret, headers, body)
        assert not names["is_ours"](secret, headers, body.replace(b"record", b"repair"))
        late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)}
        assert not names["is_ours"](secret, late, body)
    assert any(fits(told, json.loads(body)) for _, body in running.receiver.came)


def test_a_page_that_says_something_else_is_found_out() -> None:
    """The check itself: a value, a missing field, an element of a list, and text may not differ."""
    came = {"a": "甲乙", "b": [{"c": 1}, {"c": 2}], "d": None}
    assert fits({"a": "甲…", "b": [{"c": 2}], "d": None}, came)
    for wrong in ({"a": "乙…"}, {"e": "…"}, {"b": [{"c": 3}]}, {"d": False}, {"b": "…"}, {"a": ["…"]}):
        assert not fits(wrong, came), wrong
    example = Example("bash", "echo 2", "text", "1\n")
    with pytest.raises(AssertionError):
        demand_answer(example, "2\n")


def _run_shell(running: Running, examples: list[Example]) -> Iterator[tuple[str, str]]:
    """The blocks in one shell, as a reader would type them; what each said."""
    parts = [f"{running.with_addresses(one.code)}\necho; echo '{_END}'\n" for one in examples]
    answers = running.run("bash", "-euo", "pipefail", "-c", "\n".join(parts)).split(_END)[:-1]
    assert len(answers) == len(examples)
    for example, answer in zip(examples, answers, strict=True):
        demand_answer(example, answer)
        yield example.code, answer


def _seal_with_bytes(world: World, own: Installation) -> None:
    """Let the notices of the world have a stored sheet, so that it can be fetched."""

    def issue(notice_id: int) -> None:
        content = PDF + str(notice_id).encode()
        with own.database.write() as session:
            store_bytes(session, own.settings.files_dir, content, "application/pdf", world.clock())
            uid, state = session.execute(select(Case.uid, Case.state).where(Case.id == notice_id)).one()
        if state == "sealing":
            world.step(SYSTEM, "issue", uid, {"sha256": hashlib.sha256(content).hexdigest()})

    world.issue = issue  # type: ignore[method-assign]


def _tell(running: Running) -> None:
    """Work what is due in the outbox for the addresses, as the job does."""
    outgoing = Outgoing(running.own.settings.webhook_hosts)

    def tell(claim: Claim) -> None:
        deliver(running.own.backend, outgoing, claim, running.world.clock())

    drain(
        running.own.backend,
        running.world.clock,
        {"webhook": tell, "seal": lambda _: None, "remind": lambda _: None},
        limit=20,
    )
