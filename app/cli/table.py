"""Plain tables for the terminal, where a Chinese character takes two columns."""

from collections.abc import Sequence
from unicodedata import east_asian_width


def width(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table with its head; columns are as wide as their widest cell."""
    widths = [max(width(line[place]) for line in (head, *rows)) for place in range(len(head))]
    return [_line(line, widths) for line in (head, ["-" * wide for wide in widths], *rows)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=True))
    return "  " + "  ".join(padded).rstrip()
