"""Lists as they go out in a file: page after page, each as it is read for the screen, and never without an end."""

from collections.abc import Callable, Sequence
from typing import TypeVar

#: Rows of one file; a list that is longer is cut off, and says so.
MOST_EXPORTED = 20_000
#: Rows that are read at once: each page has its own few questions.
AT_ONCE = 500

Row = TypeVar("Row")
Place = TypeVar("Place")


def whole_list(
    read: Callable[[Place | None], tuple[Sequence[Row], Place | None]],
) -> tuple[list[Row], bool]:
    """Every row of a list from its beginning, at most MOST_EXPORTED, and whether there are more.

    Args:
        read: the page after a place of the list, None for the first, with the place of the next, None on the last.
    """
    rows: list[Row] = []
    place: Place | None = None
    while True:
        page, place = read(place)
        rows += page
        if place is None or len(rows) > MOST_EXPORTED:
            return rows[:MOST_EXPORTED], len(rows) > MOST_EXPORTED
