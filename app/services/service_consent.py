"""送达地址确认书: a person agrees once to be served through the system; without it nothing is served electronically."""

from datetime import datetime

from sqlalchemy import select

from app.clock import legal_day
from app.database import write_transaction
from app.models.people import User
from app.services.access_log import Act, write_entry
from app.services.backend import Backend
from app.services.service_addresses import follow_consent


def confirm_electronic_service(backend: Backend, user_id: int, now: datetime) -> None:
    """Keep the day of the confirmation with an entry in the access log; a second one changes nothing.

    It counts at once for the notices to this person that are not sent out yet.
    """
    with write_transaction(backend.sessions) as session:
        user = session.execute(select(User).where(User.id == user_id).with_for_update()).scalar_one()
        if user.electronic_service_on is None:
            user.electronic_service_on = legal_day(now)
            write_entry(session, backend.keys, Act.SERVICE_CONFIRMED, user_id, now, target=user.uid)
    follow_consent(backend, user_id, agreed=True, now=now)
