"""Notices: our sheet beside bare WeasyPrint, plain OTF fonts and headless Chromium in one run (performance 3).

Single sheets are told in processor time, all processes of a way together, so that a busy machine does not blur the
ratios; the rush of two children against one is told by the clock and wants an idle machine.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from types import TracebackType
from typing import Self

from app.documents import fonts
from app.documents.context import NoticeContext
from app.documents.font_outlines import prepared
from app.documents.pool import RendererPool
from app.documents.render import Renderer, style_sheets
from app.documents.samples import sample
from app.documents.typesetting import sheet_html
from bench.processor import resident, spent_below, spent_by
from bench.report import Line
from tests.browser.support.chromium import chromium
from workflows.catalogue import NOTICES

_BARE = Path(__file__).with_name("bare_sheets.py")
#: Of one, two and three pages.
_SAMPLES = ("extension_notice", "objection_acceptance", "objection_decision")
_WARM = 3
#: From here on memory must stay where it is.
_SETTLED = 100


def measure(rounds: int, notices: int) -> Iterator[Line]:
    """Lines for each sample and each way; `notices` are made for the line on memory."""
    for key in _SAMPLES:
        yield from _ways(key, rounds)
    yield from _together(rounds)
    yield from _memory(notices)


def _context(key: str, number: int) -> str:
    context = sample(key)
    return replace(context, number=f"示信〔2026〕{number}号", code=f"{context.code[:6]}{number:06d}").to_json()


def _html(key: str, number: int) -> str:
    return sheet_html(NoticeContext.from_json(_context(key, number)))


class Bare:
    """One warm process with WeasyPrint alone, under the same fontconfig and allocator settings as our child."""

    def __init__(self, key: str, faces: str, *, variant: str | None = None, keep: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bare-")
        folder = Path(self._folder.name)
        self._child = subprocess.Popen(
            [sys.executable, "-I", str(_BARE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=fonts.environment(folder),
            cwd=folder,
            text=True,
        )
        self._tell({"styles": [faces, *style_sheets(NOTICES[key].format)], "variant": variant, "keep": keep})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        self._child.communicate()
        self._folder.cleanup()

    def make(self, html: str) -> float:
        """Milliseconds of processor time for one sheet, as the process itself sees them."""
        self._tell(html)
        assert self._child.stdout is not None
        return float(self._child.stdout.readline().split()[0])

    def _tell(self, value: object) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(value) + "\n")
        self._child.stdin.flush()


def _ways(key: str, rounds: int) -> Iterator[Line]:
    """Every way in turns, so that what else the machine does falls on all alike; the lower quartile of each."""
    ours_faces = fonts.font_faces(prepared())
    otf_faces = fonts.font_faces({role.key: fonts.locate(role) for role in fonts.ROLES})
    with ExitStack() as stack:
        renderer = stack.enter_context(Renderer(sheets=10_000))
        bare = stack.enter_context(Bare(key, ours_faces))
        archival = stack.enter_context(Bare(key, ours_faces, variant="pdf/a-3a"))
        otf = stack.enter_context(Bare(key, otf_faces))
        anew = stack.enter_context(Bare(key, ours_faces, keep=False))
        page = stack.enter_context(chromium()).new_page()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        style = "".join(f"<style>{text}</style>" for text in (ours_faces, *style_sheets(NOTICES[key].format)))

        def print_page(number: int) -> None:
            file = folder / f"{number}.html"
            file.write_text(_html(key, number).replace("</head>", f"{style}</head>"), encoding="utf-8")
            page.goto(file.as_uri())
            page.pdf(prefer_css_page_size=True, tagged=True)

        ways: dict[str, Callable[[int], float]] = {
            "ours": lambda number: _ours(renderer, _context(key, number)),
            "bare": lambda number: bare.make(_html(key, number)),
            "archival": lambda number: archival.make(_html(key, number)),
            "otf": lambda number: otf.make(_html(key, number)),
            "anew": lambda number: anew.make(_html(key, number)),
            "chromium": lambda number: _below(lambda: print_page(number)),
        }
        took = _in_turns(ways, rounds)
    ours = took["ours"]
    yield Line(f"{key}: ours / bare WeasyPrint, plain PDF", ours, took["bare"], "ms (goal 1.15)")
    yield Line(f"{key}: ours / bare WeasyPrint, PDF/A-3a too", ours, took["archival"], "ms")
    yield Line(f"{key}: ours / bare with plain OTF fonts", ours, took["otf"], "ms")
    yield Line(f"{key}: ours / everything made anew", ours, took["anew"], "ms")
    # The goal was set on one page; longer sheets are told for comparison.
    yield Line(
        f"{key}: Chromium / ours, both warm", took["chromium"], ours, "ms (goal 7.00)" if key == _SAMPLES[0] else "ms"
    )


def _in_turns(ways: dict[str, Callable[[int], float]], rounds: int) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(1, rounds + _WARM + 1):
        for name, way in ways.items():
            ms = way(number)
            if number > _WARM:
                took[name].append(ms)
    return {name: quantiles(found, n=4)[0] for name, found in took.items()}


def _ours(renderer: Renderer, context: str) -> float:
    """Parent (values, template, typesetting, QR, checks) and child together."""
    child, parent = spent_by(renderer.pid), time.thread_time()
    renderer.render(context)
    return (time.thread_time() - parent) * 1000 + spent_by(renderer.pid) - child


def _below(act: Callable[[], object]) -> float:
    """What everything below this process spends on it."""
    before = spent_below(os.getpid())
    act()
    return spent_below(os.getpid()) - before


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _together(rounds: int) -> Iterator[Line]:
    """A rush made by two children beside the same rush made by one, in turns; both warm, the best of each."""
    contexts = [_context(_SAMPLES[0], number) for number in range(2 * rounds)]
    best = {1: 0.0, 2: 0.0}
    pool = RendererPool(2, sheets=10_000)
    with ThreadPoolExecutor(1) as alone, ThreadPoolExecutor(2) as both:
        list(both.map(pool.render, contexts[:8]))
        for _ in range(4):
            for hands, threads in ((1, alone), (2, both)):
                best[hands] = max(best[hands], len(contexts) / _rush(threads, pool, contexts))
    pool.stop()
    yield Line(f"{_SAMPLES[0]}: two children / one", best[2], best[1], "per second (goal 1.80)")


def _rush(threads: ThreadPoolExecutor, pool: RendererPool, contexts: list[str]) -> float:
    """Seconds for all of them."""
    return _timed(lambda: list(threads.map(pool.render, contexts))) / 1000


def _memory(notices: int) -> Iterator[Line]:
    """Resident memory of one child that is not replaced, once it has settled and at the end."""
    settled = min(_SETTLED, notices // 2)
    with Renderer(sheets=notices + 1) as renderer:
        before = 0.0
        for number in range(1, notices + 1):
            renderer.render(_context(_SAMPLES[number % len(_SAMPLES)], number))
            if number == settled:
                before = resident(renderer.pid)
        after = resident(renderer.pid)
    yield Line(f"memory after {notices:,} notices / after {settled}", after, before, "MB (goal 0.95 to 1.05)")
