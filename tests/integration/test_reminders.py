"""办理提醒 by mail through a real mail server: it calls to a case and tells nothing about it (trust 1.7, 1.12)."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from app.clock import legal_day, shanghai
from app.database import Database, read_transaction
from app.models.people import User
from app.services.accounts import AccountRefused
from app.services.mail_addresses import set_mail_address
from app.services.outbox import Claim, claim_next
from app.services.reminding import MailNotSent, remind
from app.services.sweeping import sweep
from app.settings import MailSettings
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar

ADDRESS = "clerk@shili.example"


class Postbox:
    """Keeps what a server takes; refuses one address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []

    async def handle_RCPT(  # noqa: N802 - the name is the server's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mail(postbox: Postbox) -> Iterator[MailSettings]:
    """A mail server on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailSettings(host="127.0.0.1", port=port, sender="zhengcheng@shili.example")
    controller.stop()


@pytest.fixture
def district(world: World) -> World:
    world.backend = replace(world.backend, base_url="https://zc.example.gov.cn")
    return world


def give_address(world: World, login: str, address: str) -> None:
    set_mail_address(Database.on(world.backend.engine), world.backend.keys, login, address, world.clock())


def reminder(world: World, rung: str = "t-3") -> tuple[str, Claim]:
    """An objection whose provider is to be reminded, and the reminder as the outbox hands it out."""
    case = world.objection_in("verifying")
    wakes = world.terms(case)["objection.verification"].wakes_on
    assert wakes is not None
    if rung == "t-1":
        wakes = shipped_calendar().add_working_days(wakes, 2)
    world.clock.set(shanghai(wakes))
    assert not sweep(world.backend, world.clock).failed
    while (claim := claim_next(world.backend, world.clock())) is not None:
        if claim.work == "remind" and claim.key.endswith(rung) and claim.case_id == world.case(case).id:
            return case, claim
    raise AssertionError("no reminder fell due")


def send(world: World, mail: MailSettings, claim: Claim) -> None:
    remind(world.backend, mail, claim, legal_day(world.clock()))


def test_the_mail_has_number_day_and_link_and_no_name(district: World, mail: MailSettings, postbox: Postbox) -> None:
    give_address(district, "clerk", ADDRESS)
    case, claim = reminder(district)
    send(district, mail, claim)
    (sent,) = postbox.mails
    assert postbox.recipients == [ADDRESS]
    number = district.case(case).number
    text = sent.get_content()
    assert number in sent["Subject"]
    assert number in text
    assert f"https://zc.example.gov.cn/cases/{case}" in text
    assert "2026年" in text
    assert "不作为送达" in text
    everything = text + str(sent["Subject"]) + str(sent["To"])
    assert not [actor.name for actor in district.people.values() if actor.name in everything]
    assert "未按承诺" not in text


@pytest.mark.parametrize(("rung", "to"), [("t-3", {ADDRESS}), ("t-1", {ADDRESS, "head@shili.example"})])
def test_the_last_reminder_reaches_the_head_as_well(
    district: World, mail: MailSettings, postbox: Postbox, rung: str, to: set[str]
) -> None:
    """R55 by analogy, ladder: three working days before, whoever holds the duty; one before, his head too."""
    give_address(district, "clerk", ADDRESS)
    give_address(district, "head", "head@shili.example")
    _case, claim = reminder(district, rung)
    send(district, mail, claim)
    assert set(postbox.recipients) == to


def test_a_repeated_mail_carries_the_same_id(district: World, mail: MailSettings, postbox: Postbox) -> None:
    """Outside at least once, with a stable key: a mail program shows it once."""
    give_address(district, "clerk", ADDRESS)
    _case, claim = reminder(district)
    send(district, mail, claim)
    send(district, mail, claim)
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_what_is_done_reminds_nobody(district: World, mail: MailSettings, postbox: Postbox) -> None:
    give_address(district, "clerk", ADDRESS)
    case, claim = reminder(district)
    district.take("subject", "withdraw", case, reason="已与单位说明")
    send(district, mail, claim)
    assert postbox.mails == []


def test_a_refused_or_missing_server_is_counted_without_the_address(
    district: World, mail: MailSettings, postbox: Postbox
) -> None:
    """The error is kept in the outbox, so it must not hold whom it was for."""
    give_address(district, "clerk", "gone@shili.example")
    _case, claim = reminder(district)
    with pytest.raises(MailNotSent, match="1封被拒收（550）") as refused:
        send(district, mail, claim)
    assert "gone" not in str(refused.value)
    with pytest.raises(MailNotSent, match="邮件服务器不可用"):
        send(district, replace(mail, port=1), claim)
    send(district, MailSettings(), claim)
    assert postbox.mails == []


def test_an_address_is_kept_sealed_and_checked(district: World) -> None:
    with pytest.raises(AccountRefused, match="邮箱地址的格式不对"):
        give_address(district, "clerk", "nobody at home")
    give_address(district, "clerk", ADDRESS)
    with read_transaction(district.backend.engine) as session:
        kept = session.scalar(select(User.mail_sealed).where(User.login == "clerk"))
        assert kept
        assert "clerk@" not in kept
    give_address(district, "clerk", "")
    with read_transaction(district.backend.engine) as session:
        assert session.scalar(select(User.mail_sealed).where(User.login == "clerk")) is None
