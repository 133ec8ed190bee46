"""The renderer's child: closed, limited in time and memory, replaced when it hangs, dies or grows old (1.9, T7)."""

import io
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from weasyprint import HTML

from app.documents.pool import RendererPool
from app.documents.render import Renderer, RenderError, RenderTimeout
from app.documents.samples import sample
from tests.support.payloads import PAYLOADS, SECRET, counting_server
from tests.support.waiting import eventually
from workflows.catalogue import Format

PLAIN = "<html><body><p>正文</p></body></html>"
#: A counter padded to so many characters: real work for the real child, as much as one likes.
STROKES = (
    '<html><head><style>@counter-style long{{system:extends decimal;pad:{number} "久"}}ol{{list-style:inside long}}'
    "</style></head><body><ol><li>正文</li></ol></body></html>"
)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as running:
        yield running


def make(renderer: Renderer, html: str = PLAIN) -> bytes:
    return renderer.render_html(html, Format.LETTER, "00" * 16)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def streams(pdf: bytes) -> bytes:
    """Everything that a PDF holds, unpacked."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return b"".join(item.read_bytes() for item in opened.objects if isinstance(item, pikepdf.Stream))


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_leaves_and_nothing_enters(renderer: Renderer, tmp_path: Path, name: str) -> None:
    """1.9: what reaches network or file with WeasyPrint as it comes reaches neither in our child."""
    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)
    with counting_server() as (web, seen):
        payload = PAYLOADS[name].format(web=web, file=secret.as_uri())
        html = f"<html><body>{payload}<p>正文</p></body></html>"
        careless = HTML(string=html).write_pdf()
        if "{file}" in PAYLOADS[name] and "attach" in name:
            assert SECRET in streams(careless)
        elif "{web}" in PAYLOADS[name]:
            assert seen
        seen.clear()
        try:
            pdf = make(renderer, html)
        except RenderError:
            pdf = make(renderer)
        assert seen == []
        assert SECRET not in streams(pdf)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert list(opened.attachments) == []


def test_a_child_that_hangs_is_ended_by_the_parents_clock() -> None:
    """T7: a child that answers nothing any more is killed, and the next sheet comes from another."""
    with Renderer(seconds=0.5) as renderer:
        make(renderer)
        hanging = renderer.pid
        assert hanging is not None
        os.kill(hanging, signal.SIGSTOP)
        with pytest.raises(RenderTimeout, match=r"超过0\.5秒未完成，已中止"):
            make(renderer)
        assert not alive(hanging)
    with Renderer() as renderer:
        assert make(renderer).startswith(b"%PDF")


def test_a_sheet_without_end_is_ended() -> None:
    """T7: so is real work that does not come to an end in time."""
    with Renderer(seconds=1.0) as renderer:
        busy = renderer.pid
        assert busy is not None
        with pytest.raises(RenderTimeout):
            make(renderer, STROKES.format(number=1_000_000))
        assert not alive(busy)


def test_a_child_that_dies_over_a_sheet_is_told_and_replaced() -> None:
    """T7: killed in the middle of a sheet (by the kernel, by an operator): a message, and another child."""
    with Renderer() as renderer:
        make(renderer)
        dying = renderer.pid
        assert dying is not None
        os.kill(dying, signal.SIGSTOP)
        told: list[RenderError] = []

        def work() -> None:
            try:
                make(renderer)
            except RenderError as error:
                told.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        eventually(lambda: renderer._made == 2)
        os.kill(dying, signal.SIGKILL)
        thread.join(timeout=20)
        assert ["意外退出" in str(error) for error in told] == [True]
        assert make(renderer).startswith(b"%PDF")
        assert renderer.pid != dying


def test_a_sheet_that_wants_more_memory_than_allowed_is_refused() -> None:
    """T7: the limit is the child's, the message the person's, and the machine does not notice."""
    with Renderer() as renderer:
        with pytest.raises(RenderError, match="MemoryError"):
            make(renderer, STROKES.format(number=900_000_000))
        assert make(renderer).startswith(b"%PDF")


def test_the_limits_are_set_in_the_child(renderer: Renderer) -> None:
    """1.9: address space, processor time, file size and core dumps, as the kernel sees them; a bare environment."""
    make(renderer)
    limits = Path(f"/proc/{renderer.pid}/limits").read_text(encoding="ascii")
    found = {line[:26].strip(): line[26:47].strip() for line in limits.splitlines()[1:]}
    assert found["Max address space"] == str(1536 * 1024 * 1024)
    assert found["Max core file size"] == "0"
    assert found["Max file size"] == str(64 * 1024 * 1024)
    assert int(found["Max cpu time"]) <= 60 + 10 * 200
    given = Path(f"/proc/{renderer.pid}/environ").read_bytes().split(b"\0")
    names = {entry.partition(b"=")[0].decode() for entry in given if entry}
    allowed = {"PATH", "LANG", "HOME", "TMPDIR", "FONTCONFIG_FILE", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}
    assert names == allowed


def test_two_children_of_a_pool_give_the_same_bytes() -> None:
    """Documents 8: equal input gives equal bytes, whichever process made them; the second child starts when wanted."""
    context = sample("objection_decision").to_json()
    pool = RendererPool(2)
    try:
        first = pool.render(context)
        assert [alive(pid) for pid in pool.pids] == [True]
        made: list[bytes] = []
        together = threading.Barrier(2)

        def work() -> None:
            together.wait()
            made.append(pool.render(context))

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert made == [first, first]
        assert [alive(pid) for pid in pool.pids] == [True, True]
        pool.rest()
        (kept,) = pool.pids
        assert pool.render(context) == first
    finally:
        pool.stop()
    assert not alive(kept)
