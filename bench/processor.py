"""Processor time of other processes, from the kernel: unlike the clock on the wall it does not grow with company."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def spent_by(pid: int | None) -> float:
    """Milliseconds that the main thread of a process has run, to the microsecond."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def spent_below(pid: int) -> float:
    """Milliseconds that all descendants of a process have run, those that ended included; to ten milliseconds."""
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                values = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(int(values[1]), []).append(int(entry.name))
            # user and system time, its own and of children it has waited for
            ticks[int(entry.name)] = sum(int(value) for value in values[11:15])
    total, rest = 0, list(children.get(pid, []))
    while rest:
        one = rest.pop()
        total += ticks[one]
        rest += children.get(one, [])
    return total * 1000 / _TICKS


def resident(pid: int | None) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
