"""编号: every series of numbers of a year, how far it has come, and whether one is missing (R141).

Numbers are drawn in the transaction that needs them, so what is refused gives its number back, and a voided notice
keeps its own: there must be no gap. Copies of dossiers from another system bear numbers that were not drawn here.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.batches import ImportBatch
from app.models.cases import Case
from app.models.history import NumberSeries
from app.models.kinds import Notice
from app.models.people import Unit
from app.services.reading.copies import not_a_copy
from app.services.reading.number_check import check_series
from app.services.reading.reader import Reader
from workflows.catalogue import NOTICES
from workflows.registry import workflow

#: Missing numbers that are named; the rest are counted.
NAMED = 20


@dataclass(frozen=True)
class SeriesLine:
    """One row of numbers of a year.

    `last`: the newest number; `borne`: how many of them something bears, `voided` of these; `organ` is empty where a
    series belongs to no single unit.
    """

    word: str
    organ: str
    use: str
    last: int
    borne: int
    voided: int
    missing: tuple[int, ...]


@dataclass(frozen=True)
class Numbering:
    """The series of one year; `organs` and `years` are the choices of the filter."""

    year: int
    lines: tuple[SeriesLine, ...]
    organs: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def without_gap(self) -> bool:
        return not any(line.missing for line in self.lines)


@dataclass(frozen=True)
class _Borne:
    count: int
    voided: int = 0
    missing: tuple[int, ...] = ()
    use: str = ""


def read_numbering(reader: Reader, year: int | None = None, organ: str = "") -> Numbering:
    """The series of a year (None: the newest that has any), of one organ by name or of all."""
    session = reader.session
    drawn = [_drawn(key, last) for key, last in session.execute(select(NumberSeries.key, NumberSeries.last))]
    years = tuple(sorted({of for _word, of, _last in drawn}, reverse=True)) or (reader.today.year,)
    chosen = year if year is not None and year in years else years[0]
    series = {word: last for word, of, last in drawn if of == chosen}
    uses, notices, others = _uses(session), _notices(session, chosen), _others(session, chosen)
    lines = []
    for word, last in series.items():
        known = uses.get(word, ("", ""))
        by_notices = notices.get(word)
        borne = by_notices[1] if by_notices else others.get(word, _Borne(0))
        missing = borne.missing
        if by_notices is None and borne.count != last:
            missing = _missing(session, word, chosen, last)
        lines.append(
            SeriesLine(
                word=word,
                organ=by_notices[0] if by_notices else known[0],
                use=borne.use or known[1] or "其他",
                last=last,
                borne=borne.count,
                voided=borne.voided,
                missing=missing,
            )
        )
    lines.sort(key=lambda line: (line.organ, line.word))
    organs = tuple(sorted({line.organ for line in lines if line.organ}))
    shown = tuple(line for line in lines if organ in ("", line.organ))
    return Numbering(chosen, shown, organs, years)


def _drawn(key: str, last: int) -> tuple[str, int, int]:
    """Word, year and newest number of a series; its key is as `NumberRequest.series` says."""
    word, _, year = key.rpartition("/")
    return word, int(year), last


def _uses(session: Session) -> dict[str, tuple[str, str]]:
    """By the word of a series: whose it is and what for, as units and the catalogue name it today."""
    found: dict[str, tuple[str, str]] = {}
    titles: dict[str, list[str]] = {}
    for kind in NOTICES.values():
        if kind.series and kind.title not in titles.setdefault(kind.series, []):
            titles[kind.series].append(kind.title)
    for name, mark in session.execute(select(Unit.name, Unit.code_word).where(Unit.code_word != "")):
        for series, named in titles.items():
            found[f"{mark}{series}"] = (name, "、".join(named))
    return found


def _notices(session: Session, year: int) -> dict[str, tuple[str, _Borne]]:
    """The series of notices: the organ whose mark they bear, and the check of each."""
    known = session.execute(
        select(Notice.number_word, Unit.name)
        .select_from(Notice)
        .join(Unit, Unit.id == Notice.organ_unit_id)
        .where(Notice.number_year == year, not_a_copy())
        .distinct()
    )
    organs = {(word, year): name for word, name in known if word is not None}
    return {row.word: (row.organ, _Borne(row.count, row.voided, row.missing)) for row in check_series(session, organs)}


def _others(session: Session, year: int) -> dict[str, _Borne]:
    """How many cases and imports bear a number, by the word of its series."""
    mark = f"〔{year}〕"
    place = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    words = (
        select(func.substr(Case.number, 1, place(Case.number, mark) - 1).label("word"), Case.kind)
        .where(Case.number.contains(mark), Case.kind != "notice", not_a_copy())
        .subquery()
    )
    rows = session.execute(select(words.c.word, words.c.kind, func.count()).group_by(words.c.word, words.c.kind))
    found = {word: _Borne(count, use=f"{workflow(kind).label}（事项编号）") for word, kind, count in rows}
    for number in session.scalars(select(ImportBatch.number).where(ImportBatch.number.contains(mark))):
        word_of_import = number.partition(mark)[0]
        found[word_of_import] = _Borne(found.get(word_of_import, _Borne(0)).count + 1, use="批量导入")
    return found


def _missing(session: Session, word: str, year: int, last: int) -> tuple[int, ...]:
    """The numbers that nothing bears; asked only where the count says that there are some."""
    start = f"{word}〔{year}〕"
    numbers = [
        *session.scalars(select(Case.number).where(Case.number.startswith(start, autoescape=True), not_a_copy())),
        *session.scalars(select(ImportBatch.number).where(ImportBatch.number.startswith(start, autoescape=True))),
    ]
    known = {number.removeprefix(start).removesuffix("号") for number in numbers if number}
    return tuple(serial for serial in range(1, last + 1) if str(serial) not in known)
