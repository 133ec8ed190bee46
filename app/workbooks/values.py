"""What a cell of a list can hold on its way out, and how it is written where there is only text."""

from dataclasses import dataclass
from datetime import date, datetime

from app.clock import SHANGHAI
from workflows.kit.storable import in_words


@dataclass(frozen=True)
class Rate:
    """A share of a whole in tenths of a percent, as it is counted: 878 is 87.8%."""

    per_mille: int

    def __str__(self) -> str:
        return f"{self.per_mille // 10}.{self.per_mille % 10}%"


class Content(str):
    """A name, a number, a code, what somebody wrote: it is never taken for a label of ours and translated."""

    __slots__ = ()


#: None and an empty text are a blank cell. A number of a document, of a person or a code is a text, not a number.
Value = str | int | date | datetime | Rate | None


def words_of(value: Value) -> str:
    """The value as an office writes it, whatever the language of the page: 2026年11月21日 09:30."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return f"{in_words(local)} {local:%H:%M}"
    return in_words(value) if isinstance(value, date) else str(value)
