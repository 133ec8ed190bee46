"""Several acts: one act on several cases, each a step of its own in its own transaction; each with its result.

A case that cannot be acted on does not keep the others waiting, and a form that is sent twice does nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.database import read_transaction
from app.services.backend import Backend
from app.services.commands import TakeStep
from app.services.reading.quick import Ticked
from app.services.reading.reader import reader_of
from app.services.reading.repetition import taken_before
from app.services.steps import KEY, take_step
from workflows.kit.context import Actor
from workflows.kit.errors import FieldError, FormIncomplete, Refusal

#: No more than a page of a list at once.
MOST = 50


@dataclass(frozen=True)
class Result:
    """What came of one case; `refused` says why nothing was done, empty: it was."""

    row: Ticked
    refused: str = ""


@dataclass(frozen=True)
class Several:
    """What came of a batch so far; `left` are the uids whose turn has not come yet."""

    results: tuple[Result, ...]
    left: tuple[str, ...]

    @property
    def done(self) -> int:
        return sum(not result.refused for result in self.results)


def take_several(
    backend: Backend,
    actor: Actor,
    step: str,
    rows: Sequence[Ticked],
    versions: Mapping[str, int],
    key: str,
    clock: Callable[[], datetime],
    may_go_on: Callable[[], bool],
) -> Several:
    """Take the step on every row, one transaction each; a row whose act it is not is refused.

    Args:
        versions: of each case as the list showed it; one without is refused, nothing is done unseen.
        key: of the form; the same rows sent again with it hear again what came of them.
        may_go_on: asked before each row; when it says no, the rest is left for the next call.

    Raises:
        FormIncomplete: the key is none.
    """
    if not KEY.fullmatch(key) or len(key) > 40:
        raise FormIncomplete((FieldError("key", "提交标识", "格式不对，请刷新页面后重新提交"),))
    results: list[Result] = []
    for place, row in enumerate(rows):
        if results and not may_go_on():
            return Several(tuple(results), tuple(left.line.uid for left in rows[place:]))
        results.append(_take(backend, actor, step, row, versions.get(row.line.uid, -1), key, clock()))
    return Several(tuple(results), ())


def _take(backend: Backend, actor: Actor, step: str, row: Ticked, version: int, key: str, now: datetime) -> Result:
    uid = row.line.uid
    own_key = f"{key}-{uid}"
    if row.step is None or row.step.key != step:
        with read_transaction(backend.engine) as session:
            again = taken_before(reader_of(backend, session, actor, now), uid, step, own_key)
        return Result(row, "" if again is not None else "本事项现在不能这样办理，请打开查看")
    try:
        take_step(backend, TakeStep(step, actor, case=uid, expected_version=version, key=own_key), now)
    except Refusal as refusal:
        return Result(row, refusal.message)
    return Result(row)
