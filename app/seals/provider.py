"""The seam behind which seals are made: by nobody (paper), by this installation, or by a unified seal platform."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

ProviderName = Literal["none", "local", "platform"]


class SealRefused(RuntimeError):
    """No seal can be had, or what came back is not what was asked for: a person must look. The message is Chinese."""


class NotSealedYet(RuntimeError):
    """The seal is not there yet: being made, or the platform does not answer. The same request is repeated later.

    `reason` is Chinese and is shown beside 待用印; `after` is when to ask again, `None`: as the queue thinks fit.
    """

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


@dataclass(frozen=True)
class SealRequest:
    """One finished sheet and the organ whose seal belongs on it.

    `organ_code` is its 统一社会信用代码, empty where it is not kept. `title` and `number` go to the platform's own
    register of uses; nothing about the person concerned does.
    """

    sheet: bytes
    organ: str
    organ_code: str = ""
    title: str = ""
    number: str = ""


class SealProvider(Protocol):
    """Who seals. A provider may be asked again for the same sheet: after a crash, or because it was not done yet."""

    @property
    def name(self) -> ProviderName:
        """As the settings call it."""
        ...

    @property
    def waits(self) -> bool:
        """Whether a sheet may wait for its seal; then it is kept as it was sent, so that it can be asked for again."""
        ...

    def seal(self, request: SealRequest, now: datetime) -> bytes:
        """The sealed PDF; it begins with the very bytes of `request.sheet`.

        Raises:
            NotSealedYet: ask again later; nothing is lost.
            SealRefused: a person must look.
        """
        ...
