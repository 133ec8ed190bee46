"""Who and what is meant by a term beside the words of a case: units by name, pinyin or code, a person by his number."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.models.people import Unit, UnitName, User
from app.services.search_index.query import Query, Term, understand
from app.services.search_index.readings import readings_of
from app.services.search_index.tokens import as_words, relation_token, tokens_of, unit_token
from workflows.identity import check_credit_code, check_identity_number, normal

#: A term that more units have in their names is searched as text only.
MOST_UNITS = 200
_SHORTEST_CODE = 6
#: An identity number and a credit code have this length; blanks between their groups are allowed for.
_CODE_LENGTH, _LONGEST_CODE = 18, 40


def mean(session: Session, keys: KeyRing, typed: str, today: date) -> Query:
    """What was typed, with the units and the person that are meant by it.

    A full identity number is looked up by its blind index, a full credit code in the register of units; neither is
    searched as text.
    """
    whole = _coded(session, keys, typed, today)
    if whole is not None:
        return Query(typed.strip(), (whole,))
    terms: list[Term] = []
    rest: list[str] = []
    for part in typed.split():
        code = _coded(session, keys, part, today)
        if code is None:
            rest.append(part)
        else:
            terms.append(code)
    query = understand(" ".join(rest))
    notes = list(query.notes)
    known = session.execute(select(Unit.id, Unit.name, Unit.short_name, Unit.code)).all() if query.terms else []
    former = session.execute(select(UnitName.unit_id, UnitName.name)).all() if query.terms else []
    for term in query.terms:
        found = [unit.id for unit in known if _means(term, unit.name, unit.short_name, (unit.code or "").lower())]
        found += [unit_id for unit_id, name in former if unit_id not in found and _means(term, name, "", "")]
        if len(found) > MOST_UNITS:
            notes.append(f"名称中有“{term.typed}”的单位有{len(found)}个，未按单位查询。请把单位名称输入完整。")
            found = []
        terms.append(term.or_marked([unit_token(unit) for unit in found]))
    return replace(query, terms=tuple(terms), notes=tuple(notes))


def _coded(session: Session, keys: KeyRing, typed: str, today: date) -> Term | None:
    """The term of a code that names one person or one unit; None if it is no such code.

    A code that nobody in the register has stays a term, one that nothing matches.
    """
    if not _CODE_LENGTH <= len(typed.strip()) <= _LONGEST_CODE:
        return None
    person, unit = check_identity_number(typed, today), check_credit_code(typed)
    marks: list[str] = []
    if person.holds:
        indexes = keys.blind_indexes(person.code)
        for found in session.execute(select(User.id).where(User.identity_index.in_(indexes))).scalars():
            marks += [relation_token(column, found) for column in ("subject_person_id", "recipient_person_id")]
    if unit.holds:
        marks += [unit_token(one) for one in session.execute(select(Unit.id).where(Unit.code == unit.code)).scalars()]
    return Term(typed, (), tuple(marks)) if person.holds or unit.holds else None


def _means(term: Term, name: str, short_name: str, code: str) -> bool:
    (phrase, *_more) = term.phrases
    wanted = as_words(phrase)
    if any(wanted in _spelled(one) for one in (name, short_name) if one):
        return True
    if term.letters:
        return term.letters in readings_of(name) or (bool(short_name) and term.letters in readings_of(short_name))
    plain = normal("".join(phrase)).lower()
    return len(plain) >= _SHORTEST_CODE and plain.isascii() and plain in code


@lru_cache(maxsize=4_000)
def _spelled(name: str) -> str:
    """The tokens of a name; the same few hundred are asked in every search."""
    return as_words(tokens_of(name))
