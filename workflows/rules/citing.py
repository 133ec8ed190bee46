"""Citations: from the short form of the files to the document, the article and the quoted words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflows.rules.model import Basis, BasisKind, Grade
from workflows.rules.reading import Place, Table, chosen, known_keys, read_toml, required

QUOTE_LIMIT = 60

_PARTS = {"措": "主要措施", "总": "总体要求", "保": "保障措施"}
_SECTION = re.compile(
    r"(?P<part>[一二三四五措总保])?(?:\((?P<point>[一二三四五六七八九十]+)\))?(?P<item>\d+|[一二三四五])?"
)
_DOCUMENT_KEYS = ("title", "number", "rank", "in_force", "law", "seed", "practice", "nationwide")
_BASIS_KEYS = ("doc", "article", "section", "kind", "quote", "fixes_length")
#: Laws and documents of the State Council hold everywhere; a document of another rank says so itself.
_NATION = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A text that entries cite. `rank`: 1 law … 5 local plan, 6 the product's own choice.

    `nationwide`: it holds in every locality, so what is followed by analogy is not undercut by a local text either.
    """

    key: str
    title: str
    rank: int
    in_force: date
    number: str | None
    law: str | None
    seed: str | None
    practice: bool
    nationwide: bool


@dataclass(frozen=True, slots=True)
class Cited:
    """A basis together with what only the loader needs: rank and day of effect of the document.

    `binds`: a text of lower rank may not make worse what is fixed here. So it is where the document itself says so,
    and where a document that holds in the whole country is followed (参照): a locality may go beyond it, not below.
    Another place's text, followed of free choice, binds nobody, and so lifts nothing that does.
    """

    basis: Basis
    rank: int
    in_force: date
    binds: bool = False


Documents = Mapping[str, Document]


def read_documents(folder: Path) -> Documents:
    """All documents of `documents.toml`. Raises RuleFileError for an unknown or missing key."""
    place = Place("documents.toml")
    return documents_of(read_toml(folder / place.file), place)


def documents_of(tables: Table, place: Place) -> Documents:
    """The documents of one table. Raises RuleFileError for an unknown or missing key."""
    documents = {}
    for key, entry in tables.items():
        here = place.at(key)
        table = known_keys(entry, _DOCUMENT_KEYS, here)
        in_force = required(table, "in_force", here)
        if not isinstance(in_force, date):
            raise here.refuse("in_force 应当是日期")
        documents[key] = Document(
            key=key,
            title=required(table, "title", here),
            rank=required(table, "rank", here),
            in_force=in_force,
            number=table.get("number"),
            law=table.get("law"),
            seed=table.get("seed"),
            practice=table.get("practice", False),
            nationwide=table.get("nationwide", table["rank"] <= _NATION),
        )
    return documents


def printed_section(section: str) -> str:
    """A section of a plan as it is printed: 二(二)4 → 二、（二）第4项.

    Raises ValueError for a section in another form.
    """
    if section == "题":
        return "标题和发文字号"
    match = _SECTION.fullmatch(section)
    if not section or match is None:
        raise ValueError(f"无法识别的章节“{section}”")
    part, point, item = match["part"], match["point"], match["item"]
    if part in _PARTS:
        printed = f"“{_PARTS[part]}”"
    elif part:
        printed = f"{part}、"
    else:
        printed = "二、" if point else ""  # a plan that counts its tasks through its second part
    if point:
        printed += f"（{point}）"
    if item:
        printed += f"第{item}项" if item.isdigit() else f"第{item}点"
    return printed


def cite(entry: object, documents: Documents, plan: str | None, place: Place) -> Cited:
    """The citation of an entry; `plan` is the document meant by a bare section, no entry means a default.

    Raises RuleFileError for an unknown document or section, or for words that are too long.
    """
    if entry is None:
        default = documents["default"]
        return Cited(Basis(default.title, "", kind=BasisKind.DEFAULT), default.rank, default.in_force)
    table = known_keys(entry, _BASIS_KEYS, place)
    key = table.get("doc", plan)
    if key not in documents:
        raise place.refuse(f"documents.toml 中没有文件“{key}”")
    document = documents[key]
    default_kind = BasisKind.PRACTICE if document.practice else BasisKind.DIRECT
    kind = BasisKind(chosen(table.get("kind", default_kind.value), [kind.value for kind in BasisKind], place))
    quote = table.get("quote")
    if quote is not None and len(quote) > QUOTE_LIMIT:
        raise place.refuse(f"引文长{len(quote)}字，不得超过{QUOTE_LIMIT}字")
    section = table.get("section")
    return Cited(
        Basis(
            document=document.title,
            article=_article(table, place),
            number=document.number,
            kind=kind,
            seed=f"{document.seed}-{section}" if document.seed and section else None,
            section=section,
            quote=quote,
            law=document.law,
        ),
        document.rank,
        document.in_force,
        # An article that gives a right without its length (fixes_length = false) sets no limit to that length.
        table.get("fixes_length", True)
        and (kind is BasisKind.DIRECT or (kind is BasisKind.PEER and document.nationwide)),
    )


def grade(table: Table, place: Place, default: Grade | None = None) -> Grade:
    """The grade of an entry. Raises RuleFileError if it is missing or unknown."""
    if default is not None and "grade" not in table:
        return default
    return Grade(chosen(required(table, "grade", place), [grade.value for grade in Grade], place))


def _article(table: Table, place: Place) -> str:
    section = table.get("section")
    if section is None:
        return str(table.get("article", ""))
    try:
        return printed_section(section)
    except ValueError as problem:
        raise place.refuse(str(problem)) from problem
