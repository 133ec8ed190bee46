"""The filters of the desk as they stand in its address: read, written, each with a chip that takes it away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.services.reading.desk.boxes import Box
from app.services.reading.desk.listing import Key, Order, orders_of
from app.services.reading.desk.sieve import LONGEST, Sieve
from app.services.reading.shade import Shade
from app.web.filters import period_given
from app.web.forms import SummaryLine
from app.web.presentation import legal_date
from workflows.registry import WORKFLOWS

_ENDPOINT = "inbox.show"


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address of the same list without it."""

    label: str
    href: str


@dataclass(frozen=True)
class Wish:
    """What the address of the desk asks for. `errors` are days that cannot be read."""

    box: Box
    sieve: Sieve
    order: Order
    after: Key | None = None
    errors: tuple[SummaryLine, ...] = ()

    def values(self, **changed: Any) -> dict[str, Any]:
        """What stands in the address, in a fixed order and without what is empty."""
        sieve: Sieve = changed.get("sieve", self.sieve)
        order: Order = changed.get("order", self.order)
        box: Box = changed.get("box", self.box)
        after: Key | None = changed.get("after")
        said = {
            "box": box.value,
            "kind": sieve.kind,
            "state": sieve.state,
            "light": sieve.shade.value if sieve.shade else "",
            "party": sieve.party,
            "unit": sieve.unit,
            "from_on": sieve.from_on.isoformat() if sieve.from_on else "",
            "until_on": sieve.until_on.isoformat() if sieve.until_on else "",
            "order": order.value if order is not orders_of(box)[0] else "",
            "after": str(after) if after else "",
        }
        return {name: value for name, value in said.items() if value}

    def address(self, **changed: Any) -> str:
        """The address of the same list with something changed, from its first page on."""
        return url_for(_ENDPOINT, **self.values(**changed))

    @property
    def query(self) -> str:
        """What a saved filter keeps; empty where nothing is filtered or sorted."""
        plain = self.sieve.is_empty and self.order is orders_of(self.box)[0]
        return "" if plain else urlencode(self.values())

    @property
    def chips(self) -> tuple[Chip, ...]:
        """One chip for each condition, in the order of the form."""
        sieve = self.sieve
        state = WORKFLOWS[sieve.kind].state(sieve.state).label if sieve.state else ""
        said: Mapping[str, str] = {
            "kind": gettext(WORKFLOWS[sieve.kind].label) if sieve.kind else "",
            "state": gettext(state) if state else "",
            "shade": gettext(sieve.shade.label) if sieve.shade else "",
            "party": gettext("当事人：%(name)s", name=sieve.party) if sieve.party else "",
            "unit": gettext("来文单位：%(name)s", name=sieve.unit) if sieve.unit else "",
            "from_on": gettext("%(day)s起到期", day=legal_date(sieve.from_on)) if sieve.from_on else "",
            "until_on": gettext("%(day)s前到期", day=legal_date(sieve.until_on)) if sieve.until_on else "",
        }
        if sieve.from_on and sieve.from_on == sieve.until_on:
            day = gettext("%(day)s到期", day=legal_date(sieve.from_on))
            one_day = sieve.without("from_on").without("until_on")
            kept = [(name, text) for name, text in said.items() if not name.endswith("_on")]
            chips = [Chip(text, self.address(sieve=sieve.without(name))) for name, text in kept if text]
            return (*chips, Chip(day, self.address(sieve=one_day)))
        return tuple(Chip(text, self.address(sieve=sieve.without(name))) for name, text in said.items() if text)


def wish_of(given: MultiDict[str, str], boxes: tuple[Box, ...]) -> Wish:
    """Read an address; what it does not know is left out."""
    errors: list[SummaryLine] = []
    box = next((known for known in boxes if known == given.get("box", "")), boxes[0])
    kind = given.get("kind", "")
    kind = kind if kind in WORKFLOWS else ""
    states = WORKFLOWS[kind].states if kind else ()
    said = _texts(given)
    begins, ends = period_given(said, errors)
    sieve = Sieve(
        kind=kind,
        state=next((known.key for known in states if known.key == given.get("state")), ""),
        shade=next((known for known in Shade if known == given.get("light", "")), None),
        party=said("party")[:LONGEST],
        unit=said("unit")[:LONGEST],
        from_on=begins,
        until_on=ends,
    )
    order = next((known for known in orders_of(box) if known == given.get("order", "")), orders_of(box)[0])
    return Wish(box, sieve, order, Key.read(given.get("after", "")), tuple(errors))


def _texts(given: MultiDict[str, str]) -> Callable[[str], str]:
    return lambda name: " ".join(given.get(name, "").replace("\0", "").split())
