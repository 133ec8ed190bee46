"""全部事项: the list of all cases one may see, with one box for words and filters that stand in the address."""

from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.services.reading.record_table import record_table, writing_unit
from app.services.reading.search import COUNTED, Found, Sought, export_found, search
from app.services.search_index.query import LONGEST, Due
from app.web.case_views import light_of
from app.web.handing_out import table_file
from app.web.line_cells import LINE_HEAD, cut_off, line_cells
from app.web.reading import current_reader
from app.web.spreadsheet import Table
from app.web.views import Link
from workflows.registry import WORKFLOWS


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address of the same list without it."""

    label: str
    href: str


def search_page() -> ResponseReturnValue:
    """What the reader may see of what he looks for, newest first; without JavaScript, every filter in the address."""
    sought = _sought()
    with current_reader() as reader:
        found = search(reader, sought, request.args.get("before", type=int))
        today, writes = reader.today, writing_unit(reader) is not None
    return render_template(
        "cases/search.html",
        as_records=writes and sought.kind == "record",
        sought=sought,
        found=found,
        rows=[(row.line, light_of(row.line.term, today), row.reasons) for row in found.lines],
        count=f"{COUNTED}+" if found.is_capped else str(found.count),
        kinds=[(key, flow.label) for key, flow in WORKFLOWS.items()],
        states=WORKFLOWS[sought.kind].states if sought.kind else (),
        dues=[(due.value, due.label) for due in Due],
        chips=_chips(sought),
        notices=_notices(sought, found),
        next_page=_address(sought, before=found.next_before) if found.next_before else "",
        longest=LONGEST,
    )


def export_page() -> ResponseReturnValue:
    """The same list as a table; that it was taken out is logged, and a list that is cut off says so below it."""
    with current_reader() as reader:
        lines, is_cut = export_found(reader, _sought())
    table = Table("事项清单", LINE_HEAD, [*map(line_cells, lines)], note=cut_off(is_cut, len(lines)))
    return table_file(table, "cases", request.form.get("form", ""))


def records_page() -> ResponseReturnValue:
    """The records of the reader's unit in the columns of the import, so that they can be kept, changed and taken in."""
    with current_reader() as reader:
        layout, rows, is_cut = record_table(reader, replace(_sought(), kind="record"))
    head = [column.heading for column in layout.columns]
    table = Table("失信记录", head, rows, note=cut_off(is_cut, len(rows)), comes_back=True)
    return table_file(table, "records", "xlsx")


def _sought() -> Sought:
    given = request.values
    kind = given.get("kind", "")
    kind = kind if kind in WORKFLOWS else ""
    states = WORKFLOWS[kind].states if kind else ()
    state = next((known.key for known in states if known.key == given.get("state")), "")
    due = next((known for known in Due if known.value == given.get("due")), None)
    return Sought(kind, state, given.get("q", "").strip(), due)


def _address(sought: Sought, *, without: str = "", before: int | None = None, kind: str = "") -> str:
    values: dict[str, Any] = {
        "q": sought.words[: 2 * LONGEST],
        "kind": kind or sought.kind,
        "state": "" if without == "kind" or kind else sought.state,
        "due": sought.due.value if sought.due else "",
        "before": before,
    }
    return url_for("cases.search", **{name: value for name, value in values.items() if value and name != without})


def _chips(sought: Sought) -> list[Chip]:
    chips = []
    if sought.words:
        shown = sought.words if len(sought.words) <= 20 else f"{sought.words[:20]}……"
        chips.append(Chip(f"“{shown}”", _address(sought, without="q")))
    if sought.kind:
        flow = WORKFLOWS[sought.kind]
        chips.append(Chip(gettext(flow.label), _address(sought, without="kind")))
        if sought.state:
            chips.append(Chip(gettext(flow.state(sought.state).label), _address(sought, without="state")))
    if sought.due:
        chips.append(Chip(gettext(sought.due.label), _address(sought, without="due")))
    return chips


def _notices(sought: Sought, found: Found) -> Link | None:
    """The same words among the notices, which this list leaves out."""
    if not sought.words or sought.kind or found.nothing_to_seek:
        return None
    return Link(gettext("在文书中查"), _address(sought, kind="notice"))
