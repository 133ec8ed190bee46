"""What each notice says of its own: one builder per key of the catalogue."""

from collections.abc import Callable

from app.services.notice_content import (
    of_application,
    of_exemption,
    of_objection,
    of_overdue,
    of_record,
    of_rectification,
    of_repair,
)
from app.services.notice_content.occasion import Matter, Occasion

Builder = Callable[[Occasion], Matter]

BUILDERS: dict[str, Builder] = {
    **of_record.BUILDERS,
    **of_objection.BUILDERS,
    **of_rectification.BUILDERS,
    **of_repair.BUILDERS,
    **of_exemption.BUILDERS,
    **of_application.BUILDERS,
    **of_overdue.BUILDERS,
}


def matter_of(occasion: Occasion) -> Matter:
    """What the notice says of its own; nothing where its key has no builder.

    Raises:
        KeyError: the form of the step lacks what the notice must state.
    """
    builder = BUILDERS.get(occasion.notice.key)
    return builder(occasion) if builder is not None else Matter()
