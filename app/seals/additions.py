"""What a seal added to a sheet: the seal, and nothing besides. Held against what a platform returns.

A PDF is sealed by appending a revision. The bytes before it stay, but a revision may replace any object of the sheet,
the text of a page included; so each replaced object is compared with what it was.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

#: What of the catalogue a signature changes: the form with its field, permissions, and entries about the file itself.
_CATALOGUE = frozenset({"/AcroForm", "/Perms", "/Extensions", "/Metadata", "/DSS"})
_PAGE = frozenset({"/Annots"})


def only_sealed(sheet: bytes, sealed: bytes) -> bool:
    """Whether `sealed` shows what `sheet` shows, apart from the widgets of signature fields."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    before, after = PdfFileReader(BytesIO(sheet)), PdfFileReader(BytesIO(sealed))
    first = before.xrefs.total_revisions
    for revision in range(first, after.xrefs.total_revisions):
        if after.xrefs.refs_freed_in_revision(revision):
            return False
    if _root_of(before) != _root_of(after):
        return False
    about = {_target(before.root, "/Metadata"), _target(before.trailer, "/Info")}
    replaced = {
        (ref.idnum, ref.generation)
        for revision in range(first, after.xrefs.total_revisions)
        for ref in after.xrefs.explicit_refs_in_revision(revision)
        if ref.idnum < int(before.trailer["/Size"])
    }
    return all(_unchanged(before, after, key) for key in replaced - about) and _only_seals_added(before, after)


def _unchanged(before: "PdfFileReader", after: "PdfFileReader", key: tuple[int, int]) -> bool:
    from pyhanko.pdf_utils.generic import DictionaryObject, Reference, StreamObject

    old = before.get_object(Reference(*key, before))
    new = after.get_object(Reference(*key, after))
    if isinstance(old, StreamObject) or not isinstance(old, DictionaryObject):
        return _written(old) == _written(new)
    if isinstance(new, StreamObject) or not isinstance(new, DictionaryObject):
        return False
    may_change = _CATALOGUE if key == _root_of(before) else (_PAGE if old.get("/Type") == "/Page" else frozenset())
    kept = (old.keys() | new.keys()) - may_change
    return all(
        name in old and name in new and _written(old.raw_get(name)) == _written(new.raw_get(name)) for name in kept
    )


def _only_seals_added(before: "PdfFileReader", after: "PdfFileReader") -> bool:
    """Annotations are drawn over a page: the old ones are still there, and the new ones are signature fields."""
    for place in range(int(before.root["/Pages"]["/Count"])):
        old, new = _annotations(before, place), _annotations(after, place)
        if [_written(raw) for raw, _ in new[: len(old)]] != [_written(raw) for raw, _ in old]:
            return False
        if any((one.get("/Subtype"), one.get("/FT")) != ("/Widget", "/Sig") for _, one in new[len(old) :]):
            return False
    return True


def _annotations(reader: "PdfFileReader", place: int) -> list[tuple[Any, Any]]:
    page = reader.find_page_for_modification(place)[0].get_object()
    found = page.get("/Annots", [])
    return [(found.raw_get(index), found.raw_get(index).get_object()) for index in range(len(found))]


def _root_of(reader: "PdfFileReader") -> tuple[int, int]:
    return (reader.root_ref.idnum, reader.root_ref.generation)


def _target(holder: Any, name: str) -> tuple[int, int] | None:
    from pyhanko.pdf_utils.generic import IndirectObject

    try:
        raw = holder.raw_get(name)
    except KeyError:
        return None
    return (raw.idnum, raw.generation) if isinstance(raw, IndirectObject) else None


def _written(value: Any) -> bytes:
    target = BytesIO()
    value.write_to_stream(target, None)
    return target.getvalue()
