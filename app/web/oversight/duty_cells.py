"""The cells of a duty in a list that goes out as a file."""

from app.services.reading.lines import NO_NUMBER
from app.services.reading.oversight.duties import Duty
from app.services.reading.oversight.scope import PERSONS
from app.workbooks.values import Content, Value

DUTY_HEAD = (
    "承办单位", "事项", "文号", "所属事项", "状态", "期限", "届满日期", "办理情况", "逾期工作日", "办结日期",
    "催办次数", "督办次数", "最近催办、督办日期",
)  # fmt: skip


def duty_cells(duty: Duty) -> tuple[Value, ...]:
    """A duty under DUTY_HEAD."""
    return (
        "个人当事人" if duty.holder.uid == PERSONS else Content(duty.holder.name),
        duty.title,
        Content(duty.number) or NO_NUMBER,
        Content(duty.belongs_to),
        duty.state_label,
        duty.term_label,
        duty.state.due_on,
        duty.stands.label if duty.stands is not None else duty.outcome.label,
        duty.days_late,
        duty.ended_on,
        duty.calls.reminders,
        duty.calls.supervisions,
        duty.calls.last_on,
    )
