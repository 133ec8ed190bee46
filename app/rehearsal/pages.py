"""The shipped scenarios as pages of the documentation: what each one shows, and what happened when it was played."""

from pathlib import Path

from app.rehearsal.loading import load_script
from app.rehearsal.player import Played
from app.rehearsal.script import Script
from app.rehearsal.telling import told
from app.settings import ROOT
from workflows.rules import load_locality

SCENARIOS = ROOT / "scenarios"
PAGES = ROOT / "docs" / "scenarios"
INDEX = "README.md"


def shipped() -> list[Path]:
    """The scenario files that ship, in the order of their names; the demo is none of them."""
    return sorted(SCENARIOS.glob("*.yaml"))


def page(file: Path, played: Played) -> str:
    """The page of one scenario with its time line and its terms."""
    script = played.script
    lines = [f"# {script.title}", "", script.about, ""] if script.about else [f"# {script.title}", ""]
    lines += [f"地区：{_place(script)}。要求：{'、'.join(script.covers) or '—'}。脚本：`scenarios/{file.name}`。", ""]
    lines += ["```text", *list(told(played))[1:], "```", ""]
    return "\n".join(lines)


def index() -> str:
    """How scenarios are written (scenarios/README.md), and the list of those that ship."""
    rows = [(file, load_script(file)) for file in shipped()]
    lines = [
        (SCENARIOS / INDEX).read_text(encoding="utf-8"),
        "## 自带的脚本",
        "",
        "| 脚本 | 地区 | 说明 | 要求 |",
        "|---|---|---|---|",
    ]
    for file, script in rows:
        covers = "、".join(script.covers)
        lines.append(f"| [{script.title}]({file.stem}.md) | {_place(script)} | {script.about} | {covers} |")
    return "\n".join([*lines, ""])


def _place(script: Script) -> str:
    return load_locality(script.locality).name
