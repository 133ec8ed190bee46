"""Text that a spreadsheet would take for a formula: marked on its way out, unmarked on its way in (trust 1.10)."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝")


def safe_cell(text: str) -> str:
    """The text, with a leading `'` where a spreadsheet would begin to calculate.

    Also where it would begin behind such a mark, so that `unmarked` gives every text back as it was.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unmarked(text: str) -> str:
    """The text that `safe_cell` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text
