"""Parser of what the script `opale-notify` sends: the fields of one notification, as a form.

Nagios tells by macros (`HOSTNAME`), Icinga 2 by the arguments of its own mail scripts (`l`); either
is understood under both formats. A problem that is repeated is the same one: its identity is
`host` or `host!service`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote

from django.utils.translation import gettext as _

from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvent,
    NewEvents,
    Reply,
    Tool,
    Unreadable,
)
from opale.run.events.ports.timestamps import parse_timestamp
from opale.run.events.states import Severity

SCRIPT: Final = "opale-notify"
MOST_FIELDS: Final = 100
STATES: Final[Mapping[str, Severity]] = {
    "OK": Severity.CLEAR,
    "UP": Severity.CLEAR,
    "WARNING": Severity.WARNING,
    "UNKNOWN": Severity.WARNING,
    "CRITICAL": Severity.CRITICAL,
    "DOWN": Severity.CRITICAL,
    "UNREACHABLE": Severity.MAJOR,
}
REMARK_TYPES: Final = ("FLAPPING", "DOWNTIME", "CUSTOM")
"""Notifications beside the trouble; each begins several types."""
END_TYPES: Final = (
    "FLAPPINGSTOP",
    "FLAPPINGEND",
    "FLAPPINGDISABLED",
    "DOWNTIMEEND",
    "DOWNTIMECANCELLED",
    "DOWNTIMEREMOVED",
)
"""The tool's notices are held back no more: with a good state, the recovery was among them."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification, in either form."""

    kind: str
    host: str
    service: str
    state: str
    output: str
    told_at: str
    since: str
    address: str
    shown: str
    author: str
    comment: str
    web: str

    @classmethod
    def of_nagios(cls, said: Mapping[str, str]) -> "Notification":
        service = said.get("SERVICEDESC", "")
        what = "SERVICE" if service else "HOST"
        return cls(
            kind=said["NOTIFICATIONTYPE"],
            host=said.get("HOSTNAME", ""),
            service=service,
            state=said.get(f"{what}STATE", ""),
            output=said.get(f"{what}OUTPUT", ""),
            told_at=said.get("TIMET", ""),
            since=said.get(f"LAST{what}STATECHANGE", ""),
            address=said.get("HOSTADDRESS", ""),
            shown=said.get("HOSTALIAS", ""),
            author=said.get("NOTIFICATIONAUTHOR", ""),
            comment=said.get("NOTIFICATIONCOMMENT", ""),
            web="",
        )

    @classmethod
    def of_icinga(cls, said: Mapping[str, str]) -> "Notification":
        return cls(
            kind=said.get("t", ""),
            host=said.get("l", ""),
            service=said.get("e", ""),
            state=said.get("s", ""),
            output=said.get("o", ""),
            told_at=said.get("d", ""),
            since="",
            address=said.get("4") or said.get("6", ""),
            shown=said.get("n", ""),
            author=said.get("b", ""),
            comment=said.get("c", ""),
            web=said.get("i", ""),
        )

    @property
    def identity(self) -> str:
        return f"{self.host}!{self.service}" if self.service else self.host

    @property
    def title(self) -> str:
        about = f"{self.host} / {self.service}" if self.service else self.host
        first = self.output.partition("\n")[0].strip()
        return f"{about}: {first or self.state}"

    @property
    def text(self) -> str:
        """Return the whole output of the check, and any comment."""
        said = f"{self.author}: {self.comment}" if self.author else self.comment
        return "\n\n".join(part.strip() for part in (self.output, said) if part.strip())

    @property
    def page(self) -> str:
        """Return its page in Icinga Web, as Icinga's own mails link there."""
        if not self.web:
            return ""
        base, host = f"{self.web.rstrip('/')}/monitoring", quote(self.host)
        if self.service:
            return f"{base}/service/show?host={host}&service={quote(self.service)}"
        return f"{base}/host/show?host={host}"

    def labels(self) -> dict[str, str]:
        found = {
            "host": self.host,
            "check": self.service,
            "state": self.state,
            "address": self.address,
            "alias": self.shown if self.shown != self.host else "",
        }
        return {name: text for name, text in found.items() if text}


class NotificationTool(Tool):
    """The common part of both families' formats: the script, and its fields."""

    files = (SCRIPT,)
    pasted: str

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the event. Errors: Unreadable."""
        said = _fields(delivery.body)
        notice = (
            Notification.of_nagios(said)
            if "NOTIFICATIONTYPE" in said
            else Notification.of_icinga(said)
        )
        return NewEvents((_event(notice, said, delivery.received_at),))

    def file(self, name: str, url: str, key: str) -> Reply:
        return Reply(_filled(name, url).encode(), "text/x-shellscript")

    def example(self, url: str, key: str) -> str:
        words = {
            "@FIRST@": _("First, on each server that notifies:"),
            "@THEN@": _(
                "Then name the contact opale in the contacts of your hosts and services, "
                "or of their templates."
            ),
        }
        text = _filled(self.pasted, url)
        for place, sentence in words.items():
            text = text.replace(place, sentence)
        return text


class Icinga(NotificationTool):
    slug = "icinga"
    name = "Icinga 2"
    pasted = "icinga.conf"


class Nagios(NotificationTool):
    slug = "nagios"
    name = "Nagios"
    pasted = "nagios.cfg"


def _filled(name: str, url: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").replace("@URL@", url)


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Unreadable("More fields than any notification has.") from None
    return dict(pairs)


def _event(notice: Notification, said: Mapping[str, str], received_at: datetime) -> NewEvent:
    if not notice.host:
        raise Unreadable("HOSTNAME (-l): missing.")
    kind = notice.kind.upper().replace("_", "").replace(" ", "")
    acknowledges, remarks = kind == "ACKNOWLEDGEMENT", kind.startswith(REMARK_TYPES)
    if not (acknowledges or remarks or kind in ("PROBLEM", "RECOVERY")):
        raise Unreadable("NOTIFICATIONTYPE (-t): this type is not known.")
    severity = STATES.get(notice.state.upper())
    if severity is None:
        raise Unreadable("HOSTSTATE or SERVICESTATE (-s): this state is not known.")
    firing = kind == "PROBLEM" or (kind != "RECOVERY" and severity is not Severity.CLEAR)
    held_back = kind in END_TYPES and severity is Severity.CLEAR
    return NewEvent(
        identity=notice.identity,
        firing=firing,
        severity=severity,
        title=notice.title,
        text=notice.text,
        labels=notice.labels(),
        source_url=notice.page,
        occurred_at=_moment(notice.told_at) or _moment(said.get("sent", "")) or received_at,
        started_at=_moment(notice.since) if firing else None,
        acknowledges=acknowledges,
        remarks=remarks and not held_back,
        raw=said,
    )


def _moment(text: str) -> datetime | None:
    """Read seconds since 1970, or `2026-11-20 12:00:00 +0100`; return None for what is neither."""
    try:
        return parse_timestamp(text.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
