"""案卷目录: the cover of a dossier (卷宗封面), the list of its papers (卷内目录) and its note at the end (备考表).

The columns are those of GB/T 9705 and DA/T 22: 序号、文号、责任者、题名、日期、页次、备注. Plain data in, HTML out.
"""

from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.documents.text import day, plain
from app.settings import ROOT


@dataclass(frozen=True)
class IndexLine:
    """One line of the 卷内目录; `leaves` is its 页次 (12 or 12—14), empty for what has no pages."""

    number: str
    responsible: str
    title: str
    dated: str
    leaves: str
    note: str


@dataclass(frozen=True)
class CaseLine:
    """One case of the dossier on the cover."""

    label: str
    number: str
    state: str
    events: int


@dataclass(frozen=True)
class DossierIndex:
    """Everything the index prints. Days are ISO; `faults` says what of the history does not hold (empty: all holds)."""

    organ: str
    title: str
    number: str
    uid: str
    began_on: str
    ended_on: str
    cases: tuple[CaseLine, ...]
    papers: tuple[IndexLine, ...]
    records: tuple[IndexLine, ...]
    pages: int
    events: int
    faults: tuple[str, ...]
    #: Of a demo or a rehearsal: every page says so.
    make_believe: bool = False


def index_html(index: DossierIndex) -> str:
    """The index as HTML for the renderer's form sheet."""
    return _environment().get_template("index.html").render(index=index)


def index_text(index: DossierIndex) -> str:
    """The same as plain text: a line a paragraph, cells parted by ``｜``."""
    return plain(index_html(index))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "dossier"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["day"] = day
    return environment
