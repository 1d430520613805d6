"""Histories of tickets: requests, answers, promises and whether they were kept, as rows.

Pure and deterministic: a world, a seed and the tickets give the same rows anywhere. The clocks are
computed by the desk's own functions, so a rebuilt commitment equals the generated one.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from opale.demo.arrivals import share_of_target
from opale.demo.conversations import write_messages
from opale.demo.copy_rows import Rows
from opale.demo.text_facts import Scene
from opale.demo.texts import texts
from opale.demo.timelines import FOREVER, Course, Link, owners_of
from opale.demo.world import Arrival, PersonRef, Subject, World
from opale.kernel import business_time
from opale.kernel.business_time import Pause
from opale.run.desk.domain import clocks
from opale.run.desk.domain.clocks import ClassifiedPeriod, CustomerUpdate

OFFICE = business_time.Calendar.on_weekdays(
    "Europe/Paris", "08:30-12:30", "13:30-18:00", country="FR"
)
BREACHED = 0.078
BREACHED_EARLIER = 0.13
"""Before the history: the desk has become better at keeping its promises."""
REOPENED = 0.045
PAUSED = 0.36
STUCK = 0.003
CANCELLED = 0.02
FROM_STAFF = 0.03
# However long the promise, a ticket is left not much longer than this after its breach.
OVERRUN = timedelta(hours=12)
LONGEST_PAUSE = timedelta(days=3)
TRIAGED_WITHIN = timedelta(minutes=9)
PAUSE_KINDS = ("customer",) * 6 + ("supplier",) * 2 + ("change", "agreed_date")
PAUSE_REASONS = {
    "fr": {
        "customer": "En attente d'une réponse du client",
        "supplier": "En attente de l'opérateur",
        "change": "En attente du changement programmé",
        "agreed_date": "Date convenue avec le client",
    },
    "en": {
        "customer": "Waiting for the customer's answer",
        "supplier": "Waiting for the carrier",
        "change": "Waiting for the scheduled change",
        "agreed_date": "Date agreed with the customer",
    },
}
# By priority: the severity of the monitoring, and how Opale reads it.
SEVERITY = {1: ("critical", 5), 2: ("major", 4), 3: ("minor", 3), 4: ("warning", 2), 5: ("info", 1)}


class HistoryWriter:
    def __init__(self, world: World, seed: str) -> None:
        self.world = world
        self.rng = Random(seed)
        self._zone = ZoneInfo(world.zone)
        self._scenes = {
            language: Scene(self.rng, names, language) for language, names in world.names.items()
        }

    def tell(self, arrival: Arrival, rows: Rows) -> None:
        subject = self._subject(arrival.received_at)
        course = self._course(arrival.received_at, subject)
        owners = owners_of(course, self.world, self.rng)
        scene = self._scene(arrival.received_at, subject)
        title = texts(subject.language, plain=self.world.plain).title(
            subject.topic, subject.opening, scene
        )[:300]
        told = write_messages(arrival, subject, course, owners, scene, self.world, rows)
        self._write_ticket(arrival, subject, course, owners[-1].person, title, told, rows)
        self._write_record(arrival, subject, course, owners, told, rows)
        if subject.source == "event" and arrival.received_at >= self.world.alerts_since:
            self._write_alert(arrival, subject, course, title, rows)

    # What it is about.

    def _subject(self, at: datetime) -> Subject:
        rng, world = self.rng, self.world
        in_storm = world.storm_starts <= at < world.storm_ends
        if not in_storm and rng.random() < FROM_STAFF:
            return self._subject_of_staff()
        (customer,) = rng.choices(world.customers, cum_weights=world.weights)
        connected = [s for s in customer.services if s.topic in {"internet", "vpn"}]
        service = rng.choice(connected if in_storm and connected else customer.services)
        in_storm = in_storm and bool(connected) and rng.random() < 0.85
        kind: Literal["request", "incident"] = (
            "incident" if in_storm or rng.random() < 0.45 else "request"
        )
        source = rng.choice(("mail",) * 11 + ("portal",) * 4 + ("phone",) * 4 + ("agent",))
        if kind == "incident" and rng.random() < 0.35:
            source = "event"
        contact = rng.choice(customer.contacts)
        impact, urgency = self._grades(in_storm=in_storm, incident=kind == "incident")
        return Subject(
            kind=kind,
            topic=service.topic,
            language=contact.language,
            source=source,
            impact=impact,
            urgency=urgency,
            priority=service.matrix[str(impact)][str(urgency)],
            customer=customer,
            contact=None if source == "event" else contact,
            employee=None,
            service=service,
            item_id=world.storm_item_id if in_storm else service.item_id,
            in_storm=in_storm,
        )

    def _subject_of_staff(self) -> Subject:
        rng = self.rng
        kind: Literal["request", "incident"] = "incident" if rng.random() < 0.4 else "request"
        return Subject(
            kind=kind,
            topic="office",
            language="fr" if rng.random() < 0.75 else "en",
            source=rng.choice(("mail", "portal", "portal", "phone")),
            impact=3,
            urgency=rng.choice((2, 3, 3)),
            priority=4,
            customer=None,
            contact=None,
            employee=rng.choice(self.world.employees),
            service=None,
            item_id=None,
            in_storm=False,
        )

    def _grades(self, *, in_storm: bool, incident: bool) -> tuple[int, int]:
        if in_storm:
            return 1, self.rng.choice((1, 1, 2))
        draw = self.rng.random() + (0.0 if incident else 0.12)
        impact = 1 if draw < 0.08 else 2 if draw < 0.38 else 3
        draw = self.rng.random() + (0.0 if incident else 0.12)
        return impact, 1 if draw < 0.12 else 2 if draw < 0.5 else 3

    def _scene(self, at: datetime, subject: Subject) -> Scene:
        scene = self._scenes[subject.language]
        scene.begin()
        local = at.astimezone(self._zone)
        scene.minute = local.hour * 60 + local.minute
        scene.day, scene.month = local.day, local.month
        facts = subject.service.facts if subject.service else {}
        scene.known = facts | {"host": self.world.storm_host} if subject.in_storm else facts
        return scene

    # What happened when.

    def _course(self, at: datetime, subject: Subject) -> Course:
        rng = self.rng
        promised = {promise.measure: promise for promise in subject.promises}
        stuck = rng.random() < STUCK
        breached = BREACHED if at >= self.world.starts else BREACHED_EARLIER
        broken = rng.random() < breached and bool(promised) and not stuck
        incident = subject.kind == "incident"
        late_ack = broken and (not incident or "restore" not in promised or rng.random() < 0.3)
        if "acknowledge" in promised:
            promise = promised["acknowledge"]
            used = _used(promise.target, share_of_target(rng, breached=late_ack))
            ack = business_time.add(promise.calendar, at, used)
        else:
            ack = at + timedelta(minutes=3 + rng.expovariate(1 / 40))
        ack = max(_whole(ack), at + timedelta(seconds=30))
        if incident and "restore" in promised:
            promise = promised["restore"]
            share = share_of_target(rng, breached=broken and not late_ack)
            work, calendar, begins = _used(promise.target, share), promise.calendar, at
        else:
            hours = min(rng.lognormvariate(1.6, 1.0), 200.0)
            calendar = next(iter(promised.values())).calendar if promised else OFFICE
            work, begins = timedelta(hours=hours), ack
        course = Course(at, ack, min(_whole(at + TRIAGED_WITHIN * rng.random()), ack))
        if stuck:
            return self._put_off(course, business_time.add(calendar, begins, work))
        return self._ended(course, subject, calendar, begins, work)

    def _put_off(self, course: Course, done: datetime) -> Course:
        """Return a course with an agreed date far ahead, set well before the promise was due."""
        now, left = self.world.now, max(done - course.acknowledged, timedelta(minutes=4))
        starts = _whole(course.acknowledged + left * (0.1 + 0.6 * self.rng.random()))
        course.pauses.append(("agreed_date", starts, now + timedelta(days=400)))
        return course.until(now)

    def _ended(
        self,
        course: Course,
        subject: Subject,
        calendar: business_time.Calendar,
        begins: datetime,
        work: timedelta,
    ) -> Course:
        """Return a course with pauses, restoration, resolution and closure, cut at the present
        moment."""
        rng, now = self.rng, self.world.now
        done = business_time.add(calendar, begins, work)
        if rng.random() < PAUSED:
            done = self._with_pauses(course, calendar, begins, work, done)
        done = max(_whole(done), course.acknowledged + timedelta(minutes=2))
        if course.pauses:
            done = max(done, course.pauses[-1][2] + timedelta(minutes=1))
        if rng.random() < CANCELLED:
            course.cancelled = True
            course.closed = done
            return course.until(now)
        if subject.kind == "incident":
            course.restored = done
            wait = rng.expovariate(1 / 20) if rng.random() < 0.7 else rng.expovariate(1 / 900)
            course.resolved = _whole(done + timedelta(minutes=wait))
        else:
            course.resolved = done
        if not course.pauses and Random(course.received.timestamp()).random() < REOPENED:
            course.reopen(done)
        rest = 0.2 if rng.random() < 0.15 else rng.uniform(20, 80)
        course.closed = _whole(course.resolved + timedelta(hours=rest))
        return course.until(now)

    def _with_pauses(
        self,
        course: Course,
        calendar: business_time.Calendar,
        begins: datetime,
        work: timedelta,
        done: datetime,
    ) -> datetime:
        rng = self.rng
        since = course.acknowledged
        for _ in range(2 if rng.random() < 0.15 else 1):
            left = done - since
            if left < timedelta(minutes=4):
                break
            starts = _whole(since + left * (0.1 + 0.7 * rng.random()))
            pause = timedelta(minutes=20 + rng.expovariate(1 / 1100))
            ends = _whole(starts + min(pause, LONGEST_PAUSE))
            course.pauses.append((rng.choice(PAUSE_KINDS), starts, ends))
            since = ends
            found = business_time.due(
                calendar, begins, work, [Pause(s, e, kind) for kind, s, e in course.pauses]
            )
            done = found or done
        return done

    # What is written down.

    def _write_ticket(
        self,
        arrival: Arrival,
        subject: Subject,
        course: Course,
        owner: PersonRef,
        title: str,
        told: list[datetime],
        rows: Rows,
    ) -> None:
        service = subject.service
        cause = ""
        if course.resolved and subject.kind == "incident" and self.rng.random() < 0.6:
            scene = self._scenes[subject.language]
            cause = texts(subject.language, plain=self.world.plain).sentence(
                subject.topic, "restored", scene
            )
        rows.add(
            "desk_ticket", arrival.id, arrival.number, subject.kind, course.state(self.world.now),
            service.stream if service else "", subject.source, title, subject.language,
            subject.customer_id, subject.contact.id if subject.contact else None,
            subject.employee.id if subject.employee else None, service.id if service else None,
            subject.item_id, service.plan_version_id if service else None,
            bool(service and service.premium), subject.impact, subject.urgency, subject.priority,
            owner.id, course.received, course.triaged, course.acknowledged_by_now,
            told[0] if told else None, _outage_from(subject, course), course.restored,
            course.resolved, course.closed, cause, told[-1] if told else None,
            course.last(self.world.now),
        )  # fmt: skip

    def _write_record(
        self,
        arrival: Arrival,
        subject: Subject,
        course: Course,
        owners: list[Link],
        told: list[datetime],
        rows: Rows,
    ) -> None:
        key, now = arrival.id, self.world.now
        customer = subject.customer_id
        for index, link in enumerate(owners):
            rows.add(
                "desk_ownership", key, customer, link.person.id, link.starts,
                owners[index + 1].starts if index + 1 < len(owners) else FOREVER,
                link.starts if index else None, link.reason, link.actor, link.starts,
            )  # fmt: skip
        service, first = subject.service, owners[0].person
        rows.add(
            "desk_classification", key, customer, course.received, subject.kind,
            service.id if service else None, subject.item_id,
            service.plan_version_id if service else None, bool(service and service.premium),
            subject.impact, subject.urgency, subject.priority, "", "", first.key, first.name,
            course.received,
        )  # fmt: skip
        pauses = tuple(
            Pause(starts, ends if ends <= now else None, kind)
            for kind, starts, ends in course.pauses
        )
        for pause in pauses:
            reason = PAUSE_REASONS[subject.language][pause.reason]
            rows.add("desk_pause", key, customer, pause.reason, pause.starts, pause.ends, reason)
        if course.rested:
            pauses = (*pauses, Pause(*course.rested, clocks.ENDED))
        self._write_commitments(key, subject, course, pauses, told, rows)
        actors = {link.starts: link.person for link in owners}
        actor = first
        for at, move, source, target in course.moves():
            actor = next((p for s, p in reversed(actors.items()) if s <= at), actor)
            rows.add(
                "kernel_statemove", "desk.ticket", key, move, source, target, actor.key,
                actor.name, at, at,
            )  # fmt: skip

    def _write_commitments(
        self,
        key: int,
        subject: Subject,
        course: Course,
        pauses: tuple[Pause, ...],
        told: list[datetime],
        rows: Rows,
    ) -> None:
        now = self.world.now
        record = clocks.Record(
            received_at=course.received,
            held=(
                ClassifiedPeriod(course.received, subject.kind, self.world.promises_on(subject)),
            ),
            asked=subject.source != "event",
            triaged_at=course.triaged,
            acknowledged_at=course.acknowledged_by_now,
            answered_at=told[0] if told else None,
            restored_at=course.restored,
            resolved_at=course.resolved,
            withdrawn_at=course.closed if course.cancelled else None,
            pauses=pauses,
            told=tuple(CustomerUpdate(at) for at in told),
        )
        running = clocks.ticket_clocks(record)
        late = [
            period
            for period in clocks.update_periods(record)
            if period != running.get("update") and period.breached_at(now)
        ]
        for clock in (*running.values(), *late):
            promise = clock.promise
            rows.add(
                "desk_commitment", key, subject.customer_id, promise.measure, promise.target,
                promise.coverage, clock.starts_at, clock.due_at, clock.met_at,
                clock.breached_at(now), now,
            )  # fmt: skip

    def _write_alert(
        self, arrival: Arrival, subject: Subject, course: Course, title: str, rows: Rows
    ) -> None:
        ended = course.restored or course.closed
        state = (
            "closed" if course.closed else "cleared" if ended
            else "acknowledged" if course.acknowledged_by_now else "open"
        )  # fmt: skip
        scene = self._scenes[subject.language]
        word, severity = SEVERITY[subject.priority]
        identity = f"{Random(arrival.id).getrandbits(64):016x}"
        labels = {
            "alertname": ALERT_NAMES[subject.topic],
            "instance": scene.fact("host"),
            "severity": word,
            "customer": str(subject.customer_id),
        }
        text = texts(subject.language, plain=self.world.plain).sentence(
            subject.topic, "event", scene
        )
        raw = {"status": "resolved" if ended else "firing", "labels": labels,
               "annotations": {"summary": title, "description": text},
               "startsAt": course.received.isoformat(), "fingerprint": identity}  # fmt: skip
        seen = ended or self.world.now
        rows.add(
            "events_alert", arrival.alert_id, self.world.integration_id, identity, state,
            severity, title, text, labels, raw, "", subject.item_id,
            subject.service.id if subject.service else None, subject.customer_id, course.received,
            course.received, seen, seen, ended, course.closed,
            1 + bool(ended) + int(self.rng.expovariate(1 / 6)), course.received,
        )  # fmt: skip
        rows.add("desk_ticketalert", arrival.id, subject.customer_id, arrival.alert_id,
                 course.received)  # fmt: skip


ALERT_NAMES = {
    "colocation": "PowerFeedLost", "internet": "LinkDown", "vpn": "TunnelDown",
    "hosting": "HostUnreachable", "telephony": "TrunkDown", "office": "PrinterOffline",
}  # fmt: skip


def _outage_from(subject: Subject, course: Course) -> datetime | None:
    """Return the beginning of an outage: the first minute of a high-impact incident of a
    service."""
    down = subject.kind == "incident" and subject.impact == 1 and subject.service is not None
    return course.received if down else None


def _used(target: timedelta, share: float) -> timedelta:
    return min(target * share, target + OVERRUN)


def _whole(at: datetime) -> datetime:
    """Truncate a time to the second."""
    return at.replace(microsecond=0)
