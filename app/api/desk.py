"""待办: what lies with the unit and post of the token."""

from app.api.bodies.desk import InboxPage, InboxQuery
from app.api.calling import Call
from app.api.cases import demand_known, line_body
from app.api.operation import operation
from app.services.api_tokens import Scope
from app.services.machine_steps import workable_besides_owner
from app.services.reading.desk.boxes import COUNTED, Box
from app.services.reading.desk.listing import Key, count_held, read_box
from app.services.reading.desk.sieve import Sieve
from app.services.reading.shade import Shade
from workflows.kit.errors import FieldError, FormIncomplete

GROUP = "事项"


@operation("GET", "/inbox", group=GROUP, scope=Scope.READ, query=InboxQuery, answer=InboxPage)
def read_inbox(call: Call) -> InboxPage:
    """查看轮到本单位该岗位办理的事项，先到期的在前。"""
    query: InboxQuery = call.query
    sieve, after = _sieve(query), _after(query)
    with call.reader() as (reader, owner):
        besides = workable_besides_owner(owner)
        page = read_box(reader, Box.HELD, sieve, after=after, besides=besides)
        count = count_held(reader, sieve, besides)
    return InboxPage(
        items=[line_body(line) for line in page.lines],
        count=min(count, COUNTED),
        more_than_counted=count > COUNTED,
        next=str(page.next_key) if page.next_key is not None else None,
    )


def _sieve(query: InboxQuery) -> Sieve:
    demand_known(query.kind, query.state)
    if query.due_from is not None and query.due_until is not None and query.due_until < query.due_from:
        raise FormIncomplete((FieldError("due_until", "届满日至", "不得早于“届满日自”所填日期"),))
    shade = Shade(query.light) if query.light is not None else None
    return Sieve(query.kind, query.state, shade, from_on=query.due_from, until_on=query.due_until)


def _after(query: InboxQuery) -> Key | None:
    """Raises FormIncomplete for a place that no page ends at: it must not look like the first page."""
    if query.after is None:
        return None
    key = Key.read(query.after)
    if key is None:
        raise FormIncomplete((FieldError("after", "翻页", "请填写上一页的 next"),))
    return key
