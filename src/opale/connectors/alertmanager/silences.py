"""Silences by Alertmanager's API: listed, created and ended.

A tool sees its integration's silences and people's that match by labels alone; those it created
itself it may change and end.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from django.utils import translation

from opale.conditions.patterns import InvalidPattern
from opale.connectors.alertmanager.calls import ApiError, Call, format_time, json_reply, matches
from opale.kernel.errors import Invalid, NotFound
from opale.run.events.actions import silences as silence_actions
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.deliveries import Reply, Unreadable
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Silence
from opale.run.events.ports.timestamps import timestamp_in
from opale.run.events.queries.active_alerts import silences_shown_to_tool
from opale.run.events.queries.silences import get_silence, phase_of

STATES: Final = {"active": "active", "coming": "pending", "past": "expired"}
ORDER: Final = ("active", "pending", "expired")
REQUIRED: Final = ("comment", "createdBy", "endsAt", "matchers", "startsAt")
OPERATORS: Final[dict[tuple[bool, bool], Literal["=", "!=", "=~", "!~"]]] = {
    (True, False): "=",
    (False, False): "!=",
    (True, True): "=~",
    (False, True): "!~",
}
TIME_TOLERANCE: Final = timedelta(milliseconds=1)
"""Times are sent in milliseconds, and come back so."""


def list_silences(call: Call) -> Reply:
    """List those in force by their end, then those to come, then those that are over."""
    matchers = call.matchers()
    found = []
    for silence in silences_shown_to_tool(call.integration_id):
        if matches(matchers, {row["name"]: row["value"] for row in silence.matchers}):
            found.append(_said(silence, call.at))
    found.sort(key=lambda one: one["endsAt"], reverse=True)
    soonest = [one for one in reversed(found) if one["status"]["state"] != "expired"]
    over = [one for one in found if one["status"]["state"] == "expired"]
    return json_reply(
        sorted([*soonest, *over], key=lambda one: ORDER.index(one["status"]["state"]))
    )


def show_silence(call: Call, name: str) -> Reply:
    return json_reply(_said(_heard(call, name), call.at))


def expire_silence(call: Call, name: str) -> Reply:
    found = _heard(call, name)
    if found.integration_id != call.integration_id:
        raise ApiError("this silence was made in Opale: end it there", 403)
    silence_actions.end_silence(found, by=call.actor, at=call.at)
    return Reply(b"")


def post_silence(call: Call) -> Reply:
    """Create a silence, or change an own one: where more changes than its end or its words, the
    former one is ended and a new one created, as the server does.
    """
    body = _body(call)
    terms = _terms(call, body)
    former = _former(call, str(body.get("id") or ""))
    with translation.override("en"):
        try:
            return json_reply({"silenceID": str(_kept(call, terms, former, body))})
        except Invalid as error:
            raise ApiError(f"invalid silence: {error.sentence}", 400) from None


def _kept(call: Call, terms: SilenceTerms, former: Silence | None, body: dict[str, Any]) -> UUID:
    if former is not None:
        phase = phase_of(former, call.at)
        same = [one.row() for one in terms.matchers] == former.matchers
        begun = phase == "active"
        if phase != "past" and same and not (begun and _moved(former, terms)):
            terms = replace(terms, starts_at=former.starts_at) if begun else terms
            silence_actions.edit_silence(former, terms, by=call.actor, at=call.at)
            return former.uuid
        silence_actions.end_silence(former, by=call.actor, at=call.at)
    begins = replace(terms, starts_at=max(terms.starts_at, call.at))
    made = silence_actions.create_silence(
        begins, by=call.actor, at=call.at, author_name=str(body["createdBy"])
    )
    return made.uuid


def _moved(former: Silence, terms: SilenceTerms) -> bool:
    return abs(former.starts_at - terms.starts_at) > TIME_TOLERANCE


def _former(call: Call, name: str) -> Silence | None:
    """Return the silence to change. Errors: ApiError."""
    if not name:
        return None
    with suppress(ValueError, NotFound):
        found: Silence = get_silence(UUID(name), seen_by=call.actor, at=call.at)
        if found.integration_id == call.integration_id:
            return found
    raise ApiError("silence not found", 404)


def _heard(call: Call, name: str) -> Silence:
    """Return the silence of that name. Errors: ApiError."""
    try:
        uuid = UUID(name)
    except ValueError:
        message = f'silenceID in path must be of type uuid: "{name}"'
        raise ApiError({"code": 601, "message": message}, 422) from None
    for found in silences_shown_to_tool(call.integration_id):
        if found.uuid == uuid:
            return found
    raise ApiError(None, 404)


def _body(call: Call) -> dict[str, Any]:
    """Return the body. Errors: ApiError."""
    try:
        body = msgspec.json.decode(call.body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _unparsed(str(error)) from None
    if not isinstance(body, dict):
        raise _unparsed("an object is expected")
    for name in REQUIRED:
        if name not in body or body[name] is None:
            raise ApiError({"code": 602, "message": f"{name} in body is required"}, 422)
    if not isinstance(body["matchers"], list):
        raise _unparsed("matchers: a list is expected")
    if not body["matchers"]:
        raise ApiError(
            {"code": 612, "message": "matchers in body should have at least 1 items"}, 422
        )
    return body


def _terms(call: Call, body: dict[str, Any]) -> SilenceTerms:
    """Return the terms of the silence. Errors: ApiError."""
    matchers = tuple(_matcher(row, number) for number, row in enumerate(body["matchers"]))
    try:
        starts_at = timestamp_in(body, "startsAt") or call.at
        ends_at = timestamp_in(body, "endsAt") or starts_at
    except Unreadable as error:
        raise _unparsed(error.reason) from None
    _check_times(starts_at, ends_at, call.at)
    if all(one.matches("") for one in matchers):
        raise ApiError("invalid silence: at least one matcher must not match the empty string", 400)
    return SilenceTerms(
        matchers=matchers,
        starts_at=starts_at,
        ends_at=ends_at,
        comment=str(body["comment"]),
        integration_id=call.integration_id,
    )


def _check_times(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Check the times. Errors: ApiError."""
    if starts_at >= ends_at:
        raise ApiError("Failed to create silence: start time must be before end time", 400)
    if ends_at <= at:
        raise ApiError("Failed to create silence: end time can't be in the past", 400)


def _matcher(row: Any, number: int) -> Matcher:
    """Return the matcher of a row. Errors: ApiError."""
    if not isinstance(row, dict):
        raise _unparsed("matchers: each one is an object")
    for name in ("name", "value", "isRegex"):
        if name not in row:
            message = f"matchers.{number}.{name} in body is required"
            raise ApiError({"code": 602, "message": message}, 422)
    name, value, equal = row["name"], row["value"], row.get("isEqual", True)
    if not isinstance(name, str) or not isinstance(value, str):
        raise _unparsed("matchers: name and value are texts")
    if not name:
        raise ApiError(
            f'invalid silence: invalid label matcher {number}: invalid label name ""', 400
        )
    matcher = Matcher(name, value, OPERATORS[bool(equal), bool(row["isRegex"])])
    try:
        matcher.matches("")
    except InvalidPattern as error:
        raise ApiError(
            f"invalid silence: invalid label matcher {number}: invalid regular expression"
            f' "{value}": {error}',
            400,
        ) from None
    return matcher


def _unparsed(why: str) -> ApiError:
    message = f'parsing silence body from "" failed, because {why}'
    return ApiError({"code": 400, "message": message}, 400)


def _said(silence: Silence, at: datetime) -> dict[str, Any]:
    state = STATES[phase_of(silence, at)]
    starts_at = silence.window_starts_at or silence.starts_at
    ends_at = silence.ended_at or silence.window_ends_at or silence.ends_at or starts_at
    return {
        "id": str(silence.uuid),
        "status": {"state": state},
        "updatedAt": format_time(silence.ended_at or silence.created_at),
        "comment": silence.comment,
        "createdBy": silence.author_name,
        "endsAt": format_time(ends_at),
        "matchers": [
            {
                "isEqual": not row["op"].startswith("!"),
                "isRegex": row["op"].endswith("~"),
                "name": row["name"],
                "value": row["value"],
            }
            for row in silence.matchers
        ],
        "startsAt": format_time(starts_at),
    }
