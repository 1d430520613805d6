"""Recording of signals of telephone systems as calls: durable, once, in any order.

Source: docs/rules/telephone.md, "The life of a call".
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from opale.customers.queries.parties import callers_of
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.phone_numbers import e164
from opale.organisation.queries.reference import home_country
from opale.run.desk.actions.ticket_locks import notify_readers
from opale.run.telephone.actions.call_locks import change_call
from opale.run.telephone.actions.missed_calls import settle_missed_calls
from opale.run.telephone.domain.call_state import CallSummary, ReceivedSignal, fold_signals
from opale.run.telephone.domain.signals import Signal
from opale.run.telephone.models import Call, HeardSignal
from opale.run.telephone.queries.people import people_called
from opale.run.telephone.states import CallState, Direction, FollowUp, SignalKind

SIGNAL_FIELDS = tuple(field for field in Signal.__dataclass_fields__ if field != "raw")


def record_signal(signal: Signal, *, integration_id: int, by: Actor, at: datetime) -> Call:
    """Record one signal of a telephone system, and update its call.

    A repeated signal changes nothing. Errors: of the database only.
    """
    with attributed(by):
        call = _call_of(signal, integration_id, at)
        kept, new = _kept(call, signal, at)
        if new:
            _bring_up_to_date(call, fold_signals(kept))
    return call


def _call_of(signal: Signal, integration_id: int, at: datetime) -> Call:
    """Return the call, locked; the first signal creates it."""
    named = {"integration_id": integration_id, "external_id": signal.call_id}
    first = {"direction": signal.direction, "state": CallState.RINGING, "began_at": at}
    Call.objects.get_or_create(**named, defaults=first)
    return Call.objects.select_for_update().get(**named)


def _kept(call: Call, signal: Signal, at: datetime) -> tuple[list[ReceivedSignal], bool]:
    """Store the signal; return all signals of the call, and whether this one was new."""
    said = _said(signal)
    digest = sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
    rows = list(HeardSignal.objects.filter(call=call))
    new = all(row.digest != digest for row in rows)
    if new:
        row = HeardSignal(call=call, kind=signal.kind, received_at=at, digest=digest, raw=said)
        row.save(force_insert=True)
        rows.append(row)
    return [ReceivedSignal(_read(row.raw), row.received_at) for row in rows], new


def _said(signal: Signal) -> dict[str, Any]:
    """Return the signal as stored: characters that PostgreSQL's text cannot hold are replaced."""
    text = msgspec.json.encode({name: getattr(signal, name) for name in SIGNAL_FIELDS})
    kept: dict[str, Any] = msgspec.json.decode(text.replace(b"\\u0000", b"\\ufffd"))
    return kept


def _read(raw: dict[str, Any]) -> Signal:
    return Signal(
        **{
            **raw,
            "kind": SignalKind(raw["kind"]),
            "direction": Direction(raw["direction"]),
            "users": tuple(raw["users"]),
        }
    )


def _bring_up_to_date(call: Call, life: CallSummary) -> None:
    fields: dict[str, Any] = {
        "direction": life.direction,
        "state": life.state,
        "number": life.number[:64],
        "line": life.line[:64],
        "queue": life.queue[:100],
        "users": [name[:100] for name in life.users],
        "cause": life.cause[:40],
        "began_at": life.began_at,
        "answered_at": life.answered_at,
        "ended_at": life.ended_at,
    }
    people = people_called([*life.users, *life.answered_by])
    fields["rings_at"] = sorted({people[name] for name in life.users if name in people})
    answered = [people[name] for name in life.answered_by if name in people]
    if answered and call.ticket_id is None:
        fields["agent_id"] = answered[0]
    number = e164(life.number, home_country())
    if number != call.number_e164:
        fields["number_e164"] = number
        fields |= _known(call, number)
    if (follow_up := _follow_up(call, life)) != call.follow_up:
        fields["follow_up"] = follow_up
    change_call(call, **fields)
    if life.state in (CallState.ANSWERED, CallState.ENDED) and (answered or life.answered_at):
        settle_missed_calls(call)
    if call.ticket is not None:
        notify_readers(call.ticket)


def _known(call: Call, number: str) -> dict[str, Any]:
    """Find who has exactly this number, unless somebody set who it is."""
    if call.customer_id is not None:
        return {}
    found = callers_of(number)
    contact, customer = found.contact, found.customer
    return {
        "contact_id": contact.pk if contact and customer else None,
        "customer_id": customer.pk if customer else None,
    }


def _follow_up(call: Call, life: CallSummary) -> str:
    """Return the call's follow-up: missed is work, until a late answer shows that it was none."""
    missed = life.state == CallState.MISSED and call.ticket_id is None
    if missed and call.follow_up == FollowUp.NONE:
        return FollowUp.OPEN
    if not missed and call.follow_up == FollowUp.OPEN:
        return FollowUp.NONE
    return call.follow_up
