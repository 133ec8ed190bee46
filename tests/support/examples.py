"""Examples out of a page of Markdown: blocks of code to run, each with the answer that the page says it gives."""

import json
import re
from dataclasses import dataclass
from typing import Any

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Stands in an answer for what differs from time to time.
ANYTHING = "…"
_ANSWERS = frozenset({"json", "text"})


@dataclass
class Example:
    """A block of code, and what is said that it answers: `kind` json or text; both empty where nothing is said."""

    language: str
    code: str
    kind: str = ""
    answer: str = ""


def examples_in(page: str) -> tuple[list[Example], list[Any]]:
    """The blocks of code in their order, and the JSON that stands there for itself."""
    found: list[Example] = []
    samples: list[Any] = []
    for language, text in _FENCE.findall(page):
        if language not in _ANSWERS:
            found.append(Example(language, text))
        elif found and not found[-1].kind:
            found[-1].kind, found[-1].answer = language, text
        else:
            samples.append(json.loads(text))
    return found, samples


def demand_answer(example: Example, said: str) -> None:
    """What came is what the page says: of JSON at least that, of text exactly that.

    Raises:
        AssertionError: it is not.
    """
    if example.kind == "json":
        assert fits(json.loads(example.answer), json.loads(said)), (said, example.answer, example.code)
    elif example.kind == "text":
        assert fits(example.answer.strip(), said.strip()), (said, example.answer, example.code)


def fits(shown: Any, came: Any) -> bool:
    """Whether what came has everything that is shown; of a list every element that is shown, in any place."""
    if isinstance(shown, dict):
        return isinstance(came, dict) and all(name in came and fits(part, came[name]) for name, part in shown.items())
    if isinstance(shown, list):
        return isinstance(came, list) and all(any(fits(part, one) for one in came) for part in shown)
    if isinstance(shown, str) and isinstance(came, str):
        pattern = ".*".join(re.escape(part) for part in shown.split(ANYTHING))
        return re.fullmatch(pattern, came, re.DOTALL) is not None
    return type(shown) is type(came) and bool(shown == came)
