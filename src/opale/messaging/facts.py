"""What messaging announces."""

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
