"""A real SMTP server in a thread, which keeps what it takes and answers as it is told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.serving import free_port


@dataclass
class Sink:
    """`data_answers` and `refused` are what it says; by default it takes everything."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    before_answer: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.to_thread(self.before_answer)
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append(
                message_from_bytes(content, _class=EmailMessage, policy=policy.default)
            )
            self.recipients.append(list(envelope.rcpt_tos))
        return answer


class MailServer:
    """`with MailServer() as sink:`."""

    def __init__(self) -> None:
        self.sink = Sink(free_port())
        self.controller = Controller(self.sink, hostname="127.0.0.1", port=self.sink.port)

    def __enter__(self) -> Sink:
        self.controller.start()
        return self.sink

    def __exit__(self, *error: object) -> None:
        self.controller.stop()
