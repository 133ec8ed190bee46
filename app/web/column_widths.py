"""How wide the columns of a list are, in letters: as wide as what is in them, and together no wider than a page."""

from collections.abc import Iterable, Sequence

from app.workbooks.values import Value, words_of

#: Beside the text: the frame, and in the head the arrow of the filter.
_BESIDE, _ARROW = 2, 2
_NARROWEST = 6
#: The longest line of a column before it is wrapped: the first of these with which a page holds all columns.
_LONGEST = (60, 48, 40, 32, 26, 20)
#: So many letters go across a page; with more, everything is printed smaller.
_PAGE = 150
#: A head of more letters than this is wrapped.
_HEAD = 8


def widths_of(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> list[int]:
    """The width of each column."""
    natural = [min(wide(name), _HEAD) + _ARROW for name in head]
    for row in rows:
        for column, value in enumerate(row[: len(head)]):
            if value is not None and value != "":
                natural[column] = max(natural[column], wide(words_of(value)))
    for longest in _LONGEST:
        widths = [max(min(one, longest) + _BESIDE, _NARROWEST) for one in natural]
        if sum(widths) <= _PAGE:
            break
    return widths


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a cell of this width."""
    return max(1, -int(-wide(text) // max(width - _BESIDE, 1)))


def wide(text: str) -> int:
    """The longest line of a text in letters; a Chinese character is as wide as two, as it is long in GBK."""
    return max((len(line.encode("gbk", "replace")) for line in text.split("\n")), default=0)
