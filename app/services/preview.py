"""预览文书: the notices to which a step leads, read beforehand. The step is taken and given back: nothing stays.

The step itself is run, with the same permissions, guards and effects, so that what is shown is what would be signed.
Its transaction is then rolled back as after a refusal: no number is drawn, no event chained, no sheet asked for.
"""

from dataclasses import replace
from datetime import datetime

from app.services.applying import StepRun
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.next_hand import take_next
from app.services.specimens import Specimen, specimens_of
from app.services.steps import take_within
from app.services.unit_of_work import unit_of_work


class _GivenBack(Exception):
    """Ends the transaction of a preview: whatever it wrote is rolled back."""


def preview_step(backend: Backend, command: TakeStep, now: datetime) -> tuple[Specimen, ...]:
    """The notices that this step would make, in the order in which it would make them. Writes nothing.

    A proposal or a draft makes none itself; for these it gives what the decider or signer would sign if he agreed.
    The dossier is locked meanwhile as by the step itself, for some milliseconds; sheets are rendered afterwards.

    Raises:
        Refusal: whatever `take_step` would refuse, for the same reasons, now or when the next hand takes its step; or
            a notice would lack what it must state.
    """
    found: list[Specimen] = []
    try:
        with unit_of_work(backend, now) as work:
            run = take_within(work, replace(command, key=None))
            if isinstance(run, StepRun):
                take_next(work, run)
            found += specimens_of(work)
            raise _GivenBack
    except _GivenBack:
        return tuple(found)
