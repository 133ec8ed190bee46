"""Whether a term stands in an entry: asked of its text, and what of it the word index can be asked first."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from app.services.search_index.query import Term
from app.services.search_index.tokens import gram


def stands_in(term: Term, words: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Whether one of the phrases or marks of a term stands in the text of an entry, exactly."""
    place = func.strpos if dialect == "postgresql" else func.instr
    # Marks first: they are few and short, and where one stands nothing else is looked for.
    either = [*term.marks, *(" ".join(phrase) for phrase in term.phrases)]
    return or_(*(place(words, f" {one} ") > 0 for one in either))


def to_be_read(terms: Sequence[Term]) -> list[Term]:
    """Terms of which the index does not know enough: pairs of neighbours do not make a row of three."""
    return [term for term in terms if any(len(phrase) > 2 for phrase in term.phrases)]


def ways_of(term: Term) -> list[list[str]]:
    """The ways in which a term may be there, each as words of the index that are all needed for it."""
    return [*(_words_of(phrase) for phrase in term.phrases), *([mark] for mark in term.marks)]


def _words_of(phrase: Sequence[str]) -> list[str]:
    """A phrase as words of the index: the pairs that cover it, or the one token that it is."""
    if len(phrase) == 1:
        return [phrase[0]]
    return list(dict.fromkeys(gram(one, other) for one, other in _covering(phrase)))


def _covering(phrase: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Neighbours, such that each token is in a pair: each list of the index less is one less to be walked.

    Pairs with a number are all asked, since they are rare; the text itself decides on longer phrases anyway.
    """
    covered = 0
    for place, (one, other) in enumerate(pairwise(phrase)):
        if place == covered or place + 2 == len(phrase) or len(one) > 1 or len(other) > 1:
            covered = max(covered, place + 2)
            yield one, other
