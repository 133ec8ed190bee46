"""Why a case was found: the labelled pieces of what it says in which the terms stand, marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.services.search_index.query import Term
from app.services.search_index.readings import readings_of
from app.services.search_index.said import NUMBER, Said
from app.services.search_index.tokens import (
    Cut,
    cut,
    day_tokens,
    may_hold,
    number_tokens,
    reading_token,
    relation_token,
    unit_token,
)
from workflows.kit.storable import in_words

#: Reasons shown for one case, and characters of text on each side of what was found.
MOST_REASONS = 3
_AROUND = 18
_BEGIN = 8


@dataclass(frozen=True)
class Piece:
    """A piece of text; `found` where a term stands."""

    text: str
    found: bool


@dataclass(frozen=True)
class Reason:
    """Where a term was found."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def why(said: Said, terms: Sequence[Term]) -> tuple[Reason, ...]:
    """For each term one place where it stands; terms that stand in one place share it. At most `MOST_REASONS`."""
    found: dict[str, Reason] = {}
    for term in terms:
        if any(_holds_phrase(reason, term) for reason in found.values()):
            continue
        reason = next(_reasons(said, term, terms), None)
        if reason is not None:
            found.setdefault(reason.label, reason)
    return tuple(found.values())[:MOST_REASONS]


def _holds_phrase(reason: Reason, term: Term) -> bool:
    return any(piece.found for piece in reason.pieces) and bool(_places(reason.text, (term,)))


def _reasons(said: Said, term: Term, terms: Sequence[Term]) -> Iterator[Reason]:
    if said.number and _in_number(said.number, term):
        yield _whole(NUMBER, said.number)
    for label, name in said.people:
        if _places(name, (term,)) or (term.marks and _marks_of_person(said, name) & set(term.marks)):
            yield _whole(label, name)
    for label, unit_id, name in said.units:
        if unit_token(unit_id) in term.marks:
            yield _whole(label, name)
    for label, day in said.days:
        if term.marks and set(day_tokens(day)) & set(term.marks):
            yield _whole(label, in_words(day))
    for label, text in said.texts:
        places = _places(text, (term,))
        if places:
            yield Reason(label, _around(text, _places(text, terms), places[0]))


def _marks_of_person(said: Said, name: str) -> set[str]:
    people = {relation_token(column, value) for column, value in said.relations if "person" in column}
    return people | {reading_token(reading) for reading in readings_of(name)}


def _in_number(number: str, term: Term) -> bool:
    possible = [phrase for phrase in term.phrases if may_hold(number, phrase)]
    return bool(possible) and any(_runs(way, phrase) for way in number_tokens(number) for phrase in possible)


def _whole(label: str, text: str) -> Reason:
    return Reason(label, (Piece(text, True),))


def _places(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where phrases of the terms stand in a text, in order and without overlap."""
    possible = [phrase for term in terms for phrase in term.phrases if may_hold(text, phrase)]
    cuts, tokens = _cut(text) if possible else ([], [])
    places = sorted(
        (cuts[start].start, cuts[start + len(phrase) - 1].end) for phrase in possible for start in _runs(tokens, phrase)
    )
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@lru_cache(maxsize=64)
def _cut(text: str) -> tuple[list[Cut], list[str]]:
    """A text is asked for the place of one term, and then for the places of all."""
    cuts = cut(text)
    return cuts, [one.token for one in cuts]


def _runs(tokens: Sequence[str], phrase: Sequence[str]) -> list[int]:
    """Where a phrase begins in a row of tokens."""
    wanted, length = list(phrase), len(phrase)
    return [
        start
        for start in range(len(tokens) - length + 1)
        if tokens[start] == wanted[0] and list(tokens[start : start + length]) == wanted
    ]


def _around(text: str, places: Sequence[tuple[int, int]], first: tuple[int, int]) -> tuple[Piece, ...]:
    """The stretch of a text around the first place, with every place in it marked."""
    begin = 0 if first[0] <= _AROUND + _BEGIN else first[0] - _AROUND
    until = min(len(text), first[1] + 2 * _AROUND)
    pieces = [Piece("……", False)] if begin else []
    here = begin
    for start, end in places:
        if end <= begin or start >= until:
            continue
        pieces += [Piece(text[here : max(here, start)], False), Piece(text[max(here, start) : min(end, until)], True)]
        here = min(end, until)
    pieces += [Piece(text[here:until], False)] + ([Piece("……", False)] if until < len(text) else [])
    return tuple(piece for piece in pieces if piece.text)
