"""A procedure as a picture to stand in a page, in the language of its reader, and the same as a list."""

from collections.abc import Iterable

from markupsafe import Markup

from app.services.reading.history import EventView
from app.web.presentation import translated
from workflows.kit.definition import Workflow
from workflows.kit.diagram import OutlineState, WayTaken, outline, svg
from workflows.registry import workflow


def way_of(events: Iterable[EventView]) -> WayTaken:
    """The way that a case has taken, as far as its reader may know it."""
    return frozenset(event.moved for event in events if event.moved is not None)


def picture(flow: Workflow, lit: str = "", taken: WayTaken = frozenset()) -> Markup:
    """The drawing; empty where Graphviz is missing, and the list stands alone."""
    # Graphviz made it from our own tables: nothing in it was typed by anybody.
    return Markup(svg(flow, lit, taken, translated) or "")


def course_of(kind: str, state: str, events: Iterable[EventView]) -> tuple[Markup, tuple[OutlineState, ...]]:
    """The procedure of a case with its present state lit and its way marked: as a picture, and as a list."""
    taken, flow = way_of(events), workflow(kind)
    return picture(flow, state, taken), outline(flow, state, taken)
