"""The two formats in which telephone systems push calls: JSON or a form, of the same members.

Zammad's generic CTI answers in JSON, sipgate expects XML which names the addresses to push the
answer and the end to. The delivery itself shows which one sent it.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

import msgspec
from django.utils.translation import gettext as _

from opale.run.events.domain.deliveries import Delivery, Reply, Unreadable
from opale.run.telephone.domain.signals import Signal
from opale.run.telephone.states import Direction, SignalKind

PROLOGUE: Final = '<?xml version="1.0" encoding="UTF-8"?>'
LONGEST_ID: Final = 250
MEMBERS: Final = 100
KINDS: Final = {
    "newCall": SignalKind.RING,
    "answer": SignalKind.ANSWER,
    "hangup": SignalKind.HANGUP,
}
IGNORED_EVENTS: Final = frozenset({"dtmf"})
SIPGATE_MEMBERS: Final = frozenset({"xcid", "userId", "fullUserId", "origCallId", "originalCallId"})
"""Members that only sipgate sends."""
SIPGATE_PATH = "/sipgate"
"""The end of the address at which every answer is XML."""
LISTS: Final = frozenset({"user", "userId", "fullUserId"})
_INDEX = re.compile(r"\[\d*\]$")


class Cti:
    """Connector of telephone systems.

    Source: docs/howto/connect-a-telephone-system.md, "What is accepted".
    """

    slug: ClassVar[str] = "cti"

    @property
    def name(self) -> str:
        return _("Telephone system (Zammad CTI, sipgate)")

    def read(self, delivery: Delivery) -> Signal | None:
        """Return the signal. Errors: Unreadable."""
        members = _members(delivery)
        event = _text(members, "event", required=True)
        if event in IGNORED_EVENTS:
            return None
        if event not in KINDS:
            raise Unreadable(f"event: {event[:50]} is none of newCall, answer, hangup.")
        call_id = _text(members, "callId", required=True)
        if len(call_id) > LONGEST_ID:
            raise Unreadable(f"callId: longer than {LONGEST_ID} characters.")
        direction = _text(members, "direction") or "in"
        if direction not in Direction.values:
            raise Unreadable(f"direction: {direction[:50]} is neither in nor out.")
        return Signal(
            kind=KINDS[event],
            call_id=call_id,
            direction=Direction(direction),
            caller=_text(members, "from"),
            called=_text(members, "to"),
            users=(*_texts(members, "user"), *_texts(members, "userId")),
            queue=_text(members, "queue"),
            answering=_text(members, "answeringNumber"),
            cause=_text(members, "cause"),
            raw=members,
        )

    def reply(self, delivery: Delivery, url: str) -> Reply:
        """Return an answer that neither rejects nor redirects the call."""
        if not _expects_xml(delivery):
            return Reply(b"{}")
        # Whatever comes to that address is sipgate's: a hangup has no members that show it.
        where = quoteattr(f"{url.rstrip('/').removesuffix(SIPGATE_PATH)}{SIPGATE_PATH}")
        answer = f"<Response onAnswer={where} onHangup={where}/>"
        return Reply(f"{PROLOGUE}{answer}".encode(), "application/xml")

    def example(self, url: str) -> str:
        return (
            f"URL        {url}\n"
            "method     POST\n"
            "events     newCall, answer, hangup\n"
            "\n"
            f"curl {url} \\\n"
            "  -d event=newCall -d direction=in -d callId=1 -d from=33199001122 -d to=33199000000"
        )


def _members(delivery: Delivery) -> dict[str, Any]:
    """Return the members, of either form; names of lists without their brackets."""
    if _is_form(delivery):
        return _form(delivery.body)
    try:
        found = msgspec.json.decode(delivery.body)
    except msgspec.DecodeError:
        raise Unreadable("body: neither JSON nor a form.") from None
    if not isinstance(found, dict):
        raise Unreadable("body: a JSON object is expected.")
    members = {_INDEX.sub("", name): value for name, value in found.items()}
    if len(members) > MEMBERS:
        raise Unreadable(f"body: more than {MEMBERS} members.")
    return members


def _is_form(delivery: Delivery) -> bool:
    """Return whether it is a form, by its content type, else by its first character."""
    if "json" in delivery.content_type.lower():
        return False
    return delivery.body.lstrip()[:1] != b"{"


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MEMBERS)
    except (UnicodeDecodeError, ValueError):
        raise Unreadable("body: neither JSON nor a form.") from None
    members: dict[str, Any] = {}
    for name, value in pairs:
        name = _INDEX.sub("", name)
        if name in LISTS:
            members.setdefault(name, []).append(value)
        else:
            members[name] = value
    if "event" not in members:
        raise Unreadable("event: missing.")
    return members


def _expects_xml(delivery: Delivery) -> bool:
    """Return whether sipgate posts: its own members, or brackets that it alone writes empty.

    Clients of Zammad that send a form (`user=…`) read JSON.
    """
    if delivery.path.strip("/") == SIPGATE_PATH.strip("/"):
        return True
    if not _is_form(delivery):
        return False
    pairs = parse_qsl(delivery.body.decode(errors="replace"), keep_blank_values=True)
    names = {name for name, _value in pairs}
    return "user[]" in names or bool(SIPGATE_MEMBERS & {_INDEX.sub("", name) for name in names})


def _text(members: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = members.get(name)
    if value is None or isinstance(value, bool | list | dict):
        value = ""
    text = _clean(value)
    if required and not text:
        raise Unreadable(f"{name}: missing.")
    return text


def _clean(value: object) -> str:
    """Return the text without what PostgreSQL's texts cannot hold."""
    return str(value).replace("\x00", "\ufffd").strip()


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = members.get(name)
    values = value if isinstance(value, list) else [value]
    return tuple(text for one in values if isinstance(one, str | int) and (text := _clean(one)))
