"""PDF from a notice's stored values, made in a child process that is limited, closed and replaceable.

The same values and template version give the same bytes, whichever child made them and whatever it made before.
"""

import hashlib
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from app.documents import fonts
from app.documents.context import NoticeContext
from app.documents.elements import elements_of
from app.documents.glyphs import describe, unprintable
from app.documents.text import TEMPLATES, template_version
from app.documents.typesetting import sheet_html, turned_over
from workflows.catalogue import NOTICES, Format

_WORKER = Path(__file__).with_name("worker.py")
_MEMORY = 1536 * 1024 * 1024
_START_SECONDS = 60.0


class RenderError(RuntimeError):
    """No PDF could be made; the message is for the person whose queue the notice goes to.

    ``hopeless``: trying again cannot help before a person has done something.
    """

    hopeless = False


class RenderTimeout(RenderError):
    """The child took too long and was ended."""


class TemplateChanged(RenderError):
    """The shipped template is not the one the notice was signed with."""

    hopeless = True


class GlyphMissing(RenderError):
    """A character of the notice has no glyph in any installed font."""

    hopeless = True


class Renderer:
    """One warm child process. Threads may share a renderer; its sheets are made one after another.

    ``seconds`` is the parent's clock for one sheet, after which the child is killed; ``sheets`` the number after which
    it is replaced; ``memory`` its address space in bytes.
    """

    def __init__(self, *, seconds: float = 10.0, sheets: int = 200, memory: int = _MEMORY) -> None:
        self._seconds = self._limit = seconds
        self._sheets = sheets
        self._memory = memory
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the present child, for operations and tests."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start the child and wait until fonts and style sheets are warm; prepares fonts that are not yet.

        Raises ``FontMissing`` or ``RenderError``.
        """
        with self._lock:
            self._ensure()

    def stop(self) -> None:
        """End the child. A later ``render`` starts another."""
        with self._lock:
            self._end()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def render(self, context_json: str, version: str | None = None) -> bytes:
        """The PDF of one notice from its canonical JSON.

        ``version`` is the template version stored when it was signed; ``None`` takes the shipped one. Raises
        ``TemplateChanged``, ``GlyphMissing``, ``NoticeIncomplete``, ``RenderTimeout``, ``RenderError``.
        """
        context = NoticeContext.from_json(context_json)
        shipped = template_version(context.key)
        if version is not None and version != shipped:
            raise TemplateChanged(
                f"《{context.title}》签发时所用的文书模板（{version}）已经更新为{shipped}，"
                "不能再按原文成文。请作废后按新模板重新制作。"
            )
        html = sheet_html(context)
        missing = unprintable(context, context_json)
        if missing:
            raise GlyphMissing(describe(missing))
        identifier = hashlib.sha256(f"{shipped}\n{context_json}".encode()).hexdigest()[:32]
        elements = elements_of(context, context_json, shipped)
        return self.render_html(html, NOTICES[context.key].format, identifier, elements, context.dated)

    def render_html(
        self,
        html: str,
        sheet: Format,
        identifier: str,
        elements: str = "",
        dated: date = date.min,
        seconds: float = 0.0,
    ) -> bytes:
        """The PDF/A-3a of finished HTML on one of our sheets.

        ``identifier`` is its fixed file id, 32 hex digits; ``elements`` a JSON text that goes with the sheet as an
        associated file dated ``dated``, empty for none; ``seconds`` if a sheet of many pages may take longer than
        usual. Raises ``GlyphMissing``, ``RenderTimeout``, ``RenderError``.
        """
        values = {"html": html, "sheet": sheet.value, "identifier": identifier}
        if sheet is Format.DOCUMENT:
            values["turned_over"] = turned_over(html)
        job = json.dumps({**values, "elements": elements, "dated": dated.isoformat()}).encode()
        with self._lock:
            if self._made >= self._sheets:
                self._end()
            self._ensure()
            self._made += 1
            return self._exchange(job, max(seconds, self._seconds))

    def _ensure(self) -> None:
        if self._child is not None and self._child.poll() is None:
            return
        self._end()
        # The font tools are needed once per child, not to serve pages.
        from app.documents.font_outlines import prepared

        files = prepared()
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="zhengcheng-render-")
        folder = Path(self._folder.name)
        self._child = subprocess.Popen(
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=fonts.environment(folder),
            cwd=folder,
            bufsize=0,
        )
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
        self._exchange(json.dumps(self._setup(files)).encode(), _START_SECONDS)

    def _setup(self, files: dict[str, Path]) -> dict[str, object]:
        styles = {kind.value: _style(kind.value) for kind in Format}
        return {
            "memory": self._memory,
            "cpu": int(_START_SECONDS + self._seconds * self._sheets),
            "font_urls": [path.resolve().as_uri() for path in files.values()],
            "faces": fonts.font_faces(files),
            "common": _style("common"),
            **styles,
        }

    def _end(self) -> None:
        child, self._child, self._made = self._child, None, 0
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()

    def _exchange(self, body: bytes, seconds: float) -> bytes:
        self._limit = seconds
        deadline = time.monotonic() + seconds
        try:
            self._write(struct.pack(">I", len(body)) + body, deadline)
            (length,) = struct.unpack(">I", self._read(4, deadline))
            answer = self._read(length, deadline)
        except RenderTimeout:
            self._end()
            raise
        except (OSError, EOFError) as error:
            self._end()
            raise RenderError("文书成文进程意外退出，请稍后重试；反复出现时请管理员检查内存和字体。") from error
        if answer[:1] == b"?":
            shown = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in answer[1:].decode())
            raise GlyphMissing(f"下列字符没有可用的字形，文书不能生成：{shown}。请管理员安装补充字体后重试。")
        if answer[:1] != b"+":
            # Whatever failed may have left the child short of memory; the next sheet gets a fresh one.
            self._end()
            raise RenderError(f"文书成文失败：{answer[1:].decode(errors='replace')}")
        return answer[1:]

    def _write(self, body: bytes, deadline: float) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        descriptor = self._child.stdin.fileno()
        rest = memoryview(body)
        while rest:
            _, ready, _ = select.select([], [descriptor], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RenderTimeout(self._overdue())
            rest = rest[os.write(descriptor, rest[:65536]) :]

    def _read(self, length: int, deadline: float) -> bytes:
        assert self._child is not None
        assert self._child.stdout is not None
        descriptor = self._child.stdout.fileno()
        parts = bytearray()
        while len(parts) < length:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RenderTimeout(self._overdue())
            part = os.read(descriptor, length - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def _overdue(self) -> str:
        return f"文书成文超过{self._limit:g}秒未完成，已中止。请稍后重试；反复出现时请检查文书内容是否过长。"


@cache
def shared_renderer() -> Renderer:
    """The child of this process for sheets that somebody waits for; it starts with the first one and ends with it."""
    return Renderer()


def style_sheets(sheet: Format) -> tuple[str, str]:
    """The style sheets of a kind of sheet: what all have in common, and its own."""
    return _style("common"), _style(sheet.value)


def _style(name: str) -> str:
    return (TEMPLATES / f"_{name}.css").read_text(encoding="utf-8")
