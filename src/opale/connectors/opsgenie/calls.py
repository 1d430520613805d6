"""Calls of Opsgenie's Alert API, read from the address."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from opale.run.events.domain.deliveries import Delivery

ROOT: Final = "v2/alerts"
ACTION_NAMES: Final = frozenset(
    {
        "acknowledge", "unacknowledge", "close", "snooze", "escalate", "assign", "notes", "tags",
        "details", "responders", "teams",
    }
)  # fmt: skip
EDITABLE_FIELDS: Final = frozenset({"message", "description", "priority"})
SUBRESOURCES: Final = frozenset({"logs", "notes", "recipients"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `act` is what to do or to read; "" for an unknown call. `by` is id, tiny or alias."""

    act: str
    identifier: str = ""
    by: str = "id"
    query: tuple[tuple[str, str], ...] = ()

    def said(self, name: str) -> str:
        """Return a parameter of the address."""
        return dict(self.query).get(name, "")


def parse_call(delivery: Delivery) -> Call:
    path, query = delivery.path.strip("/"), _query(delivery)
    if path != ROOT and not path.startswith(f"{ROOT}/"):
        return Call("")
    act, identifier = _act(delivery.method, path.removeprefix(ROOT).strip("/"))
    return Call(act, identifier, dict(query).get("identifierType") or "id", query)


def _act(method: str, rest: str) -> tuple[str, str]:
    """Return the act, which is the last part of the address, as an alias may hold slashes."""
    identifier, _, last = rest.rpartition("/")
    if not rest:
        return {"POST": "create", "GET": "list"}.get(method, ""), ""
    if method == "POST":
        before, _, word = identifier.rpartition("/")
        if word == "actions":
            return "custom", before
        return (last if last in ACTION_NAMES else "", identifier)
    if method == "PUT":
        return (f"put_{last}" if last in EDITABLE_FIELDS else "", identifier)
    if method == "DELETE":
        if identifier and last in ("tags", "details"):
            return f"remove_{last}", identifier
        return "close", rest
    return _question(rest, identifier, last)


def _question(rest: str, identifier: str, last: str) -> tuple[str, str]:
    if rest == "count":
        return "count", ""
    if identifier == "requests":
        return "request", last
    if identifier and last in SUBRESOURCES:
        return f"get_{last}", identifier
    return "get", rest


def _query(delivery: Delivery) -> tuple[tuple[str, str], ...]:
    found = parse_qs(delivery.query, max_num_fields=50, errors="replace")
    return tuple((name, ",".join(values)) for name, values in found.items())
