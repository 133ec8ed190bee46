"""常用语: the sentences that a unit offers to those who write its opinions, and how they keep them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.capacities import standing_of
from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database, insert_into
from app.models.deciding import StockPhrases
from app.models.people import Unit
from app.services.access_log import Act, write_entry
from app.services.reading.reader import Reader
from workflows.kit.errors import FieldError, FormIncomplete, NotFound
from workflows.kit.storable import Unstorable, demand_storable
from workflows.phrases import KEEPERS, SHIPPED, PhraseUse

MOST, LONGEST = 12, 200


@dataclass(frozen=True)
class KeptPhrases:
    """The sentences of one use; `own` if the unit has written them itself."""

    use: PhraseUse
    texts: tuple[str, ...]
    own: bool


@dataclass(frozen=True)
class UnitPhrases:
    """A unit with the sentences that the reader may keep for it."""

    uid: str
    name: str
    uses: tuple[KeptPhrases, ...]


def phrases_at_hand(reader: Reader) -> Mapping[PhraseUse, tuple[str, ...]]:
    """What the reader is offered, of every unit for which he writes; empty for those who write no opinions."""
    units = {use: reader.standing.units(posts) for use, posts in KEEPERS.items()}
    own = _written(reader.session, frozenset().union(*units.values()))
    found: dict[PhraseUse, tuple[str, ...]] = {}
    for use, ids in units.items():
        texts = (text for unit in sorted(ids) for text in own.get((unit, use.value), SHIPPED[use]))
        found[use] = tuple(dict.fromkeys(texts))
    return found


def phrases_kept(reader: Reader) -> tuple[UnitPhrases, ...]:
    """The units for which the reader keeps sentences, with all of them.

    Raises:
        NotFound: there is none.
    """
    units = {use: reader.standing.units(posts) for use, posts in KEEPERS.items()}
    ids = frozenset().union(*units.values())
    if not ids:
        raise NotFound
    own = _written(reader.session, ids)
    rows = reader.session.execute(select(Unit).where(Unit.id.in_(sorted(ids))).order_by(Unit.id)).scalars()
    return tuple(
        UnitPhrases(
            unit.uid,
            unit.name,
            tuple(
                KeptPhrases(use, own.get((unit.id, use.value), SHIPPED[use]), (unit.id, use.value) in own)
                for use in PhraseUse
                if unit.id in units[use]
            ),
        )
        for unit in rows
    )


def keep_phrases(
    database: Database, keys: KeyRing, user_id: int, unit_uid: str, given: Mapping[PhraseUse, str], now: datetime
) -> None:
    """Keep the sentences of a unit, one a line; an empty text brings back those that come with the product.

    Raises:
        NotFound: there is no such unit, or the person writes no such texts for it.
        FormIncomplete: too many sentences, or one that is too long.
    """
    with database.write() as session:
        unit = session.execute(select(Unit).where(Unit.uid == unit_uid)).scalar_one_or_none()
        standing = standing_of(session, user_id, legal_day(now))
        if unit is None or any(unit.id not in standing.units(KEEPERS[use]) for use in given) or not given:
            raise NotFound
        texts = {use: tuple(line.strip() for line in text.splitlines() if line.strip()) for use, text in given.items()}
        _demand_sensible(texts)
        rows = session.execute(select(StockPhrases).where(StockPhrases.unit_id == unit.id)).scalars()
        kept = {row.use: row for row in rows}
        changed = [
            use
            for use, lines in texts.items()
            if _keep(session, kept.get(use.value), unit.id, use, lines, user_id, now)
        ]
        if changed:
            write_entry(session, keys, Act.PHRASES_CHANGED, user_id, now, target=unit.uid)


def _keep(
    session: Session,
    row: StockPhrases | None,
    unit_id: int,
    use: PhraseUse,
    lines: tuple[str, ...],
    user_id: int,
    now: datetime,
) -> bool:
    """Keep one use; whether anything changed. What comes with the product is not stored."""
    before = tuple(json.loads(row.texts)) if row is not None else SHIPPED[use]
    wanted = lines or SHIPPED[use]
    if wanted == before:
        return False
    if row is not None and wanted == SHIPPED[use]:
        session.delete(row)
        return True
    content = {"texts": json.dumps(wanted, ensure_ascii=False), "changed_by": user_id, "changed_at": now}
    session.execute(
        insert_into(session, StockPhrases)
        .values({"unit_id": unit_id, "use": use.value, **content})
        .on_conflict_do_update(index_elements=["unit_id", "use"], set_=content)
    )
    return True


def _demand_sensible(texts: Mapping[PhraseUse, tuple[str, ...]]) -> None:
    errors = []
    for use, lines in texts.items():
        if len(lines) > MOST:
            errors.append(FieldError(use.value, use.label, f"最多{MOST}条，请精简"))
        if any(len(line) > LONGEST for line in lines):
            errors.append(FieldError(use.value, use.label, f"每条最多{LONGEST}字，请精简"))
        try:
            demand_storable({use.value: list(lines)})
        except Unstorable as problem:
            errors.append(FieldError(use.value, use.label, problem.message))
    if errors:
        raise FormIncomplete(tuple(errors))


def _written(session: Session, units: frozenset[int]) -> dict[tuple[int, str], tuple[str, ...]]:
    if not units:
        return {}
    rows = session.execute(select(StockPhrases).where(StockPhrases.unit_id.in_(sorted(units)))).scalars()
    return {(row.unit_id, row.use): tuple(json.loads(row.texts)) for row in rows}
