"""Messages of one ticket, in their order, as rows."""

from datetime import datetime, timedelta
from random import Random

from opale.demo.copy_rows import NULL, Rows, escaped
from opale.demo.text_facts import Scene
from opale.demo.texts import texts
from opale.demo.timelines import Course, Link
from opale.demo.world import Arrival, PersonRef, Subject, World

# Kinds of messages in the middle of a conversation, by weight.
MIDDLE = ("note",) * 6 + ("followup",) * 5 + ("update",) * 4 + ("reply",) * 4
SENT = frozenset({"reply", "update", "restored", "progress", "done"})
# A request has no fault to look for, so its conversation has words of its own.
OF_A_REQUEST = {"update": "progress", "followup": "query", "restored": "done"}

# Notes of tools are for colleagues: no customer has said or asked anything yet.
INTERNAL = frozenset({"note", "event"})
DIRECTIONS = dict.fromkeys(SENT, ("sent", "public")) | dict.fromkeys(INTERNAL, ("note", "internal"))


def write_messages(
    arrival: Arrival,
    subject: Subject,
    course: Course,
    owners: list[Link],
    scene: Scene,
    world: World,
    rows: Rows,
) -> list[datetime]:
    """Write the messages, and return the times of those sent outside, in order."""
    rng = scene.rng
    writer = texts(subject.language, plain=world.plain)
    customer = NULL if subject.customer_id is None else str(subject.customer_id)
    lines = rows.lines["desk_message"]
    received, zero = course.received, scene.minute
    told: list[datetime] = []
    key = arrival.first_message_id
    somebody_asks = subject.contact or subject.employee
    asker = somebody_asks.name if somebody_asks else ""
    for at, kind in _plan(arrival.messages, subject, course, rng, world.now):
        scene.minute = zero + int((at - received).total_seconds()) // 60
        if kind in SENT or kind == "note":
            somebody = _writer(kind, at, owners, world, rng)
            author, person, contact = somebody.name, str(somebody.id), NULL
            signature, scene.you = author, asker if subject.contact else ""
            told += [at] if kind in SENT else []
        else:
            author, person, contact = asker or world.integration_name, *_keys(subject)
            signature, scene.you = asker, _owner(at, owners).name
        kind = OF_A_REQUEST.get(kind, kind) if subject.kind == "request" else kind
        body = writer.message(subject.topic, kind, scene, author=signature, colour=world.colour)
        direction, visibility = DIRECTIONS.get(kind, ("received", "public"))
        lines.append(
            f"{key}\t{arrival.id}\t{customer}\t{direction}\t{visibility}\t{author}\t{person}\t"
            f"{contact}\t{escaped(body)}\t{subject.language}\t{at.isoformat()}\n"
        )
        key += 1
    scene.minute = zero
    return sorted(told)


def _plan(
    count: int, subject: Subject, course: Course, rng: Random, now: datetime
) -> list[tuple[datetime, str]]:
    """Return `count` times, each with the kind of message: opening, answer, exchange, end."""
    planned: list[tuple[datetime, str]] = [(course.received, subject.opening)]
    if course.acknowledged_by_now is None:
        return planned
    silent = subject.contact is None and subject.employee is None
    begins = course.acknowledged
    end = course.worked_until(now)
    if count > 1:
        reply = min(begins + timedelta(minutes=1 + 9 * rng.random()), now)
        planned.append((reply.replace(microsecond=0), "reply"))
    closing: list[tuple[datetime, str]] = []
    if course.resolved and count > 2:
        closing.append((course.resolved, "restored"))
        after = course.resolved + timedelta(minutes=5 + rng.expovariate(1 / 120))
        if count > 3 and after < now and rng.random() < 0.55 and not silent:
            closing.append((after.replace(microsecond=0), "thanks"))
    span = (end - begins).total_seconds()
    middle = count - len(planned) - len(closing)
    if span <= 60 or middle <= 0:
        return planned + closing
    draw = rng.random
    moments = sorted([draw() * span for _ in range(middle)])
    kinds = [MIDDLE[int(draw() * len(MIDDLE))] for _ in moments]
    planned += [
        (begins + timedelta(seconds=int(seconds)), "note" if silent and k == "followup" else k)
        for seconds, k in zip(moments, kinds, strict=True)
    ]
    return planned + closing


def _writer(kind: str, at: datetime, owners: list[Link], world: World, rng: Random) -> PersonRef:
    """Return the writer: the owner at that moment writes to the customer; engineers write notes
    too."""
    if kind == "note" and rng.random() < 0.45:
        return world.engineers[int(rng.random() * len(world.engineers))]
    return _owner(at, owners)


def _keys(subject: Subject) -> tuple[str, str]:
    """Return the person and the contact of a received message, as cells of a row."""
    if subject.contact:
        return NULL, str(subject.contact.id)
    return (str(subject.employee.id) if subject.employee else NULL), NULL


def _owner(at: datetime, owners: list[Link]) -> PersonRef:
    return next((link.person for link in reversed(owners) if link.starts <= at), owners[0].person)
