"""The cells of a duty in a list that goes out as a file."""

from app.services.reading.oversight.duties import Duty
from app.services.reading.oversight.scope import PERSONS
from workflows.kit.storable import in_words

DUTY_HEAD = (
    "承办单位", "事项", "文号", "所属事项", "状态", "期限", "届满日期", "办理情况", "逾期工作日", "办结日期",
    "催办次数", "督办次数", "最近催办、督办日期",
)  # fmt: skip


def duty_cells(duty: Duty) -> tuple[str, ...]:
    """A duty under DUTY_HEAD."""
    due, calls = duty.state.due_on, duty.calls
    return (
        "个人当事人" if duty.holder.uid == PERSONS else duty.holder.name,
        duty.title,
        duty.number,
        duty.belongs_to,
        duty.state_label,
        duty.term_label,
        in_words(due) if due else "",
        duty.stands.label if duty.stands is not None else duty.outcome.label,
        str(duty.days_late),
        in_words(duty.ended_on) if duty.ended_on else "",
        str(calls.reminders),
        str(calls.supervisions),
        in_words(calls.last_on) if calls.last_on else "",
    )
