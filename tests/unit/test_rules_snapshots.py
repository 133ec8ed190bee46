"""The resolved rule sets as text files, so that a change of law is seen line by line in review (R148)."""

import os
from pathlib import Path

import pytest

from workflows.rules import load_locality, localities
from workflows.rules.table import readable

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "rules"


@pytest.mark.parametrize("locality", localities())
def test_the_resolved_rules_are_those_that_were_reviewed(locality: str) -> None:
    """R148: write them anew with ZHENGCHENG_WRITE_SNAPSHOTS=1 and have the difference reviewed."""
    path = SNAPSHOTS / f"{locality}.txt"
    now = readable(load_locality(locality))
    if os.environ.get("ZHENGCHENG_WRITE_SNAPSHOTS") == "1":
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


def test_every_locality_has_a_snapshot_and_nothing_else_lies_there() -> None:
    """R8: a locality that is dropped leaves no file behind."""
    assert {path.stem for path in SNAPSHOTS.iterdir()} == set(localities())
