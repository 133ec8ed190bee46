"""The table of clicks (design: interface, clicks): what each job may cost from one's own first page, and what it costs.

A test that has done a job says so with `counted`. With ZHENGCHENG_CLICKS naming a file the numbers are kept there;
`python -m tests.browser.support.clicks FILE` prints them as one table.
"""

import os
import sys
from pathlib import Path

from tests.browser.support.hand import Hand

#: Presses that the design promises, in its order.
PROMISED = {
    "当事人提出异议": 3,
    "当事人提出异议，附一个文件": 5,
    "首次提出异议，另签送达地址确认书": 4,
    "当事人查看办到哪一步": 0,
    "材料齐全时申请修复": 3,
    "信用管理部门受理": 1,
    "信息提供单位答复": 4,
    "单位负责人签发": 3,
    "审批一件": 3,
    "批量审批已阅看的简单事项": 3,
    "催办全部逾期单位": 4,
    "签发单独的文书": 4,
    "审计员校验审计链并导出": 3,
}


def counted(job: str, hand: Hand) -> None:
    """A job is done: no more presses than promised, and the number is kept for the table."""
    assert hand.presses <= PROMISED[job], (job, hand.presses, PROMISED[job])
    kept = os.environ.get("ZHENGCHENG_CLICKS")
    if kept:
        with Path(kept).open("a", encoding="utf-8") as file:
            file.write(f"{job}\t{hand.presses}\n")


def table_of(kept: str) -> str:
    """The table as text: job, promised, measured; the highest number where a job was done several times."""
    measured: dict[str, int] = {}
    for line in kept.splitlines():
        job, presses = line.split("\t")
        measured[job] = max(measured.get(job, 0), int(presses))
    rows = [f"| {job} | {most} | {measured.get(job, '—')} |" for job, most in PROMISED.items()]
    return "\n".join(["| job | promised | measured |", "|---|---|---|", *rows])


if __name__ == "__main__":
    sys.stdout.write(table_of(Path(sys.argv[1]).read_text(encoding="utf-8")) + "\n")
