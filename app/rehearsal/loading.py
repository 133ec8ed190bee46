"""Reading a scenario file: YAML 1.2, every mistake with its line, in Chinese."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError

from app.rehearsal.script import Script

_MESSAGES = {
    "extra_forbidden": "不认识的项“{name}”，请删去或者改正拼写",
    "missing": "缺少“{name}”",
    "literal_error": "“{name}”只能填：{expected}；现为“{input}”",
    "enum": "“{name}”只能填：{expected}；现为“{input}”",
    "string_type": "“{name}”应当是文字；数字和日期请加引号",
    "list_type": "“{name}”应当是列表",
    "dict_type": "“{name}”应当是“名称: 值”的组合",
    "model_type": "“{name}”应当是“名称: 值”的组合",
    "model_attributes_type": "“{name}”应当是“名称: 值”的组合",
    "int_type": "“{name}”应当是整数",
    "int_parsing": "“{name}”应当是整数",
    "bool_type": "“{name}”只能是 true 或者 false",
    "bool_parsing": "“{name}”只能是 true 或者 false",
}


class _Core(RoundTripConstructor):
    """The core schema of YAML 1.2 has no dates: they stay text, and our own reader says what is wrong with one."""


_Core.add_constructor("tag:yaml.org,2002:timestamp", lambda _self, node: node.value)


class ScriptRefused(ValueError):
    """A scenario file cannot be read; `problems` are Chinese sentences, each beginning with its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_script(path: Path) -> Script:
    """Read a scenario file.

    Raises:
        ScriptRefused: every mistake with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ScriptRefused([f"{path}：读不出这个文件，请核对路径，并确认是UTF-8编码的文本。"]) from None
    return read_script(text, str(path))


def read_script(text: str, name: str = "推演脚本") -> Script:
    """Read the text of a scenario; see `load_script`."""
    try:
        reader = YAML(typ="rt", pure=True)
        reader.Constructor = _Core
        content = reader.load(text)
    except DuplicateKeyError as error:
        raise ScriptRefused([f"{name}第{_line_of(error)}行：同一层中有重复的项，请合并或者删去一个。"]) from None
    except MarkedYAMLError as error:
        raise ScriptRefused([f"{name}第{_line_of(error)}行：YAML格式有误，请检查缩进、冒号、引号和括号。"]) from None
    if not isinstance(content, dict):
        raise ScriptRefused([f"{name}第1行：文件应当以“title: …”等项目组成。"])
    try:
        return Script.model_validate(content)
    except ValidationError as error:
        found = sorted((_line(content, item["loc"]), _message(dict(item))) for item in error.errors())
        raise ScriptRefused([f"{name}第{line}行：{message}。" for line, message in found]) from None


def _line_of(error: MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark is not None else 1


def _line(content: Any, location: Iterable[int | str]) -> int:
    """The line of the innermost part of `location` that stands in the file."""
    line, here = 1, content
    for part in location:
        lines = getattr(here, "lc", None)
        try:
            if isinstance(here, dict) and part in here:
                line = lines.key(part)[0] + 1 if lines is not None else line
                here = here[part]
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                line = lines.item(part)[0] + 1 if lines is not None else line
                here = here[part]
        except (KeyError, IndexError):
            break
    return line


def _message(error: dict[str, Any]) -> str:
    words = [part for part in error["loc"] if isinstance(part, str)]
    name = words[-1] if words else "文件"
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return f"“{name}”：{context['error']}"
    template = _MESSAGES.get(error["type"], "“{name}”填写有误")
    return template.format(name=name, expected=context.get("expected", ""), input=error.get("input", ""))
