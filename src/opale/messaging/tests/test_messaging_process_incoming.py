"""Each mail is handled by itself, once, and what cannot be stands in quarantine."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError

from opale.kernel import clock
from opale.kernel.actor import Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed
from opale.kernel.models import Fact
from opale.messaging import ports, rights
from opale.messaging.actions import process_incoming, quarantine, store_incoming
from opale.messaging.actions.process_incoming import ATTEMPTS, CLAIM, PATIENT_ATTEMPTS
from opale.messaging.domain.mail_parser.parsed_mail import ParsedMail
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.models import IncomingMail, IncomingTally, Mailbox, OutgoingMail
from opale.messaging.ports import HandlingResult
from opale.messaging.states import Outcome
from opale.messaging.tests.samples import FAILED, mail, report

pytestmark = pytest.mark.django_db

SUPPORT = "support@opale.example"
EVERYTHING = Scope(everything=True)
AGENT = Actor(
    "person", "user:1", "Ines", {rights.READ: EVERYTHING, rights.REPLAY: EVERYTHING}, user_id=1
)
READER = Actor("person", "user:2", "Luc", {rights.READ: EVERYTHING}, user_id=2)


class Desk:
    """Handles mails as the desk does: `does` is what it does with one."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.does: Callable[[IncomingMail, ParsedMail], HandlingResult] = lambda mail, parsed: (
            HandlingResult(Outcome.TICKET, "New.", f"desk.ticket:{mail.pk}")
        )

    def __call__(self, mail: IncomingMail, parsed: ParsedMail) -> HandlingResult:
        self.subjects.append(parsed.subject)
        return self.does(mail, parsed)


@pytest.fixture
def desk() -> Iterator[Desk]:
    before = ports.get_handler()
    found = Desk()
    ports.register_handler(found)
    yield found
    ports._handler[:] = [before] if before else []


@pytest.fixture(autouse=True)
def _mailbox() -> None:
    with attributed(system("test")):
        Mailbox.objects.create(
            address=SUPPORT, name="Support", trusted_servers=["mx.opale.example"]
        )


def keep(raw: bytes) -> IncomingMail:
    return store_incoming.store_mail(raw, mailbox=SUPPORT, source="lmtp")


def after_pauses(times: int = 1) -> None:
    """Process again and again, each time after the pause before the next attempt."""
    for time in range(1, times + 1):
        with clock.travel(timedelta(hours=time)):
            process_incoming.process_mails()


def again(kept: IncomingMail) -> IncomingMail:
    return IncomingMail.objects.get(pk=kept.pk)


def test_a_mail_is_handled_and_says_what_became_of_it(desk: Desk) -> None:
    kept = keep(mail("Bonjour", Subject="Panne"))
    assert process_incoming.process_mails() == 1
    done = again(kept)
    assert (done.state, done.outcome) == ("done", "ticket")
    assert (done.origin, done.reason) == (f"desk.ticket:{kept.pk}", "New.")
    assert done.findings["text"] == "Bonjour"
    assert Fact.objects.filter(name="messaging.MailTakenIn").count() == 1
    assert process_incoming.process_mails() == 0
    assert desk.subjects == ["Panne"]


def test_the_same_message_by_two_routes_is_handled_once(desk: Desk) -> None:
    first = keep(b"Received: by a\r\n" + mail("Bonjour"))
    second = keep(b"Received: by b\r\n" + mail("Bonjour"))
    process_incoming.process_mails()
    assert len(desk.subjects) == 1
    assert again(second).outcome == "duplicate"
    assert again(second).origin == again(first).origin != ""


def test_a_mail_that_fails_does_not_stand_in_the_way_of_the_next(desk: Desk) -> None:
    def fail(kept: IncomingMail, parsed: ParsedMail) -> HandlingResult:
        if parsed.subject == "bad":
            raise ZeroDivisionError("of all things")
        return HandlingResult(Outcome.TICKET)

    desk.does = fail
    bad = keep(mail("x", Subject="bad", Message_ID="<bad@x.example>"))
    good = keep(mail("x", Subject="good"))
    process_incoming.process_mails()
    assert again(good).state == "done"
    assert again(bad).state == "received"
    assert "of all things" in again(bad).reason


def test_after_three_attempts_it_stands_in_quarantine_with_its_reason(desk: Desk) -> None:
    def fail(kept: IncomingMail, parsed: ParsedMail) -> HandlingResult:
        Mailbox.objects.update(name="half done")
        raise ValueError("broken")

    desk.does = fail
    kept = keep(mail("x"))
    process_incoming.process_mails()
    after_pauses(ATTEMPTS)
    stuck = again(kept)
    assert (stuck.state, stuck.outcome) == ("quarantined", "quarantined")
    assert stuck.reason == "ValueError: broken"
    assert len(desk.subjects) == ATTEMPTS
    assert Mailbox.objects.get().name == "Support", "what it wrote is rolled back"
    assert Fact.objects.filter(name="messaging.MailQuarantined").count() == 1


def test_a_mail_that_kills_the_process_ends_in_quarantine(desk: Desk) -> None:
    """Each claim is an attempt, whether anybody came back from it or not."""
    kept = keep(mail("x"))

    class Killed(BaseException):
        pass

    def kill(kept: IncomingMail, parsed: ParsedMail) -> HandlingResult:
        raise Killed

    desk.does = kill
    for time in range(PATIENT_ATTEMPTS):
        with clock.travel((CLAIM + timedelta(seconds=1)) * time):
            if again(kept).state == "quarantined":
                break
            try:
                process_incoming.process_mails()
            except Killed:
                continue
    stuck = again(kept)
    assert stuck.state == "quarantined"
    assert stuck.reason == process_incoming.KILLED
    assert len(desk.subjects) == ATTEMPTS


@pytest.mark.parametrize("error", [RecursionError(), MemoryError(), UnicodeError("x\x00y")])
def test_a_mail_that_breaks_the_parser_stands_in_quarantine_and_the_next_is_handled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def read(raw: bytes, **_told: object) -> ParsedMail:
        if b"poison" in raw:
            raise error
        return parse_mail(raw)

    monkeypatch.setattr(process_incoming, "parse_mail", read)
    poisoned = keep(mail("poison", Message_ID="<poison@x.example>"))
    sound = keep(mail("x"))
    after_pauses(ATTEMPTS + 1)
    assert again(poisoned).state == "quarantined"
    assert again(poisoned).reason.startswith(type(error).__name__)
    assert again(sound).state == "done"


def test_who_was_claimed_beside_it_is_not_taken_along(desk: Desk) -> None:
    """A worker that died held others too: they are tried again, and the bad one alone."""
    bad = keep(mail("x", Subject="bad"))
    others = [keep(mail("x", Message_ID=f"<{n}@x.example>")) for n in range(5)]
    claimed = process_incoming._claim(process_incoming.CLAIMED_AT_ONCE, attempts=0)
    assert len(claimed) == 6
    assert process_incoming.process_mails() == 0, "they are claimed"
    with clock.travel(CLAIM + timedelta(seconds=1)):
        assert process_incoming.wake_forgotten_mails()
        assert process_incoming._claim(20, attempts=0) == []
        assert len(process_incoming._claim(1, attempts__gt=0)) == 1
        process_incoming.process_mails()
    assert {again(other).state for other in others} == {"done"}
    assert again(bad).attempts == 2


def test_a_flood_in_one_mailbox_keeps_nobody_waiting_who_writes_to_another(desk: Desk) -> None:
    with attributed(system("test")):
        Mailbox.objects.create(address="noc@opale.example", name="NOC")
    flood = [f"Disk {number}" for number in range(50)]
    for number, subject in enumerate(flood):
        keep(mail("x", Subject=subject, Message_ID=f"<{number}@x.example>"))
    late = ["Line down", "Line up"]
    for subject in late:
        raw = mail("y", Subject=subject, Message_ID=f"<{subject[5:]}@y.example>")
        store_incoming.store_mail(raw, mailbox="noc@opale.example", source="lmtp")
    process_incoming.process_mails()
    assert max(desk.subjects.index(subject) for subject in late) < 4
    assert [one for one in desk.subjects if one in late] == late
    assert [one for one in desk.subjects if one in flood] == flood, "each in its own order"


def test_what_the_database_refuses_is_tried_for_longer(desk: Desk) -> None:
    def fail(kept: IncomingMail, parsed: ParsedMail) -> HandlingResult:
        raise OperationalError("deadlock detected")

    desk.does = fail
    kept = keep(mail("x"))
    after_pauses(ATTEMPTS + 2)
    assert again(kept).state == "received"
    after_pauses(PATIENT_ATTEMPTS * 2)
    assert again(kept).state == "quarantined"


def test_a_mail_in_quarantine_can_be_replayed(desk: Desk) -> None:
    kept = quarantined(desk)
    desk.does = lambda mail, parsed: HandlingResult(Outcome.TICKET)
    with pytest.raises(NotAllowed):
        quarantine.replay_mail(kept, by=READER)
    quarantine.replay_mail(kept, by=AGENT)
    process_incoming.process_mails()
    assert again(kept).outcome == "ticket"
    with pytest.raises(IllegalMove):
        quarantine.replay_mail(kept, by=AGENT)


def test_a_mail_in_quarantine_can_be_forgotten_with_a_reason(desk: Desk) -> None:
    kept = quarantined(desk)
    with pytest.raises(Invalid):
        quarantine.forget_mail(kept, by=AGENT, reason=" ")
    quarantine.forget_mail(kept, by=AGENT, reason="Spam")
    done = again(kept)
    assert (done.state, done.outcome, done.reason) == ("done", "forgotten", "Spam")
    assert process_incoming.process_mails() == 0


def test_a_bounce_is_told_to_the_mail_that_came_back(desk: Desk) -> None:
    sent = OutgoingMail.objects.create(
        origin="desk.message:1",
        sender=SUPPORT,
        to=["jean@client.example"],
        subject="T-12",
        body="x",
        language="fr",
        message_id="<out-7@opale.example>",
    )
    keep(report(FAILED))
    process_incoming.process_mails()
    fact = Fact.objects.get(name="messaging.MailBounced")
    assert fact.body["mail_id"] == sent.pk
    assert fact.body["addresses"] == ["jean@client.example"]


def test_outcomes_are_counted(desk: Desk) -> None:
    keep(mail("a"))
    keep(b"Received: by b\r\n" + mail("a"))
    process_incoming.process_mails()
    counted = dict(IncomingTally.objects.values_list("outcome", "count"))
    assert counted == {"ticket": 1, "duplicate": 1}


def test_without_anybody_who_handles_mails_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_handler", [])
    kept = keep(mail("x"))
    assert process_incoming.process_mails() == 0
    assert again(kept).attempts == 0


def quarantined(desk: Desk) -> IncomingMail:
    def fail(kept: IncomingMail, parsed: ParsedMail) -> HandlingResult:
        raise ValueError("broken")

    desk.does = fail
    kept = keep(mail("x"))
    after_pauses(ATTEMPTS + 1)
    return again(kept)
