"""Rows in the format of PostgreSQL's COPY, and the tables that a history fills."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

NULL = "\\N"

# In the order of writing: referenced tables come first.
TABLES: dict[str, tuple[str, ...]] = {
    "desk_ticket": (
        "id", "number", "kind", "state", "stream", "source", "subject", "language", "customer_id",
        "contact_id", "employee_id", "service_id", "item_id", "plan_version_id", "premium",
        "impact", "urgency", "priority", "owner_id", "received_at", "triaged_at",
        "acknowledged_at", "answered_at", "outage_from", "restored_at", "resolved_at", "closed_at",
        "cause", "customer_told_at", "updated_at",
    ),
    "desk_ownership": (
        "ticket_id", "customer_id", "person_id", "starts", "ends", "previous_end", "reason",
        "actor", "recorded_at",
    ),
    "desk_classification": (
        "ticket_id", "customer_id", "at", "kind", "service_id", "item_id", "plan_version_id",
        "premium", "impact", "urgency", "priority", "former_subject", "reason", "actor",
        "actor_name", "recorded_at",
    ),
    "desk_message": (
        "id", "ticket_id", "customer_id", "direction", "visibility", "author", "person_id",
        "contact_id", "body", "language", "at",
    ),
    "desk_pause": ("ticket_id", "customer_id", "kind", "starts", "ends", "reason"),
    "desk_commitment": (
        "ticket_id", "customer_id", "measure", "target", "coverage", "starts_at", "due_at",
        "met_at", "breached_at", "computed_at",
    ),
    "events_alert": (
        "id", "integration_id", "identity", "state", "severity", "title", "text", "labels", "raw",
        "source_url", "item_id", "service_id", "customer_id", "started_at", "first_received_at",
        "last_received_at", "source_at", "cleared_at", "closed_at", "count", "qualified_at",
    ),
    "desk_ticketalert": ("ticket_id", "customer_id", "alert_id", "linked_at"),
    "kernel_statemove": (
        "subject", "subject_id", "move", "source", "target", "actor", "actor_name", "at",
        "recorded_at",
    ),
}  # fmt: skip


def escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    return text.replace("\t", "\\t").replace("\r", "\\r")


def moment(at: datetime | None) -> str:
    return NULL if at is None else at.isoformat()


def _json(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False))


CELLS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: NULL,
    str: escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    timedelta: lambda value: f"{value.total_seconds()} seconds",
    dict: _json,
    list: _json,
}


def _other(value: Any) -> str:
    """Return the text of a value whose type is a subclass, such as members of enumerations."""
    return escaped(str(value))


def line(values: Iterable[Any]) -> str:
    return "\t".join([CELLS.get(type(value), _other)(value) for value in values]) + "\n"


class Rows:
    """Lines by table, in the order of TABLES."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {table: [] for table in TABLES}

    def add(self, table: str, *values: Any) -> None:
        self.lines[table].append(line(values))

    def add_line(self, table: str, text: str) -> None:
        self.lines[table].append(text)
