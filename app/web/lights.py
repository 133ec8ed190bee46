"""The light of a term or case: words and colour, the same everywhere."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: With this many working days left, or fewer, a term is near: the first rung of the ladder is at t-3.
NEAR_WORKING_DAYS = 3


class Tone(StrEnum):
    """The colour of a light; the words say the same."""

    LATE = "late"
    NEAR = "near"
    FINE = "fine"
    PAUSED = "paused"
    NONE = "none"


@dataclass(frozen=True)
class Light:
    """What is drawn: the tone, the words, and the last day where there is one."""

    tone: Tone
    words: str
    due_on: date | None = None
    provisional: bool = False


NO_TERM = Light(Tone.NONE, "无办理期限")
PAUSED = Light(Tone.PAUSED, "暂停计算")
AWAITING = Light(Tone.NONE, "尚未起算")


def running_light(due_on: date, today: date, working_days: int, *, provisional: bool = False) -> Light:
    """The light of a running term.

    Args:
        due_on: its last day, which runs to 24:00.
        working_days: working days from today to the last day, or by which it is overdue; never negative.
        provisional: whether the last day rests on a calendar year that is not announced yet.
    """
    if today > due_on:
        return Light(Tone.LATE, f"逾期 {working_days} 个工作日" if working_days else "已逾期", due_on, provisional)
    if today == due_on:
        return Light(Tone.NEAR, "今日到期", due_on, provisional)
    tone = Tone.NEAR if working_days <= NEAR_WORKING_DAYS else Tone.FINE
    words = f"还剩 {working_days} 个工作日" if working_days else "即将到期"
    return Light(tone, words, due_on, provisional)
