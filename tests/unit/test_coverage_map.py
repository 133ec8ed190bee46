"""The list of requirements and what proves them is true and fresh."""

from tests.support.coverage_map import PAGE, named_in, page, requirements

KNOWN = frozenset({"R33", "R34", "R35", "B01", "B02", "S01"})


def test_every_requirement_is_listed_once() -> None:
    keys = [key for key, _, _ in requirements()]
    assert len(keys) == len(set(keys))
    assert {f"R{number}" for number in range(1, 153)} <= set(keys)
    assert "B09" not in keys


def test_ids_are_found_alone_and_in_ranges() -> None:
    assert named_in("filed (R33–R35) on B1, not XR34 or R3", KNOWN) == {"R33", "R34", "R35", "B01"}
    assert named_in("nothing here", KNOWN) == set()


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.support.coverage_map"
