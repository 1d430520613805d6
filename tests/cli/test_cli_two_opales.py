"""Two whole Opales that write to each other for an hour of pushed clock, by SMTP.

Each is a process with a gateway, jobs and a database of its own, and has the other's address as a
contact that wants to hear of everything. Their mails pass a server in between, which hands them on
as they were written; or without all by which a machine or a thread is known, as some gateways do:
then each of them looks like a human's first.
"""

import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from conftest import ROOT, cloned
from tests.mail_servers import is_open, wait_until
from tests.serving import free_port, push_clock

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("two_opales")]

MACHINE = {
    *("auto-submitted", "x-auto-response-suppress", "x-opale-installation", "precedence"),
    *("in-reply-to", "references", "reply-to"),
}
ACKNOWLEDGED = 4
"""Acknowledgements to one address in an hour: docs/rules/mail.md, "Loops"."""


@dataclass
class Between:
    """The mail server between the two; what belongs to neither stays here."""

    port: int
    ways: dict[str, int] = field(default_factory=dict)
    hides: bool = False
    passed: list[EmailMessage] = field(default_factory=list)
    stayed: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        raw = envelope.content
        assert isinstance(raw, bytes)
        mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.SMTP)
        port = self.ways.get(envelope.rcpt_tos[0].rpartition("@")[2])
        if port is None:
            self.stayed.append(mail)
            return "250 OK"
        if self.hides:
            for name in {name for name in mail.keys() if is_telling(name)}:  # noqa: SIM118  # a mail
                del mail[name]
        self.passed.append(mail)
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.sendmail(envelope.mail_from or "", envelope.rcpt_tos, mail.as_bytes())
        return "250 OK"


def is_telling(header: str) -> bool:
    return header.lower() in MACHINE or header.lower().startswith("list-")


@dataclass
class Desk:
    address: str
    other: str
    clock: Path
    process: subprocess.Popen[str]

    def do(self, act: str, **given: object) -> Any:
        told, answered = self.process.stdin, self.process.stdout
        assert told is not None
        assert answered is not None
        told.write(json.dumps([act, given]) + "\n")
        told.flush()
        line = answered.readline()
        assert line, f"{self.address} has ended"
        return json.loads(line)

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do("seen")
        return found


@dataclass
class Two:
    one: Desk
    two: Desk
    between: Between
    minutes: int = 0

    @property
    def desks(self) -> tuple[Desk, Desk]:
        return self.one, self.two

    def settle(self) -> None:
        """Until nobody has anything to do: what one sends is with the other before that is done."""
        while self.one.do("work") + self.two.do("work"):
            pass

    def pass_an_hour(self, steps: int = 6) -> None:
        for _step in range(steps):
            self.minutes += 60 // steps
            for desk in self.desks:
                push_clock(desk.clock, self.minutes * 60)
            for desk in self.desks:
                desk.do("tick")
            self.settle()

    def write(self, to: Desk, subject: str, sender: str) -> None:
        """A person writes by a mail program."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to.address, subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="somewhere.example")
        mail.set_content(f"Hello, {subject} is down since this morning.\n")
        with smtplib.SMTP("127.0.0.1", self.between.port, timeout=30) as client:
            client.send_message(mail)
        self.settle()


@contextmanager
def running(folder: Path, name: str, other: str, port: int, through: int) -> Iterator[Desk]:
    """An installation of its own: by its key it knows its own mails from those of another."""
    data, pushed = folder / name, folder / f"{name}.ahead"
    data.mkdir()
    push_clock(pushed, 0)
    with cloned(name) as url, (folder / f"{name}.log").open("w") as log:
        environment = os.environ | {
            "DATABASE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{through}",
            "OPALE_BASE_URL": f"http://opale.{name}.test",
            "OPALE_DATA": str(data),
            "OPALE_PUSHED_CLOCK": str(pushed),
            "OPALE_SECRET_KEY": f"the key of {name}",
            "OPALE_SMTP_LISTEN": f"127.0.0.1:{port}",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        process = subprocess.Popen(  # our own program
            [sys.executable, "-m", "tests.whole_desk"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield Desk(f"support@{name}.test", f"support@{other}.test", pushed, process)
        finally:
            process.kill()
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder, between = tmp_path_factory.mktemp("two"), Between(free_port())
    ports = {"one.test": free_port(), "two.test": free_port()}
    controller = Controller(between, hostname="127.0.0.1", port=between.port)
    with (
        running(folder, "one", "two", ports["one.test"], between.port) as first,
        running(folder, "two", "one", ports["two.test"], between.port) as second,
    ):
        controller.start()
        try:
            for name, port in ports.items():
                wait_until(partial(is_open, port), 60, folder / f"{name[:3]}.log")
            between.ways |= ports
            for desk in (first, second):
                desk.do("set_up", own=desk.address, other=desk.other)
            yield Two(first, second, between)
        finally:
            controller.stop()


def test_two_desks_that_tell_what_they_are_say_what_their_people_say(two: Two) -> None:
    one, other = two.one, two.two
    two.write(other, "the line in Lyon", sender=one.address)
    assert other.seen()["outcomes"] == ["ticket"]
    assert one.seen()["outcomes"] == ["ticket"], "the acknowledgement: a machine's, not answered"

    # What people write passes both ways, each time onto the ticket that it answers.
    other.do("write", other=one.address, text="Since when?")
    two.settle()
    one.do("write", other=other.address, text="Since 8.40.")
    two.settle()
    assert one.seen()["heard"][-1][1].startswith("Since when?")
    assert other.seen()["heard"][-1][1].startswith("Since 8.40.")

    # All is done, of which each tells the other; then an hour passes, and nobody says more.
    for desk in two.desks:
        desk.do("end", other=desk.other)
        two.settle()
    said = len(two.between.passed)
    two.pass_an_hour()
    assert [str(mail["Subject"]) for mail in two.between.passed[said:]] == []
    assert said <= 8
    for desk in two.desks:
        seen = desk.seen()
        assert seen["tickets"] == 1
        assert seen["breakers"] == []
        assert set(seen["outcomes"]) <= {"ticket", "reply", "automatic"}
    automatic = [mail for mail in two.between.passed if mail["Auto-Submitted"]]
    assert len(automatic) == said - 3, "a person wrote three of them"


def test_two_desks_that_hide_what_they_are_are_ended_by_their_breakers(two: Two) -> None:
    between = two.between
    before, opened = len(between.passed), [desk.seen()["tickets"] for desk in two.desks]
    between.hides = True
    two.write(two.two, "the line in Nantes", sender=two.one.address)
    held = [kind for desk in two.desks for kind in desk.seen()["breakers"]]
    assert "acknowledged" in held

    # Meanwhile a stranger is acknowledged, and what people write passes both ways.
    for desk in two.desks:
        two.write(desk, f"the mast of {desk.address}", sender="lea@customer.example")
        desk.do("write", other=desk.other, text=f"Written at {desk.address}.")
        two.settle()
    assert [str(mail["To"]) for mail in between.stayed] == ["lea@customer.example"] * 2
    for desk in two.desks:
        heard = [body for _subject, body in desk.seen()["heard"]]
        assert any(body.startswith(f"Written at {desk.other}.") for body in heard)
        assert any("the mast of" in body for body in heard)

    two.pass_an_hour()
    said = len(between.passed) - before
    assert ACKNOWLEDGED < said <= 2 * ACKNOWLEDGED + 5, "of which people wrote five"
    now = [desk.seen()["tickets"] for desk in two.desks]
    assert sum(now) - sum(opened) <= said
    two.pass_an_hour(steps=1)
    assert len(between.passed) - before == said, "it stays ended"
    assert [desk.seen()["breakers"] for desk in two.desks] == [[], []], "which close by themselves"
