"""No electronic seal: the sheet is printed and sealed by hand."""

from datetime import datetime

from app.seals.provider import ProviderName, SealRequest


class PaperSeal:
    """Hands the sheet back as it is."""

    name: ProviderName = "none"
    waits = False

    def seal(self, request: SealRequest, now: datetime) -> bytes:
        """The sheet itself; the seal is put on its print."""
        return request.sheet
