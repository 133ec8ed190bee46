"""`flask --app wsgi start` as a person runs it: real processes on an empty folder (issue 2, item 1)."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from app.settings import ROOT
from tests.support.waiting import eventually


def command(folder: Path, *arguments: str, **settings: str) -> tuple[list[str], dict[str, str]]:
    """A command line on a data folder of its own, and its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZHENGCHENG_", "FLASK_"))}
    environment |= {"ZHENGCHENG_DATA_DIR": str(folder), "ZHENGCHENG_RENDERER": "text", "PYTHONUNBUFFERED": "1"}
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments], environment | settings


@contextmanager
def started(folder: Path, port: int, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A running `start` and the file of what it prints."""
    printed = folder.with_suffix(".log")
    line, environment = command(folder, "start", *options, ZHENGCHENG_PORT=str(port))
    with printed.open("wb") as output:
        process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            yield process, printed
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=20)


def answer(port: int, path: str) -> str:
    """What the server says; nothing while it does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
            text: str = response.read().decode()
            return text
    except (URLError, OSError):
        return ""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(folder, *arguments)
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_from_an_empty_folder_to_a_server_and_again_with_its_data(tmp_path: Path, port: int) -> None:
    """The first start makes the demo, prints URL and logins and runs the jobs; the second keeps everything."""
    folder = tmp_path / "kept"
    with started(folder, port) as (process, printed):
        eventually(lambda: '"sweep":"ok"' in answer(port, "/readyz"), 180)
        text = printed.read_text(encoding="utf-8")
        assert f"http://127.0.0.1:{port}" in text
        assert re.search(r"信用管理部门经办人\s+\w+", text)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
    assert "Traceback" not in printed.read_text(encoding="utf-8")
    before = run(folder, "user", "list").stdout
    with started(folder, port) as (process, _printed):
        took = eventually(lambda: answer(port, "/healthz"), 60)
        process.terminate()
        assert process.wait(timeout=15) == 0
    assert took < 20, "5 s on an idle machine; the tests leave it room on a busy one"
    assert run(folder, "user", "list").stdout == before
    findings = json.loads(run(folder, "doctor", "--deep", "--json").stdout)
    # The calendar depends on the day on which the test runs: a year without its notice is a fault.
    assert [one for one in findings if one["verdict"] == "fault" and one["name"] != "工作日历"] == []


def test_a_port_that_is_taken_is_passed_over(tmp_path: Path, port: int) -> None:
    """The next free one is used, and said."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with started(tmp_path / "kept", port, "--no-demo") as (_process, printed):
            eventually(lambda: "政诚已启动" in printed.read_text(encoding="utf-8"), 180)
            text = printed.read_text(encoding="utf-8")
    assert f"端口 {port} 已被占用，改用 " in text
    used = int(re.findall(r"改用 (\d+)", text)[0])
    assert f"http://127.0.0.1:{used}" in text


def test_production_starts_without_demo_and_never_on_a_demo_database(tmp_path: Path) -> None:
    """Architecture 4: a demo takes moved clocks; what is real is never kept in one."""
    settings = {"ZHENGCHENG_ENVIRONMENT": "production", "ZHENGCHENG_BASE_URL": "https://zc.example.gov.cn"}
    line, environment = command(tmp_path / "kept", "start", "--demo", ZHENGCHENG_RENDERER="pdf", **settings)
    refused = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert refused.returncode == 1
    assert "不得生成演示数据" in refused.stderr


def test_a_worker_runs_beside_and_stops_when_told(tmp_path: Path) -> None:
    """Production: web processes run no jobs, workers do (architecture 6)."""
    folder = tmp_path / "kept"
    assert run(folder, "db", "upgrade").returncode == 0
    line, environment = command(folder, "worker")
    process = subprocess.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: '"detail": "后台任务正在运行' in run(folder, "doctor", "--json").stdout, 60)
    finally:
        process.terminate()
    assert process.wait(timeout=15) == 0


def test_a_real_installation_is_prepared_without_a_demo_and_again_without_harm(tmp_path: Path) -> None:
    """Tables, calendar, rules and organs of the localities it serves; nobody in it yet (issue 2, items 4 and 10)."""
    folder = tmp_path / "kept"
    first = run(folder, "prepare", "yancheng")
    assert first.returncode == 0, first.stderr
    assert "盐城市" in run(folder, "rules", "list").stdout
    assert run(folder, "user", "list").stdout == ""
    assert "未作改动" in run(folder, "prepare", "yancheng").stdout
    unknown = run(folder, "prepare", "atlantis")
    assert unknown.returncode == 1
    assert "没有“atlantis”的规则" in unknown.stderr
