"""A world that tries hostile values in every field of every form before it takes the step, and takes each try back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.services.commands import Paper, Taken, TakeStep
from app.services.settling import settle_pauses
from app.services.steps import take_within
from app.services.unit_of_work import unit_of_work
from tests.support.world import World
from workflows.kit.errors import Refusal
from workflows.registry import WORKFLOWS

_DEEP: list[Any] = []
for _ in range(5_000):
    _DEEP = [_DEEP]

#: Values that no office would type, by what is wrong with them.
VALUES: Mapping[str, Any] = {
    "nothing": None,
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "before the calendar": "1990-01-01",
    "after the calendar": "2190-01-01",
    "no such day": "2026-02-30",
    "full-width": "２０２６－０１－０１",
    "long line": "长" * 200,
    "long text": "长" * 4000,
    "too long": "长" * 1_000_000,
    "U+0000": "一\x00二",
    "surrogate": "一\ud800二",
    "huge number": 10**30,
    "long number": "9" * 5_000,
    "negative": -1,
    "infinite": float("inf"),
    "list": ["长"] * 100_000,
    "list of U+0000": ["一\x00二"],
    "deep": _DEEP,
    "mapping": {"k" * 1_000: {"x": "一\x00二"}},
    "another type": object(),
}


#: One in so many is tried; it does not divide the number of values, so each field meets others than its neighbour.
_OF_ALL = 4


class _Undone(Exception):
    """The try is taken back."""


@dataclass
class HostileWorld(World):
    """Each step is first tried with one field at a time made hostile; `surprises` are answers that are no refusal."""

    tries: int = 0
    surprises: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def step(self, actor: Any, step: str, case: str = "", form: dict[str, Any] | None = None, **more: Any) -> Taken:
        command = TakeStep(step, self._actor(actor), form or {}, case=case, **more)
        if not command.actor.is_system:
            self.attack(command)
        return super().step(actor, step, case, form, **more)

    def open(
        self, actor: Any, kind: str, step: str, parent: str = "", /, *, paper: Paper | None = None, **form: Any
    ) -> Taken:
        self.attack(TakeStep(step, self._actor(actor), form, opens=kind, parent=parent, paper=paper))
        return super().open(actor, kind, step, parent, paper=paper, **form)

    def attack(self, command: TakeStep) -> None:
        """Try every hostile form of a step that has not been tried yet."""
        kind = command.opens or self.case(command.case).kind
        inner = str(command.form.get("step", "")) if command.step == "propose" else ""
        if (kind, command.step + inner) in self.seen:
            return
        self.seen.add((kind, command.step + inner))
        for place, (words, form) in enumerate(hostile_forms(kind, command.step, command.form)):
            # Neighbouring fields get different ones: a quarter of them all keeps the run short and every kind in it.
            if place % _OF_ALL == len(self.seen) % _OF_ALL:
                self.attempt(replace(command, form=form), f"{kind}.{command.step} {words}")

    def attempt(self, command: TakeStep, words: str) -> None:
        """Take a step and take it back; anything but success and a Chinese refusal is a surprise."""
        self.tries += 1
        try:
            with unit_of_work(self.backend, self.clock()) as work:
                take_within(work, command)
                settle_pauses(work)
                work.finish()
                raise _Undone
        except _Undone:
            return
        except Refusal as refusal:
            if not any("\u4e00" <= letter <= "\u9fff" for letter in refusal.message):
                self.surprises.append(f"{words}: no Chinese in “{refusal.message[:80]}”")
        except Exception as error:  # noqa: BLE001 - the point is to name whatever comes
            self.surprises.append(f"{words}: {type(error).__name__} {str(error)[:120]!r}")


def hostile_forms(kind: str, step: str, form: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The form with one field, also of an inner form or a row, replaced by each hostile value."""
    known = WORKFLOWS[kind].step(step)
    assert known is not None
    names = dict.fromkeys([*known.form.model_fields, *form, "no_such_field"])
    for name in names:
        for words, value in VALUES.items():
            yield f"{name} = {words}", {**form, name: value}
        inner = form.get(name)
        if isinstance(inner, Mapping):
            for key in inner:
                for words, value in VALUES.items():
                    yield f"{name}.{key} = {words}", {**form, name: {**inner, key: value}}
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            for key in inner[0]:
                for words, value in VALUES.items():
                    yield f"{name}.0.{key} = {words}", {**form, name: [{**inner[0], key: value}]}
