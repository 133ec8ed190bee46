"""Sheets to seal: rendered once for the whole run, and an authority to seal them with."""

from datetime import datetime
from functools import cache
from pathlib import Path

from app.crypto import KeyRing
from app.documents.render import Renderer
from app.documents.sample_story import OFFICE
from app.documents.samples import sample
from app.seals.setup import SealSetup
from app.settings import SealSettings

ORGAN = OFFICE.name


@cache
def sheet_of(key: str) -> bytes:
    """The PDF of a sample notice as the renderer makes it."""
    with Renderer() as renderer:
        return renderer.render(sample(key).to_json())


def local_seals(folder: Path, now: datetime) -> SealSetup:
    """An installation that seals by itself, its authority made."""
    folder.mkdir(parents=True, exist_ok=True)
    seals = SealSetup(SealSettings(), folder / "seals", KeyRing.load_or_create(folder / "seal-keys.json"))
    seals.authority.found(now)
    return seals
