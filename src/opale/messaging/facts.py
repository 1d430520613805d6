"""The facts of messaging."""

from dataclasses import dataclass
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSent(Fact):
    """The mail server took the mail. `refused` are the addresses that it did not take it for."""

    name: ClassVar[str] = "messaging.MailSent"
    mail_id: int
    origin: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFailed(Fact):
    """A mail was given up: nobody received it, somebody has to know."""

    name: ClassVar[str] = "messaging.MailFailed"
    mail_id: int
    origin: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTakenIn(Fact):
    """A mail that came in was handled: what became of it, and the thing that it is part of."""

    name: ClassVar[str] = "messaging.MailTakenIn"
    mail_id: int
    outcome: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailQuarantined(Fact):
    """A mail that came in could not be handled, and waits for somebody to look at it."""

    name: ClassVar[str] = "messaging.MailQuarantined"
    mail_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBounced(Fact):
    """A mail that was sent came back: it did not reach these addresses, and will not.

    Or it did reach them, and who reads them reported it as spam.
    """

    name: ClassVar[str] = "messaging.MailBounced"
    mail_id: int
    origin: str
    addresses: tuple[str, ...]
