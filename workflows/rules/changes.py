"""本地调整: what the keepers of a locality changed on top of the shipped files, in the form of those files.

An entry here is read as if it stood in one more file below that of the locality: it inherits entry by entry, gives
its own grade, and cannot make worse what a document of higher rank fixed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from workflows.rules.reading import Place

PLACE = Place("本地调整")
_DAYS = ("effective_from", "effective_to", "in_force")


@dataclass(frozen=True)
class Changes:
    """Every change in its order, each a file of its own: a later one is judged against the earlier ones too.

    `layers`: for each change its entries by section (terms or switches) and key; `documents`: what they cite and no
    file names.
    """

    layers: tuple[Mapping[str, Mapping[str, Mapping[str, Any]]], ...] = ()
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def with_entry(self, section: str, key: str, entry: Mapping[str, Any]) -> Self:
        """The same changes with one more on top; `section` is terms or switches."""
        return type(self)((*self.layers, {section: {key: dict(entry)}}), self.documents)

    def with_document(self, key: str, document: Mapping[str, Any]) -> Self:
        """The same changes, with a document that they may cite."""
        return type(self)(self.layers, {**self.documents, key: dict(document)})

    def to_json(self) -> str:
        """Canonical text, for storing."""
        content = {"layers": self.layers, "documents": self.documents}
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote, or an empty object. Raises ValueError for anything else."""
        content = json.loads(text)
        if not isinstance(content, dict) or content.keys() - {"layers", "documents"}:
            raise ValueError("存储的本地调整无法读取")
        layers = tuple(
            {section: _with_days(entries) for section, entries in layer.items()} for layer in content.get("layers", ())
        )
        return cls(layers, _with_days(content.get("documents", {})))


def _with_days(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries with their days as dates: JSON knows only texts."""
    return {
        key: {
            name: date.fromisoformat(value) if name in _DAYS and isinstance(value, str) else value
            for name, value in entry.items()
        }
        for key, entry in entries.items()
    }


UNCHANGED = Changes()
