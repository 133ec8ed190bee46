"""A hand that counts: a press of button, link, box, radio or file dialogue counts one, typing is free."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator


class Hand:
    """Works on a page as a user does; `presses` is the number that the design promises."""

    def __init__(self) -> None:
        self.presses = 0

    def press(self, target: Locator) -> None:
        """Press a button, a link, a box or a radio button."""
        self.presses += 1
        target.click()

    def choose(self, target: Locator, label: str) -> None:
        """Choose from a list."""
        self.presses += 1
        target.select_option(label=label)

    def attach(self, target: Locator, files: Sequence[Path]) -> None:
        """Choose files and press OK in the dialogue."""
        self.presses += 1
        target.set_input_files(list(files))

    def type(self, target: Locator, text: str) -> None:
        """Type into a field."""
        target.fill(text)
