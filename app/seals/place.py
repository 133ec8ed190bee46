"""Where on a sheet the seal goes: over the organ's name and the date, as its template marked the place."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.seals.provider import SealRefused

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

POINTS_PER_MM = 72 / 25.4
#: 国发〔1999〕25号: seals of county departments measure 42 mm. Receipt slips get a smaller one.
_ON_A4, _ON_SLIP = 42.0, 32.0
_A4_HEIGHT = 800.0
#: The places before and behind the date in the signature block (`templates/notices/_base.html`).
_FROM, _TO = "seal-from", "seal-to"
#: The middle stands above the line between organ and date, so that both lie in its lower half (GB/T 9704, 7.3.5).
_RAISED_MM, _RAISED_ON_SLIP_MM = 3.0, 1.0


@dataclass(frozen=True)
class Place:
    """The middle of the seal: page index, and points from the lower left of the page; and its diameter in points."""

    page: int
    x: float
    y: float
    diameter: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The square around the seal: left, lower, right, upper."""
        half = self.diameter / 2
        return (self.x - half, self.y - half, self.x + half, self.y + half)


def seal_place(writer: "IncrementalPdfFileWriter") -> Place:
    """The place on a sheet that is open for writing.

    Raises:
        SealRefused: the sheet has no such place; it must not be sealed just anywhere.
    """
    found: dict[str, Any] = {}
    names = list(writer.root.get("/Names", {}).get("/Dests", {}).get("/Names", []))
    for key, target in zip(names[::2], names[1::2], strict=True):
        found[str(key)] = (target.raw_get(0).idnum, float(target[2]), float(target[3]))
    if _FROM not in found or _TO not in found or found[_FROM][0] != found[_TO][0]:
        raise SealRefused("文书上没有用印位置（签发机关署名和成文日期处）。请联系维护人员检查文书模板。")
    page_id, left, top = found[_FROM]
    for index in range(int(writer.root["/Pages"]["/Count"])):
        reference, _resources = writer.find_page_for_modification(index)
        if reference.idnum == page_id:
            whole = float(reference.get_object()["/MediaBox"][3]) >= _A4_HEIGHT
            raised, diameter = (_RAISED_MM, _ON_A4) if whole else (_RAISED_ON_SLIP_MM, _ON_SLIP)
            middle = (left + found[_TO][1]) / 2
            return Place(index, middle, top + raised * POINTS_PER_MM, diameter * POINTS_PER_MM)
    raise SealRefused("文书上的用印位置不在任何一页。请联系维护人员检查文书模板。")
