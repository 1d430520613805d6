"""Blackouts are silences of this integration: what they match is on record, and calls nobody.

Source: alerta/models/blackout.py of alerta-server 9.1.0.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from opale.connectors.alerta.asked import Asked, made, ok
from opale.connectors.alerta.bodies import iso
from opale.connectors.alerta.refusals import Refuse, refusing
from opale.connectors.alerta.vocabulary import BLACKOUT_SECONDS
from opale.run.events import actions
from opale.run.events.actions import Matcher, SilenceTerms
from opale.run.events.models import Silence
from opale.run.events.ports import Reply, Unreadable
from opale.run.events.ports.moments import moment_in
from opale.run.events.queries.silences import phase_of, silences

TEXTS: Final = ("environment", "resource", "event", "group", "origin", "customer")
LISTS: Final = ("service", "tags")
AMONG: Final = ("(.*, )?", "(, .*)?")
"""Around a word that a label has among others."""
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


def make(asked: Asked) -> Reply:
    with refusing():
        kept = actions.create_silence(_terms(asked.said, asked), by=asked.by, at=asked.at)
    body = body_of(kept, asked.endpoint, asked.at)
    return made(201, id=body["id"], blackout=body)


def listed(asked: Asked) -> Reply:
    wanted = asked.params.get("status", ())
    bodies = [body_of(kept, asked.endpoint, asked.at) for kept in _kept(asked)[:1_000]]
    shown = [body for body in bodies if not wanted or body["status"] in wanted]
    paging = {"page": 1, "pageSize": 1_000, "pages": 1, "more": False}
    return ok(blackouts=shown, total=len(shown), **paging)


def one(asked: Asked) -> Reply:
    return ok(total=1, blackout=body_of(_named(asked), asked.endpoint, asked.at))


def change(asked: Asked) -> Reply:
    kept = _named(asked)
    before = body_of(kept, asked.endpoint, asked.at)
    changed = {name: value for name, value in asked.said.items() if value is not None}
    if "duration" in changed and "endTime" not in changed:
        before.pop("endTime")
    else:
        before.pop("duration")
    with refusing("expired"):
        actions.edit_silence(kept, _terms({**before, **changed}, asked), by=asked.by, at=asked.at)
    return ok(blackout=body_of(_named(asked), asked.endpoint, asked.at))


def delete(asked: Asked) -> Reply:
    actions.end_silence(_named(asked), by=asked.by, at=asked.at)
    return ok()


def body_of(kept: Silence, endpoint: str, at: datetime) -> dict[str, Any]:
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


def _terms(said: Mapping[str, Any], asked: Asked) -> SilenceTerms:
    """Errors: Refuse."""
    if not said.get("environment"):
        raise Refuse(400, 'Missing mandatory value for "environment"')
    for name in LISTS:
        if not isinstance(said.get(name) or [], list):
            raise Refuse(400, f"{name} must be a list")
    try:
        starts_at = moment_in(said, "startTime") or asked.at
        ends_at = moment_in(said, "endTime")
    except Unreadable as error:
        raise Refuse(400, error.reason) from None
    seconds = said.get("duration") or BLACKOUT_SECONDS
    if not isinstance(seconds, int):
        raise Refuse(400, "duration must be an integer")
    return SilenceTerms(
        matchers=tuple(_matchers(said)),
        starts_at=starts_at,
        ends_at=ends_at or starts_at + timedelta(seconds=min(seconds, 10**9)),
        comment=str(said.get("text") or "Blackout"),
        integration_id=asked.integration_id,
    )


def _matchers(said: Mapping[str, Any]) -> Iterator[Matcher]:
    for name in TEXTS:
        if said.get(name):
            yield Matcher(name, str(said[name]))
    before, after = AMONG
    for name in LISTS:
        for word in said.get(name) or ():
            yield Matcher(name, f"{before}{re.escape(str(word))}{after}", "=~")


def _said(kept: Silence) -> Iterator[tuple[str, Any]]:
    """What its matchers say, in Alerta's words."""
    before, after = AMONG
    among: dict[str, list[str]] = {}
    for row in kept.matchers:
        if row["op"] == "=" and row["name"] in TEXTS:
            yield row["name"], row["value"]
        elif row["name"] in LISTS:
            word = row["value"].removeprefix(before).removesuffix(after)
            among.setdefault(row["name"], []).append(re.sub(r"\\(.)", r"\1", word))
    yield from among.items()


def _kept(asked: Asked) -> QuerySet[Silence]:
    rows = silences(seen_by=asked.by, at=asked.at)
    return rows.filter(integration_id=asked.integration_id, ended_at=None).order_by("-starts_at")


def _named(asked: Asked) -> Silence:
    try:
        uuid = UUID(asked.parts["id"])
    except ValueError:
        raise Refuse(404, "not found") from None
    kept = _kept(asked).filter(uuid=uuid).first()
    if kept is None:
        raise Refuse(404, "not found")
    return kept
