"""One item of a list as it was typed: without the number and the stop that whoever prints the list gives it."""

import re

_HAN = "[一二三四五六七八九十]{1,3}"
#: What makes 2. part of the item: 1.5万元, 1、2号楼, 一、二期; a year begins an item (1.2026年度报表).
_NO_NUMERAL = r"(?=\d{4}年|[^\d一二三四五六七八九十]|$)"
_NUMBER = re.compile(
    rf"""(?:
        (?:\d{{1,2}}[.．、]|{_HAN}、)\s+        # 1. …: what stands apart is a number, whatever follows
      | (?:\d{{1,2}}[.．、]|{_HAN}、){_NO_NUMERAL}
      | [（(]\s*(?:\d{{1,2}}|{_HAN})\s*[）)][、.．]?(?!号)
      | \d{{1,2}}[）)](?!号)
      | [①-⑳⑴-⒇㈠-㈩][、.．]?(?!号)
      | [⒈-⒛]
    )\s*""",
    re.VERBOSE,
)


def bare_item(typed: str) -> str:
    """`typed` without a leading 1. 1、 一、 （一） ① and without its last stop; a number that says something stays."""
    text = typed.strip().rstrip("；;。，, ")
    found = _NUMBER.match(text)
    return text[found.end() :] if found else text
