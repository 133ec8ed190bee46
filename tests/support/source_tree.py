"""The project's own source files, for tests that hold rules about them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FOLDERS = ("app", "workflows", "migrations", "templates", "tests", "docs", "bench", "deploy", ".ci")
_NOT_OURS = ("app/web/static/vendor",)
_TEXT = {
    "", ".cfg", ".conf", ".css", ".csv", ".editorconfig", ".gitignore", ".html", ".ini", ".j2", ".js", ".json", ".lock",
    ".mako", ".md", ".mmd", ".py", ".service", ".sh", ".svg", ".toml", ".txt", ".xml", ".yaml", ".yml",
}  # fmt: skip


def text_files() -> list[Path]:
    """Every text file that belongs to the project: those in the root, and those in its folders."""
    # In a linked work tree .git is a file, which says where the repository lies.
    found = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in _FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.suffix in _TEXT and not _is_foreign(path))


def python_files(*folders: str) -> list[Path]:
    """Python files in `folders` (names in the root; files such as wsgi.py may be named too), or all of them."""
    python = [path for path in text_files() if path.suffix == ".py"]
    if not folders:
        return python
    return [path for path in python if path.relative_to(ROOT).parts[0] in folders]


def name_of(path: Path) -> str:
    """The path as people write it: from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a text file with their numbers, beginning with 1."""
    yield from enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)


def _is_foreign(path: Path) -> bool:
    name = name_of(path)
    return "__pycache__" in path.parts or any(name.startswith(f"{folder}/") for folder in _NOT_OURS)
