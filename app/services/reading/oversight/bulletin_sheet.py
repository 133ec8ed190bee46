"""月度通报 as a sheet and as tables: the same values that its page shows."""

from datetime import date

from app.documents.bulletin import BulletinSheet, LateLine, UnitLine, bulletin_pdf, bulletin_text
from app.documents.render import shared_renderer
from app.services.notice_content.wording import day
from app.services.reading.attached import Download
from app.services.reading.oversight.bulletin import Bulletin
from app.services.reading.oversight.duties import Duty
from app.services.reading.oversight.scope import Outcome
from app.services.reading.oversight.trend import Met

UNIT_HEAD = ("承办单位", "应办结", "按期办结", "逾期办结", "逾期未办结", "未到期", "按期办结率")
LATE_HEAD = ("承办单位", "事项", "文号", "期限", "届满日期", "逾期工作日", "催办次数", "督办次数", "现状")


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


def unit_cells(line: UnitLine) -> tuple[str, ...]:
    """A line of the table under UNIT_HEAD."""
    numbers = (line.total, line.on_time, line.late, line.overdue, line.open)
    return (line.unit, *map(str, numbers), line.rate)


def late_cells(line: LateLine) -> tuple[str, ...]:
    """A line of the table under LATE_HEAD."""
    last_day = day(date.fromisoformat(line.last_day)) if line.last_day else ""
    told = (line.unit, line.matter, line.number, line.term, last_day)
    return (*told, *map(str, (line.days_late, line.reminders, line.supervisions)), line.became)


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
        number=duty.number or duty.belongs_to or "尚未编号",
        term=duty.term_label,
        last_day=duty.state.due_on.isoformat() if duty.state.due_on else "",
        days_late=duty.days_late,
        reminders=duty.calls.reminders,
        supervisions=duty.calls.supervisions,
        became=f"{day(duty.ended_on)}办结" if duty.ended_on else "未办结",
    )
