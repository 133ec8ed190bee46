"""月度通报 as a sheet and as tables: the same values that its page shows."""

from app.documents.bulletin import BulletinSheet, LateLine, UnitLine, bulletin_pdf, bulletin_text
from app.documents.render import shared_renderer
from app.services.notice_content.wording import day
from app.services.reading.attached import Download
from app.services.reading.lines import NO_NUMBER
from app.services.reading.oversight.bulletin import Bulletin
from app.services.reading.oversight.duties import Duty
from app.services.reading.oversight.scope import Outcome
from app.services.reading.oversight.trend import Met
from app.workbooks.values import Rate, Value

UNIT_HEAD = ("承办单位", "应办结", "按期办结", "逾期办结", "逾期未办结", "未到期", "按期办结率")
LATE_HEAD = (
    "承办单位", "事项", "文号", "期限", "届满日期", "逾期工作日", "催办次数", "督办次数", "现状", "办结日期",
)  # fmt: skip


def sheet_of(bulletin: Bulletin, *, demo: bool) -> BulletinSheet:
    """What the sheet prints; `demo`: marked as make-believe."""
    return BulletinSheet(
        organ=bulletin.organ,
        month=bulletin.month.label,
        as_of=bulletin.as_of.isoformat(),
        units=tuple(_unit(row.holder.name, row.met) for row in bulletin.units),
        whole=_unit("合计", bulletin.whole),
        late=tuple(_late(duty) for duty in bulletin.late),
        late_left=bulletin.late_count - len(bulletin.late),
        carried=tuple(_late(duty) for duty in bulletin.carried),
        carried_left=bulletin.carried_count - len(bulletin.carried),
        labelled_demo=demo,
    )


def download_of(sheet: BulletinSheet, *, as_pdf: bool) -> Download:
    """The sheet as a file. Raises what the renderer raises."""
    name = f"{sheet.title}（{sheet.month}）"
    if not as_pdf:
        return Download(f"{name}.txt", "text/plain", bulletin_text(sheet).encode())
    return Download(f"{name}.pdf", "application/pdf", bulletin_pdf(sheet, shared_renderer()))


def unit_cells(name: str, met: Met) -> tuple[Value, ...]:
    """A unit, or the sum of all, under UNIT_HEAD."""
    outcomes = (Outcome.ON_TIME, Outcome.LATE, Outcome.OVERDUE, Outcome.OPEN)
    rate = Rate(met.per_mille) if met.per_mille is not None else None
    return (name, met.total, *(met.counts[outcome] for outcome in outcomes), rate)


def late_cells(duty: Duty) -> tuple[Value, ...]:
    """A duty under LATE_HEAD."""
    return (
        duty.holder.name,
        duty.title,
        _number(duty),
        duty.term_label,
        duty.state.due_on,
        duty.days_late,
        duty.calls.reminders,
        duty.calls.supervisions,
        "已办结" if duty.ended_on else "未办结",
        duty.ended_on,
    )


def _number(duty: Duty) -> str:
    return duty.number or duty.belongs_to or NO_NUMBER


def _unit(name: str, met: Met) -> UnitLine:
    counts = met.counts
    return UnitLine(
        name,
        met.total,
        counts[Outcome.ON_TIME],
        counts[Outcome.LATE],
        counts[Outcome.OVERDUE],
        counts[Outcome.OPEN],
        met.rate,
    )


def _late(duty: Duty) -> LateLine:
    return LateLine(
        unit=duty.holder.name,
        matter=duty.title,
        number=_number(duty),
        term=duty.term_label,
        last_day=duty.state.due_on.isoformat() if duty.state.due_on else "",
        days_late=duty.days_late,
        reminders=duty.calls.reminders,
        supervisions=duty.calls.supervisions,
        became=f"{day(duty.ended_on)}办结" if duty.ended_on else "未办结",
    )
