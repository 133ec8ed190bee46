"""The verification of the chains that runs or ran last, as an auditor sees it."""

from dataclasses import dataclass
from datetime import datetime

from app.models.people import User
from app.services.reading.audit_trail import demand_auditor
from app.services.reading.reader import Reader
from app.services.verifying import Verification, latest_verification


@dataclass(frozen=True)
class VerificationView:
    """`runs`: it is under way; `stopped`: it failed and waits for the administrator; `by` is a name."""

    found: Verification
    by: str
    begun_at: datetime
    ended_at: datetime | None
    runs: bool
    stopped: bool


def read_verification(reader: Reader) -> VerificationView | None:
    """The latest one, whoever asked for it; None: there was none yet.

    Raises:
        NotFound: the reader is no auditor.
    """
    demand_auditor(reader)
    latest = latest_verification(reader.session)
    if latest is None:
        return None
    found, status = latest
    user = reader.session.get(User, found.by)
    ended = datetime.fromisoformat(found.ended_at) if found.ended_at else None
    return VerificationView(
        found=found,
        by=user.name if user is not None else "",
        begun_at=datetime.fromisoformat(found.begun_at),
        ended_at=ended,
        runs=ended is None and status == "open",
        stopped=ended is None and status == "stuck",
    )
