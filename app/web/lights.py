"""The light of a term or case: words and colour, the same everywhere."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: With this many working days left, or fewer, a term is near: the first rung of the ladder is at t-3.
NEAR_WORKING_DAYS = 3
#: With more working days left nobody counts in days: 保存期限 and 公示期限 run for months and years.
FAR_WORKING_DAYS = 66


class Tone(StrEnum):
    """The colour of a light; the words say the same."""

    LATE = "late"
    NEAR = "near"
    FINE = "fine"
    PAUSED = "paused"
    NONE = "none"


@dataclass(frozen=True)
class Light:
    """What is drawn: the tone, a phrase with its number, and the last day where there is one."""

    tone: Tone
    phrase: str
    due_on: date | None = None
    provisional: bool = False
    number: int = 0

    @property
    def words(self) -> str:
        """The phrase in Chinese, with its number."""
        return self.phrase % {"number": self.number}


#: The phrases, for the catalogues of other languages.
LATE, LATE_ON_A_HOLIDAY, TODAY = "逾期 %(number)s 个工作日", "已逾期", "今日到期"
LEFT, NO_WORKING_DAY_LEFT = "还剩 %(number)s 个工作日", "即将到期"
LEFT_MONTHS, LEFT_YEARS = "还剩 %(number)s 个月以上", "还剩 %(number)s 年以上"


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
        return Light(Tone.LATE, LATE if working_days else LATE_ON_A_HOLIDAY, due_on, provisional, working_days)
    if today == due_on:
        return Light(Tone.NEAR, TODAY, due_on, provisional)
    if working_days > FAR_WORKING_DAYS:
        months = _whole_months(today, due_on)
        years = months // 12
        phrase, number = (LEFT_YEARS, years) if years else (LEFT_MONTHS, months)
        return Light(Tone.FINE, phrase, due_on, provisional, number)
    tone = Tone.NEAR if working_days <= NEAR_WORKING_DAYS else Tone.FINE
    return Light(tone, LEFT if working_days else NO_WORKING_DAY_LEFT, due_on, provisional, working_days)


def _whole_months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
