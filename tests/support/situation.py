"""A situation to judge a step in: a case of plain attributes, who acts, the day, and what the facts answer."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any, cast, get_args, get_type_hints

from workflows.facts import Facts
from workflows.kit.calendar import shipped_calendar
from workflows.kit.context import SYSTEM, Actor, Context, Hat, Proposal
from workflows.roles import Capacity
from workflows.rules import load_locality

TODAY = date(2026, 11, 20)
_SILENT: dict[type, object] = {str: "", bool: False, int: 0, frozenset: frozenset()}


class Answers:
    """Facts that say nothing is in the way, unless told otherwise: `Answers(waiting_exemption=True)`.

    A callable is asked with the question's arguments; anything else is the answer itself.
    """

    def __init__(self, **told: Any) -> None:
        unknown = [name for name in told if not hasattr(Facts, name)]
        if unknown:
            raise AttributeError(f"no question of Facts: {', '.join(unknown)}")
        self._told = told

    def __getattr__(self, question: str) -> Any:
        returns = get_type_hints(getattr(Facts, question))["return"]
        silent = None if type(None) in get_args(returns) else _SILENT[getattr(returns, "__origin__", returns)]
        answer = self._told.get(question, silent)
        return answer if callable(answer) else lambda *_arguments: answer


def situation(
    state: str,
    *capacities: Capacity,
    form: Mapping[str, Any] | None = None,
    told: Mapping[str, Any] | None = None,
    user: int = 1,
    today: date = TODAY,
    locality: str = "demo",
    proposal: Proposal | None = None,
    version: int | None = None,
    counts_on: date | None = None,
    hats: tuple[Hat, ...] = (),
    **case: Any,
) -> Context:
    """A context in which somebody holding `capacities` (SYSTEM: the clock) fills in `form` on a case in `state`.

    `told` is what the facts answer, `case` the columns of the case.
    """
    actor = SYSTEM if Capacity.SYSTEM in capacities else Actor(user, "王测试", f"u{user}")
    base = {"uid": "c1", "version": 1, "round": 1, "number": "示信记〔2026〕1号", "outcome": None}
    return Context(
        case=SimpleNamespace(**(base | case | {"state": state})),
        actor=actor,
        now=datetime.combine(today, time(2), UTC),
        today=today,
        capacities=frozenset(capacities),
        calendar=shipped_calendar(),
        rules=load_locality(locality),
        facts=cast(Facts, Answers(**(told or {}))),
        proposal=proposal,
        given=form,
        expected_version=version,
        counts_on=counts_on,
        hats=hats,
    )
