"""工作日历: its versions, and the import of a year: first what it would move, then the import itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.administration.forms import CalendarForm
from app.services.calendar_imports import ImportReport, dossiers_behind, import_calendar, preview_import
from app.services.calendars import list_calendars
from app.services.imports.calendars import CALENDAR_LAYOUT, calendar_text
from app.web.forms import Attempt, parsed, small_form, typed_into
from app.web.handing_out import hand_out
from app.web.import_workbooks import template_xlsx
from app.web.reading import current_reader, for_posts, signed_in
from app.workbooks.reading import LARGEST_FILE, TableRefused
from workflows.kit.calendar import Calendar
from workflows.kit.calendar_file import CalendarFileError, Fact, parse_calendar_file
from workflows.kit.errors import FieldError, FormIncomplete, Refusal
from workflows.roles import Post

blueprint = Blueprint("working_days", __name__, url_prefix="/calendar")

_KEEPERS = for_posts(Post.RULES_KEEPER)
#: So much above the largest workbook a request is still read, to be refused by its size and name.
_FORM_AROUND_IT = 2**20
#: A small import is done at once; what takes longer is carried on by the background job.
_PATIENCE_SECONDS = 3.0
#: Days of one holiday, with those worked in exchange for it, lie no further apart.
_APART = 21

#: Procedure, term, day before, day after, whether the subject is told, whether the new day is provisional.
Line = tuple[str, str, date, date, bool, bool]


@blueprint.url_value_preprocessor
def limit_size(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the request: what is far too large is answered with 413, unread."""
    most = LARGEST_FILE + _FORM_AROUND_IT
    request.max_content_length = min(most, request.max_content_length or most)


@blueprint.get("")
@_KEEPERS
def show() -> ResponseReturnValue:
    """The versions, and the form of a new one."""
    return _page()


@blueprint.post("")
@_KEEPERS
def bring() -> ResponseReturnValue:
    """试算 lists what would move; 导入 stores the version and moves it."""
    typed, own = typed_into(CalendarForm, "calendar", request.form), installation()
    try:
        if (uploaded := request.files.get("table")) is not None and uploaded.filename:
            # Its days go into the field, so that they are seen, and stay there when the form comes back.
            typed["text"] = _days_of(uploaded.read())
        form = parsed(CalendarForm, typed)
        calendar, facts = _calendar(form)
        if request.form.get("act") != "import":
            report = preview_import(own.backend, calendar, own.clock())
            return _page(Attempt("calendar", typed), report, arranged(facts))
        report = import_calendar(
            own.backend, calendar, form.source, own.clock, patience=_PATIENCE_SECONDS, by=signed_in().user_id
        )
    except Refusal as refusal:
        return _page(Attempt("calendar", typed, refusal)), 422
    if report.left:
        flash(gettext("已导入，正在调整期限，尚余案卷%(number)s个；可以离开本页。", number=report.left), "done")
    else:
        flash(gettext("已导入并施行，调整期限%(number)s个。", number=len(report.moved)), "done")
    return redirect(url_for("working_days.show"), 303)


@blueprint.get("/template.xlsx")
@_KEEPERS
def template() -> ResponseReturnValue:
    """The workbook to be filled in."""
    return hand_out(template_xlsx(CALENDAR_LAYOUT, installation().clock()), "放假安排", "calendar", "xlsx")


def _days_of(content: bytes) -> str:
    """The text of a workbook.

    Raises:
        FormIncomplete: it is no such table, or a cell of it cannot be read.
    """
    try:
        return calendar_text(content)
    except TableRefused as refusal:
        raise WrongDays([f"工作簿：{line}" for line in refusal.message.splitlines()]) from None


class WrongDays(FormIncomplete):
    """What is wrong with the days: one thing stands at the field, several in a list of their own."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        said = (
            problems[0].removesuffix("。") if len(problems) == 1 else f"有{len(problems)}处需要改正，逐条列在本页上方"
        )
        super().__init__((FieldError("text", "放假安排", said),))


@dataclass(frozen=True)
class Holiday:
    """A holiday as the notice names it: its days off from the first to the last, and the days worked in exchange."""

    name: str
    first: date | None
    last: date | None
    worked: tuple[date, ...]

    @property
    def days(self) -> int:
        """From the first to the last day, weekends between them included."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0


def arranged(facts: Iterable[Fact]) -> list[Holiday]:
    """The days by holiday, in their order: what the keeper compares with the notice before anything moves."""
    by_name: dict[tuple[str, int], list[Fact]] = {}
    for fact in sorted(facts):
        # 元旦 may stand at both ends of a year's notice: the days of one holiday lie close together.
        near = [key for key, days in by_name.items() if key[0] == fact.name and (fact.on - days[-1].on).days <= _APART]
        by_name.setdefault(near[-1] if near else (fact.name, len(by_name)), []).append(fact)
    found = []
    for (name, _), days in by_name.items():
        off = [fact.on for fact in days if not fact.working]
        worked = tuple(fact.on for fact in days if fact.working)
        found.append(Holiday(name, min(off, default=None), max(off, default=None), worked))
    return found


def _calendar(form: CalendarForm) -> tuple[Calendar, tuple[Fact, ...]]:
    """The present calendar with the days that were typed, and those days.

    Raises:
        FormIncomplete: with every line that is wrong.
    """
    with current_reader() as reader:
        present = reader.view.calendar
    try:
        facts, year = parse_calendar_file(form.text, form.source)
        return present.with_facts(form.version, facts, year), facts
    except CalendarFileError as error:
        raise WrongDays(error.problems) from None


def _page(attempt: Attempt | None = None, report: ImportReport | None = None, holidays: Sequence[Holiday] = ()) -> str:
    own = installation()
    lines = list_calendars(own.database)
    form = small_form(CalendarForm, "calendar", attempt)
    return render_template(
        "rules/calendar.html",
        versions=tuple(reversed(lines)),
        behind=len(dossiers_behind(own.backend, lines[-1].version)),
        form_of=form,
        report=report,
        holidays=holidays,
        problems=_problems(attempt),
        moves=_grouped(report) if report is not None else (),
        failed=bool(form.lines),
    )


def _problems(attempt: Attempt | None) -> list[str]:
    """What is listed above the form: more than one thing wrong with the days."""
    refusal = attempt.refusal if attempt is not None else None
    return refusal.problems if isinstance(refusal, WrongDays) and len(refusal.problems) > 1 else []


def _grouped(report: ImportReport) -> list[tuple[Line, int]]:
    """What moves, counted: a rules keeper sees no case."""
    counted = Counter(
        (move.kind_label, move.term_label, move.before, move.after, move.tells_subject, move.is_provisional)
        for move in report.moved
    )
    return sorted(counted.items())
