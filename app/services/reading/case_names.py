"""Everybody whom the page of a case names, read at once."""

from collections.abc import Sequence

from app.models.cases import Case
from app.models.kinds import Notice
from app.services.once_read import history_of, know, notices_of, person_name
from app.services.reading.lines import Names, named_in
from app.services.reading.reader import Reader
from app.services.units.names import unit_names
from workflows.kit.context import Context

#: Columns of a case that name a unit, besides those of its line.
_UNITS = ("finder_unit_id", "review_unit_id", "tolerance_unit_id", "recipient_unit_id", "organ_unit_id")


def read_names(reader: Reader, case: Case, ctx: Context, siblings: Sequence[Case]) -> Names:
    """The names; from then on the session itself knows these people, and of a notice its units."""
    view = reader.view
    people, units = named_in([case, *siblings])
    notices = notices_of(view, case.id)
    people |= {one.recipient_person_id for one in notices}
    people |= {person for event in history_of(view, case.id) for person in (event.actor_id, event.principal_id)}
    if ctx.proposal is not None:
        people |= {ctx.proposal.author_id, ctx.proposal.principal_id}
    units |= {getattr(one, column, None) for one in (case, *siblings) for column in _UNITS}
    units |= {one.recipient_unit_id for one in notices}
    know(view, people, units if isinstance(case, Notice) else ())
    return Names({one: person_name(view, one) for one in people}, unit_names(reader.session, units))
