"""The Chinese that a module says: its texts apart from docstrings, with an X where something is put in."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.web.speaking import CHINESE

PUT_IN = "X"


def said_in(path: Path) -> Iterator[str]:
    """Every text with Chinese in it, as a page would get it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unsaid = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            unsaid |= {id(part) for part in ast.walk(node) if part is not node and isinstance(part, ast.Constant)}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else PUT_IN for part in node.values)
            if CHINESE.search(text):
                yield text
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in unsaid)
    yield from (node.value for node in texts if isinstance(node.value, str) and CHINESE.search(node.value))


def _docstrings(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            yield id(first.value)
