"""Seals: what the own seal adds to making a notice (goal: at most 40 ms), what checking one costs (performance 3)."""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from app.crypto import KeyRing
from app.documents.render import Renderer
from app.documents.sample_story import OFFICE
from app.documents.samples import sample
from app.seals.provider import SealRequest
from app.seals.setup import SealSetup
from app.seals.validate import check_sheet
from app.settings import SealSettings
from bench.report import Line

_GOAL_MS = 40.0
_SAMPLES = ("extension_notice", "objection_decision")
_WARM = 3
_WHEN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def measure(rounds: int) -> Iterator[Line]:
    """Lines for a short and a long notice."""
    with tempfile.TemporaryDirectory(prefix="seals-") as folder, Renderer() as renderer:
        keys = KeyRing.load_or_create(Path(folder) / "keys.json")
        seals = SealSetup(SealSettings(), Path(folder) / "seals", keys)
        seals.authority.found(_WHEN)
        for key in _SAMPLES:
            yield from _lines(key, seals, renderer, rounds)


def _lines(key: str, seals: SealSetup, renderer: Renderer, rounds: int) -> Iterator[Line]:
    context, roots = sample(key).to_json(), seals.roots
    sheet = renderer.render(context)
    sealed = seals.provider.seal(SealRequest(sheet, OFFICE.name), _WHEN)
    bare, both, alone, checked = _together(
        [
            lambda: renderer.render(context),
            lambda: seals.provider.seal(SealRequest(renderer.render(context), OFFICE.name), _WHEN),
            lambda: seals.provider.seal(SealRequest(sheet, OFFICE.name), _WHEN),
            lambda: check_sheet(sealed, roots),
        ],
        rounds,
    )
    yield Line(f"{key}: rendered and sealed | rendered", both, bare, "ms")
    yield Line(f"{key}: sealing alone | goal", alone, _GOAL_MS, "ms")
    yield Line(f"{key}: checking a sealed sheet", checked, None, "ms")
    yield Line(f"{key}: sealed | unsealed", len(sealed) / 1024, len(sheet) / 1024, "KiB")


def _together(ways: list[Callable[[], object]], rounds: int) -> list[float]:
    """The median of each way in ms; they take turns, so that whatever else the machine does hits all alike."""
    taken: list[list[float]] = [[] for _ in ways]
    for turn in range(rounds + _WARM):
        for place, way in enumerate(ways):
            begun = time.perf_counter()
            way()
            if turn >= _WARM:
                taken[place].append((time.perf_counter() - begun) * 1000)
    return [median(times) for times in taken]
