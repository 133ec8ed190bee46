"""What the page of a notice shows of its service: how it can be sent, where to, and what is still missing."""

from dataclasses import dataclass

from app.models.cases import Case
from app.models.kinds import Notice
from app.services.notice_content.parties import organ_of, recipient_of
from app.services.reading.reader import Reader
from app.services.service_addresses import Confirmation, addressee_of, confirmed_address
from workflows.forms.notice import ServiceMethod
from workflows.forms.service import SENT, WITH_RECEIPT
from workflows.notice_guards import methods_after
from workflows.roles import Capacity

_SERVES = frozenset({Capacity.OFFICE, Capacity.SUPERVISOR})


@dataclass(frozen=True)
class ServiceView:
    """The service of one notice, for those who serve it."""

    #: Methods by which it can be sent out, the one to be tried first leading; and those that can be registered.
    sendable: tuple[ServiceMethod, ...]
    registrable: tuple[ServiceMethod, ...]
    recipient: str
    to_unit: bool
    #: Whether the recipient takes notices in his inbox.
    electronic: bool
    confirmation: Confirmation | None
    receipt_missing: bool
    #: What an announcement says; empty unless one is due or running.
    announcement: str


def service_of(reader: Reader, case: Case, held: frozenset[Capacity]) -> ServiceView | None:
    """The service of a notice; None for other cases and for readers who do not serve it."""
    if not isinstance(case, Notice) or not held & _SERVES:
        return None
    confirmation = confirmed_address(reader.session, reader.backend.keys, addressee_of(case))
    sent = ServiceMethod(case.method) if case.method else None
    registered = case.service or {}
    return ServiceView(
        sendable=sendable(case, confirmation.preferred if confirmation else None),
        registrable=methods_after(sent),
        recipient=recipient_of(reader.session, case).name,
        to_unit=case.recipient_unit_id is not None,
        electronic=case.electronic,
        confirmation=confirmation,
        receipt_missing=case.state == "served"
        and registered.get("method") in {method.value for method in WITH_RECEIPT}
        and not registered.get("files"),
        announcement=announcement_of(reader, case) if case.state in ("undeliverable", "announced") else "",
    )


def sendable(notice: Notice, preferred: ServiceMethod | None = None) -> tuple[ServiceMethod, ...]:
    """The methods by which a notice can be sent out now.

    Electronic service leads where it was agreed to, then the method that the recipient asked for.
    """
    possible = [
        method
        for method in SENT
        if (method is not ServiceMethod.ELECTRONIC or notice.electronic)
        and (method is not ServiceMethod.THROUGH_UNIT or notice.recipient_unit_id is None)
    ]
    return tuple(sorted(possible, key=lambda item: (item is not ServiceMethod.ELECTRONIC, item is not preferred)))


def announcement_of(reader: Reader, notice: Notice) -> str:
    """公告文稿: for a natural person without the content, so neither title nor subject (documents, section 6)."""
    organ, recipient = organ_of(reader.session, notice), recipient_of(reader.session, notice)
    what = (
        f"《{notice.title}》（{notice.number}）" if notice.recipient_unit_id is not None else f"文书（{notice.number}）"
    )
    where = f"到本机关（{organ.address}）" if organ.address else "到本机关"
    phone = f"联系电话：{organ.phone}。" if organ.phone else ""
    return (
        f"{recipient.name}：本机关作出的{what}，因采用其他方式无法送达，现依法公告送达。"
        f"请自本公告发布之日起三十日内{where}领取，逾期不领取的，公告期满即视为送达。{phone}"
    )
