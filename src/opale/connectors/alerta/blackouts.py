"""Blackouts, as silences of this integration: what they match is on record, and calls nobody.

Source: alerta/models/blackout.py of alerta-server 9.1.0.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from opale.connectors.alerta.api_request import LONGEST_SPAN, AlertaRequest, created_reply, ok_reply
from opale.connectors.alerta.errors import AlertaError, alerta_errors
from opale.connectors.alerta.serializers import iso
from opale.connectors.alerta.vocabulary import BLACKOUT_SECONDS
from opale.kernel.dates import is_far
from opale.run.events.actions import silences as silence_actions
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.deliveries import Reply, Unreadable
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Silence
from opale.run.events.ports.timestamps import timestamp_in
from opale.run.events.queries.silences import phase_of, silences

TEXTS: Final = ("environment", "resource", "event", "group", "origin", "customer")
LISTS: Final = ("service", "tags")
LIST_PATTERN: Final = ("(.*, )?", "(, .*)?")
"""The pattern around a word that a label has among others."""
STATUSES: Final = {"active": "active", "coming": "pending", "past": "expired"}
PRIORITIES: Final = (
    ({"customer"}, 8),
    ({"tags"}, 6),
    ({"resource", "event"}, 5),
    ({"group"}, 4),
    ({"event"}, 3),
    ({"resource"}, 2),
    ({"service"}, 2),
)


def create_blackout(asked: AlertaRequest) -> Reply:
    with alerta_errors():
        kept = silence_actions.create_silence(_terms(asked.said, asked), by=asked.by, at=asked.at)
    body = blackout_body(kept, asked.endpoint, asked.at)
    return created_reply(201, id=body["id"], blackout=body)


def list_blackouts(asked: AlertaRequest) -> Reply:
    wanted = asked.params.get("status", ())
    bodies = [blackout_body(kept, asked.endpoint, asked.at) for kept in _kept(asked)[:1_000]]
    shown = [body for body in bodies if not wanted or body["status"] in wanted]
    paging = {"page": 1, "pageSize": 1_000, "pages": 1, "more": False}
    return ok_reply(blackouts=shown, total=len(shown), **paging)


def get_blackout(asked: AlertaRequest) -> Reply:
    return ok_reply(total=1, blackout=blackout_body(_named(asked), asked.endpoint, asked.at))


def update_blackout(asked: AlertaRequest) -> Reply:
    kept = _named(asked)
    before = blackout_body(kept, asked.endpoint, asked.at)
    changed = {name: value for name, value in asked.said.items() if value is not None}
    if "duration" in changed and "endTime" not in changed:
        before.pop("endTime")
    else:
        before.pop("duration")
    with alerta_errors("expired"):
        silence_actions.edit_silence(
            kept, _terms({**before, **changed}, asked), by=asked.by, at=asked.at
        )
    return ok_reply(blackout=blackout_body(_named(asked), asked.endpoint, asked.at))


def delete_blackout(asked: AlertaRequest) -> Reply:
    silence_actions.end_silence(_named(asked), by=asked.by, at=asked.at)
    return ok_reply()


def blackout_body(kept: Silence, endpoint: str, at: datetime) -> dict[str, Any]:
    starts_at, ends_at = kept.starts_at, kept.ends_at or kept.starts_at
    said = dict(_said(kept))
    return {
        "id": str(kept.uuid),
        "href": f"{endpoint}/blackout/{kept.uuid}",
        **{name: said.get(name) for name in TEXTS},
        **{name: said.get(name, []) for name in LISTS},
        "priority": next((rank for names, rank in PRIORITIES if names <= said.keys()), 1),
        "startTime": iso(starts_at),
        "endTime": iso(ends_at),
        "duration": int((ends_at - starts_at).total_seconds()),
        "status": STATUSES[phase_of(kept, at)],
        "remaining": max(int((ends_at - max(at, starts_at)).total_seconds()), 0),
        "user": kept.author_name,
        "createTime": iso(kept.created_at),
        "text": kept.comment,
    }


def _terms(said: Mapping[str, Any], asked: AlertaRequest) -> SilenceTerms:
    """Return the terms of the silence. Errors: AlertaError."""
    if not said.get("environment"):
        raise AlertaError(400, 'Missing mandatory value for "environment"')
    for name in LISTS:
        if not isinstance(said.get(name) or [], list):
            raise AlertaError(400, f"{name} must be a list")
    try:
        starts_at = timestamp_in(said, "startTime") or asked.at
        ends_at = timestamp_in(said, "endTime")
    except Unreadable as error:
        raise AlertaError(400, error.reason) from None
    if is_far(starts_at):
        raise AlertaError(400, "startTime: there is no such time.")
    seconds = said.get("duration") or BLACKOUT_SECONDS
    if not isinstance(seconds, int) or seconds < 0:
        raise AlertaError(400, "duration must be an integer")
    return SilenceTerms(
        matchers=tuple(_matchers(said)),
        starts_at=starts_at,
        ends_at=ends_at or starts_at + timedelta(seconds=min(seconds, LONGEST_SPAN)),
        comment=str(said.get("text") or "Blackout"),
        integration_id=asked.integration_id,
    )


def _matchers(said: Mapping[str, Any]) -> Iterator[Matcher]:
    for name in TEXTS:
        if said.get(name):
            yield Matcher(name, str(said[name]))
    before, after = LIST_PATTERN
    for name in LISTS:
        for word in said.get(name) or ():
            yield Matcher(name, f"{before}{re.escape(str(word))}{after}", "=~")


def _said(kept: Silence) -> Iterator[tuple[str, Any]]:
    """Yield what its matchers say, in Alerta's words."""
    before, after = LIST_PATTERN
    among: dict[str, list[str]] = {}
    for row in kept.matchers:
        if row["op"] == "=" and row["name"] in TEXTS:
            yield row["name"], row["value"]
        elif row["name"] in LISTS:
            word = row["value"].removeprefix(before).removesuffix(after)
            among.setdefault(row["name"], []).append(re.sub(r"\\(.)", r"\1", word))
    yield from among.items()


def _kept(asked: AlertaRequest) -> QuerySet[Silence]:
    rows = silences(seen_by=asked.by, at=asked.at)
    return rows.filter(integration_id=asked.integration_id, ended_at=None).order_by("-starts_at")


def _named(asked: AlertaRequest) -> Silence:
    try:
        uuid = UUID(asked.parts["id"])
    except ValueError:
        raise AlertaError(404, "not found") from None
    kept = _kept(asked).filter(uuid=uuid).first()
    if kept is None:
        raise AlertaError(404, "not found")
    return kept
