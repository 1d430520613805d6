"""What comes to a desk from outside: mails of contacts, and alerts of an Alertmanager."""

import smtplib
import urllib.parse
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from typing import Any
from uuid import uuid4

from tests.journeys.running import Opale, post

ASKED = "Bonjour, pouvez-vous regarder ? Merci."


def mail(opale: Opale, subject: str, contact: dict[str, Any], text: str = ASKED) -> None:
    """What a mail server hands over."""
    lmtp, written = opale.integrations["lmtp"], EmailMessage()
    written["From"] = formataddr((contact["name"], contact["email"]))
    written["To"] = lmtp["key"]
    written["Subject"] = subject
    written["Date"] = format_datetime(datetime.now(UTC))
    written["Message-ID"] = make_msgid(domain=contact["email"].rpartition("@")[2])
    written.set_content(text)
    door = urllib.parse.urlsplit(lmtp["url"])
    with smtplib.LMTP(door.hostname or "", door.port or 0, timeout=20) as server:
        server.send_message(written, to_addrs=[lmtp["key"]])


def alerts(opale: Opale, name: str, told: Iterable[tuple[str, str]]) -> None:
    """What an Alertmanager posts of one group: the name and the instance of each of its alerts."""
    firing = [
        {
            "status": "firing",
            "labels": {"alertname": alert, "instance": instance, "severity": "major"},
            "annotations": {"summary": alert},
            "startsAt": datetime.now(UTC).isoformat(),
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": uuid4().hex[:16],
        }
        for alert, instance in told
    ]
    known = {"receiver": "opale", "status": "firing", "version": "4", "groupKey": name}
    labels = firing[0]["labels"] if len(firing) == 1 else {}
    shared = {"groupLabels": {}, "commonLabels": labels, "commonAnnotations": {}}
    body = {**known, **shared, "externalURL": "", "truncatedAlerts": 0, "alerts": firing}
    assert post(opale.integrations["alertmanager"]["url"], body) in (200, 202)
