"""A user of the keyboard alone: Tab, Space, Enter, arrow keys and typing; the focus is seen and never lost."""

from playwright.sync_api import Page

_FURTHEST = 150
#: What has the focus: its accessible words, and whether a ring is drawn around it inside the window.
_FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const by = (at.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id)?.textContent);
  const group = at.type === 'radio' ? at.closest('fieldset')?.querySelector('legend')?.textContent ?? '' : '';
  const words = at.getAttribute('aria-label') || by.join('') || at.labels?.[0]?.textContent || at.textContent || '';
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return {words: words.replace(/\\s+/g, ' ').trim(), group: group.trim(), seen, ring, id: at.id, tag: at.localName,
          main: at.localName === 'main'};
}"""


class Keys:
    """Works on a page with the keyboard; each move checks that the focus is on something that can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.emulate_media(reduced_motion="reduce")  # where the focus goes, the page is at once

    def to(self, words: str, group: str = "") -> None:
        """Tab to what is called so: a link, a button, a field, or the first choice of a group."""
        for _ in range(_FURTHEST):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(_FOCUSED)
            if at is None:
                # The end of the document: the browser's own bar has the focus, the next Tab begins anew.
                continue
            assert at["seen"], at
            assert at["ring"] or at["main"], at
            if at["words"].startswith(words) and at["group"] == group:
                return
        raise AssertionError(f"not reached by keyboard: {words}")

    def press(self, *names: str) -> None:
        """Press keys, one after the other; nothing but the element with the focus gets them."""
        for name in names:
            self.page.keyboard.press(name)

    def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        assert self.page.evaluate("document.activeElement.matches('input, textarea')")
        self.page.keyboard.insert_text(text)

    def leave(self, *names: str) -> None:
        """Press keys that lead to another page, and wait until it is there."""
        with self.page.expect_navigation():
            self.press(*names)
