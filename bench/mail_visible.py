"""From a mail in a mailbox to the ticket that an agent sees, and to the acknowledgement.

    PYTHONPATH=src:. .venv/bin/python bench/mail_visible.py --data DIR [--mails 100]

On a running installation with people in it (`./opale up --data DIR`), as root, with Debian's
dovecot: watches a mailbox at a dovecot on loopback by IDLE, lays one mail after another into it and
asks the API as an agent does, until the ticket is there. Two figures, and exit code 1 above one:

- from the mail server's answer to the ticket in the API's answer, p95 (3 s);
- from there to the acknowledgement that the mail server took, the longest (30 s).

The mailbox is switched off in the end; its tickets stay.
"""

import argparse
import json
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.inside import opened
from tests.mail_servers import PASSWORD, running_dovecot

VISIBLE_LIMIT_S, ACKNOWLEDGED_LIMIT_S = 3.0, 30.0
ADDRESS = "visible@bench.test"


def written(run: str, number: int) -> bytes:
    return (
        f"From: Lea Martin <lea{number}@customer{number % 20}.example>\r\nTo: {ADDRESS}\r\n"
        f"Subject: Line {number}\r\nMessage-ID: <{run}.{number}@customer.example>\r\n"
        "Date: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\nThe line has been down since 8.\r\n"
    ).encode()


class Agent:
    """One who asks the API."""

    def __init__(self, folder: Path) -> None:
        from django.conf import settings

        known = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        self.base = f"{settings.BASE_URL}/api/v1"
        self.token = known["personas"]["desk_agent"]["api_token"]

    def get(self, path: str) -> Any:
        request = urllib.request.Request(  # the installation's own address
            f"{self.base}{path}", headers={"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # the same
            return json.load(answer)

    def ticket_of(self, message_id: str) -> int | None:
        """The number of the ticket that a mail became, once the agent can open it."""
        found = self.get(f"/mail/inbound?message_id={urllib.parse.quote(message_id)}")["items"]
        number: int | None = found[0]["ticket"] if found else None
        return self.get(f"/tickets/{number}")["number"] if number else None


def until(condition: Callable[[], Any], seconds: float, what: str) -> float:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            sys.exit(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - began


def measure(folder: Path, count: int) -> int:
    from opale.kernel import encryption
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.messaging.models import Mailbox, OutgoingMail

    run, agent = f"v{time.time_ns()}", Agent(folder)
    with running_dovecot(ADDRESS) as dovecot:
        with attributed(system("bench")):
            box, _made = Mailbox.objects.update_or_create(
                address=ADDRESS,
                defaults={
                    "name": "Bench",
                    "is_on": True,
                    "source": "imap",
                    "host": "127.0.0.1",
                    "port": dovecot.imap,
                    "security": "none",
                    "login": ADDRESS,
                    "secret": encryption.encrypt(PASSWORD, purpose="messaging"),
                },
            )
        watched = Mailbox.objects.filter(pk=box.pk).exclude(connected_at=None)
        until(watched.exists, 60, "the mailbox is watched")
        visible, acknowledged = list[float](), list[float]()
        for number in range(count):
            message_id = f"<{run}.{number}@customer.example>"
            dovecot.deliver(ADDRESS, written(run, number))
            visible.append(until(partial(agent.ticket_of, message_id), 60, "a ticket"))
            to = [f"lea{number}@customer{number % 20}.example"]
            sent = OutgoingMail.objects.filter(
                to=to, state="sent", headers__References__icontains=message_id
            )
            acknowledged.append(until(sent.exists, 60, "an acknowledgement"))
        with attributed(system("bench")):
            Mailbox.objects.filter(pk=box.pk).update(is_on=False)
    visible.sort()
    p95 = visible[min(count - 1, int(count * 0.95))]
    print(f"  visible: p50 {visible[count // 2]:.2f} s, p95 {p95:.2f} s, most {visible[-1]:.2f} s")
    print(f"  acknowledged after that: most {max(acknowledged):.2f} s")
    return int(p95 > VISIBLE_LIMIT_S or max(acknowledged) > ACKNOWLEDGED_LIMIT_S)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="var")
    parser.add_argument("--mails", type=int, default=100)
    options = parser.parse_args()
    with opened(options.data):
        return measure(Path(options.data), options.mails)


if __name__ == "__main__":
    sys.exit(main())
