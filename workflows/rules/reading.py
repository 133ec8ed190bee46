"""Reading rule files strictly: every refusal names the file and the entry."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workflows.kit.counting import Span

Table = Mapping[str, Any]


class RuleFileError(ValueError):
    """A rule file that must not be used. The message, in Chinese, says where and what.

    `entry` is the key of the entry, such as terms.record.statement, and `problem` what is wrong with it, for whoever
    sees no files.
    """

    def __init__(self, message: str, entry: str = "", problem: str = "") -> None:
        super().__init__(message)
        self.entry, self.problem = entry, problem or message


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files something stands, so that a refusal can be acted on."""

    file: str
    entry: str = ""

    def at(self, *names: str) -> "Place":
        """The place of an entry below this one."""
        return Place(self.file, ".".join(filter(None, (self.entry, *names))))

    def refuse(self, problem: str) -> RuleFileError:
        """The error to raise for this place."""
        entry = f"，条目 {self.entry}" if self.entry else ""
        return RuleFileError(f"规则文件 {self.file}{entry}：{problem}", self.entry, problem)


def read_toml(path: Path) -> Table:
    """The content of one file. Raises RuleFileError if it is missing, malformed or repeats a key."""
    place = Place(path.name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise place.refuse("文件不存在") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise place.refuse(f"不是合规的 TOML（格式有误或者同一键重复出现）：{problem}") from problem


def known_keys(table: object, allowed: Iterable[str], place: Place) -> Table:
    """The table itself. Raises RuleFileError if it is none or has a key outside `allowed`."""
    if not isinstance(table, Mapping):
        raise place.refuse("应当是一组键值")
    unknown = sorted(set(table) - set(allowed))
    if unknown:
        raise place.refuse(f"不认识的键：{'、'.join(unknown)}；可用：{'、'.join(sorted(allowed))}")
    return table


def required(table: Table, key: str, place: Place) -> Any:
    """The value of a key that must be there. Raises RuleFileError if it is not."""
    if key not in table:
        raise place.refuse(f"缺少“{key}”")
    return table[key]


def span(value: object, place: Place) -> Span:
    """A length such as "5 WD". Raises RuleFileError for anything else."""
    if not isinstance(value, str):
        raise place.refuse(f"期限“{value}”应当写成文字，如“5 WD”")
    try:
        return Span.parse(value)
    except ValueError as problem:
        raise place.refuse(str(problem)) from problem


def day(table: Table, key: str, place: Place) -> date | None:
    """The day of a key, None where there is none. Raises RuleFileError for anything else."""
    value = table.get(key)
    if value is not None and not isinstance(value, date):
        raise place.at(key).refuse("应当是日期，如 2026-04-01")
    return value


def texts(value: object, place: Place) -> tuple[str, ...]:
    """A list of texts. Raises RuleFileError for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise place.refuse("应当是一列文字")
    return tuple(value)


def chosen(value: object, allowed: Iterable[str], place: Place) -> str:
    """A text out of a closed list. Raises RuleFileError for anything else."""
    options = tuple(allowed)
    if not isinstance(value, str) or value not in options:
        raise place.refuse(f"“{value}”不在可用值之内：{'、'.join(options)}")
    return value
