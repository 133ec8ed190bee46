"""Importing on the services: upload a table as somebody of the world, and let the work on it run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from app.database import read_transaction
from app.services.imports.batches import WORK, upload
from app.services.imports.running import work_on_batch
from app.services.outbox import claim_next, settle
from app.services.passwords import Passwords
from app.services.reading.imports import BatchPage, read_batch
from app.services.reading.reader import Reader, reader_of
from tests.support.application import CHEAP
from tests.support.workbooks import csv_with
from tests.support.world import World

PASSWORDS = Passwords.with_cost("mlps3", CHEAP)
HEADINGS = (
    "主体名称", "来源文书类型", "文书编号", "文书日期", "作出机关", "生效日期", "失信行为", "事实", "行为终止日期",
    "失信程度", "是否存在免责容错情形", "确认不含国家秘密和工作秘密",
)  # fmt: skip


def row_of(number: int, **changed: str) -> list[str]:
    """A complete row about 王测试; `changed` by heading."""
    cells = [
        "王测试", "行政处罚", f"示罚〔2026〕{number}号", "2026-06-01", "示例乙局", "2026年6月1日", "B30",
        "未按承诺的期限办结，造成企业损失。", "2026/5/1", "一般", "经核对，不存在免责容错情形", "是",
    ]  # fmt: skip
    return [changed.get(heading, cell) for heading, cell in zip(HEADINGS, cells, strict=True)]


@contextmanager
def reading_as(world: World, role: str) -> Iterator[Reader]:
    with read_transaction(world.backend.engine) as session:
        yield reader_of(world.backend, session, world[role], world.clock())


def run(world: World, most: int | None = None) -> int:
    """Do what waits in the outbox of imports, at most so many pieces; returns how many were done."""
    done = 0
    while (most is None or done < most) and (claim := claim_next(world.backend, world.clock())) is not None:
        if claim.work == WORK:
            work_on_batch(world.backend, PASSWORDS, claim, world.clock)
            done += 1
        settle(world.backend, claim, world.clock())
    return done


def uploaded(
    world: World, content: bytes | Sequence[Sequence[Any]], kind: str = "records", role: str = "clerk"
) -> BatchPage:
    """Upload a file, or rows below the usual headings, let the dry run finish, and give its report."""
    file = content if isinstance(content, bytes) else csv_with(HEADINGS, *content)
    with reading_as(world, role) as reader:
        uid = upload(reader, kind, "导入.csv", file)
    run(world)
    return report(world, uid, role)


def report(world: World, uid: str, role: str = "clerk") -> BatchPage:
    """What the page of a batch would show."""
    with reading_as(world, role) as reader:
        return read_batch(reader, uid)
