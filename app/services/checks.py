"""The value a check of the doctor answers with: what was found, and what to do about it in Chinese.

A warning is something to do soon; a fault is something that keeps the system from its work or its promises.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"

    @property
    def label(self) -> str:
        return {"ok": "正常", "warning": "注意", "fault": "故障"}[self.value]


@dataclass(frozen=True)
class Check:
    """One finding: what was looked at, how it came out, what was found, and what to do (empty: nothing)."""

    name: str
    verdict: Verdict
    detail: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        return self.verdict is not Verdict.FAULT


def fault(name: str, detail: str, advice: str) -> Check:
    """Something is broken."""
    return Check(name, Verdict.FAULT, detail, advice)


def warning(name: str, detail: str, advice: str) -> Check:
    """Something is to be done soon."""
    return Check(name, Verdict.WARNING, detail, advice)


def fine(name: str, detail: str) -> Check:
    """As it must be."""
    return Check(name, Verdict.OK, detail)
