"""Vendored files are what the manifest says, with licence; nothing else lies there and nothing comes from elsewhere."""

import hashlib
import json
import re
from typing import Any

import pytest

from tests.support.source_tree import ROOT

STATIC = ROOT / "app" / "web" / "static"
VENDOR = STATIC / "vendor"
MANIFEST: list[dict[str, Any]] = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
FREE_LICENCES = {"MIT", "0BSD", "Apache-2.0", "BSD-3-Clause"}
ELSEWHERE = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: str(entry["name"]))
def test_a_vendored_file_is_the_published_one(entry: dict[str, Any]) -> None:
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["licence"] in FREE_LICENCES
    assert len((VENDOR / entry["licence_file"]).read_text(encoding="utf-8")) > 300
    assert entry["version"] in entry["file"]
    assert entry["homepage"].startswith("https://")


#: Templates of sheets that become PDFs, which no browser opens.
SHEETS = {"notices", "dossier"}


def test_every_vendored_file_is_in_the_manifest() -> None:
    listed = {entry[key] for entry in MANIFEST for key in ("file", "licence_file")} | {"manifest.json"}
    listed |= {name for entry in MANIFEST for name in entry.get("more", ())}
    assert {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} == listed


def test_no_page_and_no_sheet_of_ours_fetches_from_elsewhere() -> None:
    pages = [path for path in (ROOT / "templates").rglob("*.html") if not SHEETS & set(path.parts)]
    sheets = [path for path in (STATIC / "own").rglob("*") if path.suffix in (".css", ".js", ".svg")]
    assert len(pages) > 10
    assert [path.name for path in [*pages, *sheets] if ELSEWHERE.search(path.read_text(encoding="utf-8"))] == []


def test_no_page_holds_inline_script_or_style() -> None:
    pages = [path for path in (ROOT / "templates").rglob("*.html") if not SHEETS & set(path.parts)]
    assert [path.name for path in pages if INLINE.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("line", ["<script>a()</script>", '<p style="a">', '<a onclick="b">', "<style>"])
def test_the_check_sees_inline_code(line: str) -> None:
    assert INLINE.search(line)


@pytest.mark.parametrize("line", ['<script src="https://cdn.example/a.js">', "url(//fonts.example/a)", '@import "a"'])
def test_the_check_sees_a_foreign_address(line: str) -> None:
    assert ELSEWHERE.search(line)
