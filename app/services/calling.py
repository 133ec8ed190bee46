"""催办 and 督办 of many late duties at once: work in the outbox, so that it goes on when the page is left.

One row holds the whole batch by ids, with a result for each duty. Each call is a step of its own, taken with the key of
its duty: a batch that is taken up again after a crash calls to nobody twice.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.clock import legal_day
from app.database import read_transaction, write_transaction
from app.models.history import OutboxRow
from app.models.people import User
from app.models.terms import TermRow
from app.services.backend import Backend
from app.services.outbox import Claim, NotYet, claim_next, put_once, settle
from app.services.steps import TakeStep, take_step
from workflows.kit.context import Actor
from workflows.kit.counting import has_ended
from workflows.kit.errors import GuardRefused, Refusal
from workflows.registry import WORKFLOWS

WORK = "call"
#: At most so many duties in one batch.
MOST = 2_000
#: Results are written down after so many calls.
_SLICE = 20
#: How long the drain stays with one batch before others have their turn.
_TURN_SECONDS = 5.0
DONE, OVER = "done", "over"


@dataclass(frozen=True)
class Call:
    """One duty to be called to: its case as it was seen, and the step to take."""

    case: str
    term: int
    step: str
    version: int


@dataclass(frozen=True)
class Batch:
    """A batch as it is kept. `results` by the key of the term: done, over, or the code of a refusal with its reason."""

    actor: int
    calls: tuple[Call, ...]
    results: dict[int, str]

    @classmethod
    def from_json(cls, text: str) -> "Batch":
        """Rebuild a batch from `to_json`."""
        kept = json.loads(text)
        calls = tuple(Call(*values) for values in kept["calls"])
        return cls(kept["actor"], calls, {int(term): result for term, result in kept["results"].items()})

    def to_json(self) -> str:
        """The body of the row; it holds no name and nothing of a case but ids."""
        return json.dumps({**asdict(self), "calls": [astuple(call) for call in self.calls]}, ensure_ascii=False)


def key_of(user_id: int, name: str) -> str:
    """The key of a batch: of its author, so that nobody else finds it by its name."""
    return f"{WORK}:{user_id}:{name}"


def put_calls(backend: Backend, actor: Actor, name: str, calls: Sequence[Call], now: datetime) -> None:
    """Put a batch into the outbox; under a name that this person has used before nothing happens.

    Args:
        name: chosen by the page, at most 40 characters.
    """
    assert actor.user_id is not None
    in_turn = sorted(calls[:MOST], key=lambda call: (call.case, call.term))
    with write_transaction(backend.sessions) as session:
        put_once(session, key_of(actor.user_id, name), WORK, Batch(actor.user_id, tuple(in_turn), {}).to_json(), now)


def work_at_once(backend: Backend, actor: Actor, name: str, clock: Callable[[], datetime], seconds: float) -> None:
    """Work on a batch here and now, for so many seconds; what is left is done by the drain."""
    assert actor.user_id is not None
    claim = claim_next(backend, clock(), key_of(actor.user_id, name))
    if claim is None:
        return
    try:
        carry_on(backend, claim, clock, seconds)
    except NotYet as waiting:
        settle(backend, claim, clock(), str(waiting), again=timedelta(0))
        backend.wake()
    else:
        settle(backend, claim, clock())


def carry_on(backend: Backend, claim: Claim, clock: Callable[[], datetime], seconds: float = _TURN_SECONDS) -> None:
    """Call to the duties of a batch that have no result yet.

    Raises:
        NotYet: the time is over and some are left.
    """
    with read_transaction(backend.engine) as session:
        batch = Batch.from_json(session.execute(select(OutboxRow.body).where(OutboxRow.id == claim.id)).scalar_one())
        user = session.get(User, batch.actor)
        assert user is not None
        actor = Actor(user.id, user.name, user.uid)
    until, versions, new = time.monotonic() + seconds, dict[str, int](), 0
    for call in batch.calls:
        if call.term in batch.results:
            continue
        if new and time.monotonic() > until:
            _keep(backend, claim, batch)
            raise NotYet("正在逐项办理", timedelta(0))
        batch.results[call.term] = _take(backend, claim, actor, call, versions, clock())
        new += 1
        if new % _SLICE == 0:
            _keep(backend, claim, batch)
    _keep(backend, claim, batch)


def _take(backend: Backend, claim: Claim, actor: Actor, call: Call, versions: dict[str, int], now: datetime) -> str:
    """Call to one duty; returns its result. Several duties of one case follow each other."""
    with read_transaction(backend.engine) as session:
        term = session.get(TermRow, call.term)
    if term is None or term.status != "running" or term.due_on is None or not has_ended(term.due_on, legal_day(now)):
        return OVER
    target = next((known.label for flow in WORKFLOWS.values() if (known := flow.term(term.key))), term.key)
    command = TakeStep(
        call.step,
        actor,
        {"target": target},
        case=call.case,
        expected_version=versions.get(call.case, call.version),
        key=f"{claim.key.rpartition(':')[2]}-{call.term}",
    )
    try:
        versions[call.case] = take_step(backend, command, now).version
    except GuardRefused as refusal:
        return f"{refusal.code}:{'；'.join(unmet.label for unmet in refusal.unmet)}"
    except Refusal as refusal:
        return refusal.code
    return DONE


def _keep(backend: Backend, claim: Claim, batch: Batch) -> None:
    """Write the results down, unless somebody else has taken the batch over since."""
    with write_transaction(backend.sessions) as session:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == claim.id, OutboxRow.attempts == claim.attempt)
            .values(body=batch.to_json())
        )
