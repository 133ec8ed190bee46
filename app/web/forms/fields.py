"""What a page draws: fields with their label, value, limits and error, ready for the macros."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from workflows.kit.errors import FieldError


class Kind(StrEnum):
    """How a field is drawn. GROUP, ROWS and PAIRS hold further fields."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    RADIO = "radio"
    SELECT = "select"
    MANY = "many"
    CHECK = "check"
    YES_NO = "yes_no"
    LINES = "lines"
    FILES = "files"
    HIDDEN = "hidden"
    GROUP = "group"
    ROWS = "rows"
    PAIRS = "pairs"


CONTAINERS = frozenset({Kind.GROUP, Kind.ROWS, Kind.PAIRS})


@dataclass(frozen=True)
class Option:
    """One choice: the code that is posted and the words that are shown."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Field:
    """One field. `name` is its path in the form, joined by hyphens: `fields-0-ground`."""

    kind: Kind
    name: str
    label: str
    required: bool = False
    value: str = ""
    values: tuple[str, ...] = ()
    help: str = ""
    error: str = ""
    limit: int | None = None
    minimum: str = ""
    maximum: str = ""
    options: tuple[Option, ...] = ()
    children: tuple["Field", ...] = ()
    rows: tuple["Row", ...] = ()
    #: Sentences at hand for a text; pressing one puts it in.
    phrases: tuple[str, ...] = ()
    #: A group that few need: it stands closed until something is in it.
    folded: bool = False

    @property
    def id(self) -> str:
        """Where the summary's link leads; for choices, the first one."""
        return f"f-{self.name}"

    @property
    def statement(self) -> str:
        """The label of a box to be ticked: what is so if it is. A question would have no answer beside it."""
        return self.label.replace("是否", "", 1)

    @property
    def help_id(self) -> str:
        return f"{self.id}-help"

    @property
    def error_id(self) -> str:
        return f"{self.id}-error"

    @property
    def described_by(self) -> str:
        """Ids of the help and the error that a screen reader adds to the label."""
        parts = [self.help_id] if self.hint else []
        return " ".join([*parts, self.error_id] if self.error else parts)

    @property
    def hint(self) -> str:
        """The help, with the limit of a longer text."""
        limit = f"最多{self.limit}字。" if self.limit and self.kind is Kind.TEXT else ""
        stop = "。" if self.help and limit and self.help[-1] not in "。；！？）" else ""
        return f"{self.help}{stop}{limit}"

    @property
    def problem(self) -> str:
        """The error as both the summary and the place beside the field say it."""
        return f"{self.label}：{self.error}" if self.error else ""

    @property
    def is_used(self) -> bool:
        """Whether something is typed, or wrong, in what the group holds."""
        return any(one.value or one.values or one.error for one in self.walk())

    def walk(self) -> "Iterator[Field]":
        """This field and all it holds, in the order of the page."""
        yield self
        for child in self.children:
            yield from child.walk()
        for row in self.rows:
            for child in row.children:
                yield from child.walk()


@dataclass(frozen=True)
class Row:
    """One entry of a repeated group; `name` is what its remove button posts."""

    number: int
    name: str
    children: tuple[Field, ...]


@dataclass(frozen=True)
class SummaryLine:
    """One line of the error summary; `anchor` is empty where no field of the page is meant."""

    text: str
    anchor: str = ""


def path_to_name(path: str) -> str:
    """`fields.0.ground`, as validation reports it, as the name of the field."""
    return path.replace(".", "-")


def summary_of(fields: Iterable[Field], errors: Iterable[FieldError] = ()) -> tuple[SummaryLine, ...]:
    """The error summary in the order of the page; errors that belong to no drawn field come last."""
    drawn = [field for top in fields for field in top.walk()]
    lines = [SummaryLine(field.problem, field.id) for field in drawn if field.error]
    leaves = {field.name for field in drawn if field.kind not in CONTAINERS}
    names = {field.name for field in drawn}
    for error in errors:
        name = path_to_name(error.field)
        if name not in names and not any(name.startswith(f"{leaf}-") for leaf in leaves):
            lines.append(SummaryLine(f"{error.label}：{error.message}"))
    return tuple(lines)
