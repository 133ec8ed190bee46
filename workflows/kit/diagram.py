"""A procedure as a picture: Graphviz for pages and documents, Mermaid text for reviews, a list that always works.

State keys are ASCII, labels Chinese; acts that stay within their state are left out of the pictures.
"""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from workflows.kit.definition import OPENING, Phase, State, Workflow
from workflows.kit.soundness_names import destinations
from workflows.roles import Capacity

#: Ways that a case took from state to state, by keys.
WayTaken = frozenset[tuple[str, str]]
#: Gives a Chinese label in another language.
Say = Callable[[str], str]
_SECONDS = 20
#: So many pictures are kept; one takes about 30 kB.
_KEPT = 256
_FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"
_COLOURS = {Phase.OPEN: "#ffffff", Phase.DECIDED: "#e8f0fa", Phase.CLOSED: "#eeeeee"}
_LIT = "#0b4a8f"


@dataclass(frozen=True)
class Line:
    """All steps between two states; `automatic` if no person takes any of them."""

    source: State
    to: State
    labels: tuple[str, ...]
    automatic: bool


@dataclass(frozen=True)
class OutlineState:
    """One state of the list form, with the ways that lead out of it."""

    state: State
    lit: bool
    onward: tuple[Line, ...]
    passed: bool = False


def lines(workflow: Workflow) -> tuple[Line, ...]:
    """The moves of a procedure from state to state, those between the same two states together."""
    return tuple(_lines(workflow))


def _lines(workflow: Workflow) -> Iterator[Line]:
    for source in (OPENING, *workflow.states):
        steps = workflow.steps_from(source.key)
        targets = dict.fromkeys(to for step in steps for to in destinations(step, source) if to is not source)
        for to in targets:
            taken = [step for step in steps if to in destinations(step, source)]
            automatic = all(step.by == {Capacity.SYSTEM} for step in taken)
            yield Line(source, to, tuple(dict.fromkeys(step.label for step in taken)), automatic)


def outline(workflow: Workflow, lit: str = "", taken: WayTaken = frozenset()) -> tuple[OutlineState, ...]:
    """The list form: every state in the order of the table with its ways out; `lit` and those passed marked."""
    found, passed = lines(workflow), {state for way in taken for state in way}
    return tuple(
        OutlineState(
            state, state.key == lit, tuple(line for line in found if line.source is state), state.key in passed
        )
        for state in workflow.states
    )


def mermaid(workflow: Workflow) -> str:
    """The procedure as a Mermaid state diagram with ASCII names and Chinese labels."""
    text = ["stateDiagram-v2", "    direction LR"]
    text += [f"    {state.key}: {state.label}" for state in workflow.states]
    for line in lines(workflow):
        source = "[*]" if line.source is OPENING else line.source.key
        text.append(f"    {source} --> {line.to.key}: {'、'.join(line.labels)}")
    text += [f"    {state.key} --> [*]" for state in workflow.states if state.phase is Phase.CLOSED]
    return "\n".join(text) + "\n"


def dot_source(workflow: Workflow, lit: str = "", taken: WayTaken = frozenset(), say: Say = str) -> str:
    """The procedure in the language of Graphviz.

    Args:
        lit: the present state, filled.
        taken: the way that a case has taken, drawn in blue; automatic moves are dashed.
        say: gives a label in the language of the reader.
    """
    passed = {state for way in taken for state in way}
    text = [
        f'digraph "{workflow.key}" {{',
        '  graph [rankdir=TB, nodesep=0.35, ranksep=0.55, bgcolor="transparent"];',
        f'  node [shape=box, style="rounded,filled", fontname="{_FONT}", fontsize=12, color="#666666"];',
        f'  edge [fontname="{_FONT}", fontsize=10, color="#666666", fontcolor="#333333", arrowsize=0.7];',
        f'  {OPENING.key} [label="", shape=circle, width=0.15, fillcolor="#333333"];',
    ]
    for state in workflow.states:
        now = state.key == lit
        fill, words = (_LIT, "#ffffff") if now else (_COLOURS[state.phase], "#111111")
        width = 2 if state.phase is Phase.CLOSED else 1
        border = f', color="{_LIT}", penwidth=2' if state.key in passed and not now else ""
        text.append(
            f'  {state.key} [label="{_plain(say(state.label))}", fillcolor="{fill}", fontcolor="{words}", '
            f"peripheries={width}{border}];"
        )
    for line in lines(workflow):
        style = ', style="dashed"' if line.automatic else ""
        if (line.source.key, line.to.key) in taken:
            style += f', color="{_LIT}", fontcolor="{_LIT}", penwidth=2.5'
        label = "\\n".join(_plain(say(label)) for label in line.labels)
        text.append(f'  {line.source.key} -> {line.to.key} [label="{label}"{style}];')
    return "\n".join([*text, "}"]) + "\n"


def digest(workflow: Workflow) -> str:
    """What a drawn picture must carry to be that of the present table."""
    return hashlib.sha256(dot_source(workflow).encode()).hexdigest()


def svg(workflow: Workflow, lit: str = "", taken: WayTaken = frozenset(), say: Say = str) -> str | None:
    """The picture as an SVG element to stand in a page, or None where Graphviz is not installed or does not answer.

    It starts with a comment that holds the digest of the table it shows. It has no style and no script, so that the
    strictest policy lets it stand. For the arguments see `dot_source`.
    """
    dot = shutil.which("dot")
    if dot is None:
        return None
    try:
        drawn = _drawn(dot, dot_source(workflow, lit, taken, say))
    except (subprocess.SubprocessError, OSError):
        return None
    label = escape(say(f"{workflow.label}流程图"))
    return f"<!-- {digest(workflow)} -->\n" + drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


@lru_cache(maxsize=_KEPT)
def _drawn(dot: str, source: str) -> str:
    """What Graphviz makes of a source, kept under the source itself: equal pictures are drawn once.

    Raises:
        SubprocessError, OSError: it could not be drawn; that is not kept.
    """
    drawn = subprocess.run(
        [dot, "-Tsvg"], input=source, capture_output=True, text=True, encoding="utf-8", timeout=_SECONDS, check=True
    ).stdout
    # The titles hold the keys of the table and would show as tips.
    return re.sub(r"<!--.*?-->\n?|<title>.*?</title>\n?", "", drawn[drawn.index("<svg") :], flags=re.DOTALL)


def _plain(label: str) -> str:
    """A label that ends no string of Graphviz's language."""
    return label.replace("\\", "").replace('"', "'")
