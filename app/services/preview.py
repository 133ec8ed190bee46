"""预览文书: the notices to which a step leads, read beforehand. The step is taken and given back: nothing stays.

The step itself is run, with the same permissions, guards and effects, so that what is shown is what would be signed.
Its transaction is then rolled back as after a refusal: no number is drawn, no event chained, no sheet asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.services.applying import StepRun
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.next_hand import take_next
from app.services.specimens import Specimen, specimens_of
from app.services.steps import take_within
from app.services.terms import live_terms
from app.services.unit_of_work import unit_of_work


class _GivenBack(Exception):
    """Ends the transaction of a preview: whatever it wrote is rolled back."""


@dataclass(frozen=True)
class Foreseen:
    """What would come of a step: its notices, and the last day of every live term of its case, by key."""

    specimens: tuple[Specimen, ...] = ()
    dues: Mapping[str, date | None] = field(default_factory=dict)


def preview_step(backend: Backend, command: TakeStep, now: datetime) -> tuple[Specimen, ...]:
    """The notices of `foresee_step`."""
    return foresee_step(backend, command, now).specimens


def foresee_step(backend: Backend, command: TakeStep, now: datetime) -> Foreseen:
    """What this step would bring, its notices in the order in which it would make them. Writes nothing.

    A proposal, request or draft makes none itself; for these it tells what would come of it if the next hand agreed.
    The dossier is locked meanwhile as by the step itself, for some milliseconds; sheets are rendered afterwards.

    Raises:
        Refusal: whatever `take_step` would refuse, for the same reasons, now or when the next hand takes its step; or
            a notice would lack what it must state.
    """
    found: list[Foreseen] = []
    try:
        with unit_of_work(backend, now) as work:
            run = take_within(work, replace(command, key=None))
            dues: dict[str, date | None] = {}
            if isinstance(run, StepRun):
                take_next(work, run)
                dues = {key: row.due_on for key, row in live_terms(work, run.case.id).items()}
            found.append(Foreseen(specimens_of(work), dues))
            raise _GivenBack
    except _GivenBack:
        return found[0]
