"""What a person is told: in the inbox, by mail, on devices, and how often."""

from datetime import datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from tests.personas import MAKER, Personas

from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.messaging.actions.suppressions import suppress_address
from opale.messaging.models.outgoing import OutgoingMail
from opale.notifications import ports, queries
from opale.notifications.actions import choices, read_state, retention
from opale.notifications.actions.delivery import mail_due_notifications
from opale.notifications.actions.notify import notify
from opale.notifications.domain.kinds import Kind, Pace, register
from opale.notifications.models import Notification
from opale.organisation.models import Person

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 12, 2, 12, tzinfo=PARIS)
NIGHT = datetime(2026, 12, 2, 23, tzinfo=PARIS)
AT_ONCE = Kind(
    name="test.at_once", label="At once", group="Test", sentence="%(name)s moved",
    bundled="%(name)s moved %(count)s times", pace=Pace.AT_ONCE, push=True,
)  # fmt: skip
DAILY = Kind(name="test.daily", label="Daily", group="Test", sentence="%(name)s changed")
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opale.notifications.domain.kinds._kinds", {})
    register(AT_ONCE, DAILY)


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, str]]:
    sent: list[tuple[int, str, str]] = []
    monkeypatch.setattr(ports, "_pushers", [lambda *said: sent.append(said)])
    return sent


@pytest.fixture
def agent(personas: Personas) -> Person:
    return personas.people["desk_agent"]


def tell(person: Person, *, kind: Kind = AT_ONCE, thing: str = "p:1", at: datetime = NOON) -> int:
    values = {"name": f"P-{thing}"}
    return notify(kind, [person], thing=thing, url="/projects/1/", values=values, by=MAKER, at=at)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.order_by("pk"))


@pytest.mark.django_db
def test_news_about_the_same_thing_are_one_notification(
    personas: Personas, agent: Person, pushed: list[tuple[int, str, str]]
) -> None:
    for minutes in range(3):
        tell(agent, at=NOON + minutes * MINUTE)
    tell(agent, thing="p:2")
    by = personas.actor("desk_agent")
    found = [(one.text, one.count) for one in queries.notifications(seen_by=by)]
    assert found == [("P-p:1 moved 3 times", 3), ("P-p:2 moved", 1)]
    # One push for each thing, not for each of its news.
    assert [said for _person, said, _url in pushed] == ["P-p:1 moved", "P-p:2 moved"]
    read_state.mark_all_read(by=by)
    tell(agent, at=NOON + 9 * MINUTE)
    assert queries.unread(by).get().count == 1


@pytest.mark.django_db
def test_nobody_is_told_what_they_did_and_who_left_hears_nothing(
    personas: Personas, agent: Person
) -> None:
    by = personas.actor("desk_agent")
    told = [agent, personas.people["run_engineer"], agent]
    assert notify(AT_ONCE, told, thing="p:1", url="/", values={"name": "x"}, by=by, at=NOON) == 1
    agent.left_on = NOON.date()
    assert tell(agent) == 0


@pytest.mark.django_db
def test_a_storm_is_one_mail_and_nothing_is_mailed_twice(agent: Person) -> None:
    for number in range(100):
        tell(agent, thing=f"p:{number}")
    assert mail_due_notifications(NOON) == 0
    assert mail_due_notifications(NOON + MINUTE) == 1
    (mail,) = mails()
    assert mail.to == [agent.email]
    assert mail.subject.startswith("100 notifications") or mail.subject.startswith("100 notif")
    assert mail_due_notifications(NOON + MINUTE) == 0
    # More of it within ten minutes waits for them to pass.
    tell(agent, thing="p:1", at=NOON + 2 * MINUTE)
    assert mail_due_notifications(NOON + 4 * MINUTE) == 0
    assert mail_due_notifications(NOON + 11 * MINUTE) == 1
    assert mail_due_notifications(NOON + 60 * MINUTE) == 0
    assert len(mails()) == 2


@pytest.mark.django_db
def test_what_was_read_in_time_is_not_mailed(personas: Personas, agent: Person) -> None:
    tell(agent)
    read_state.mark_all_read(by=personas.actor("desk_agent"))
    assert mail_due_notifications(NOON + MINUTE) == 0
    assert mails() == []


@pytest.mark.django_db
def test_quiet_hours_hold_mails_and_pushes_unless_on_duty(
    agent: Person, pushed: list[tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(agent, at=NIGHT)
    assert pushed == []
    assert mail_due_notifications(NIGHT + MINUTE) == 0
    assert mail_due_notifications(NIGHT.replace(day=3, hour=7)) == 1
    monkeypatch.setattr(ports, "_on_duty", [lambda person_id, _at: person_id == agent.pk])
    tell(agent, thing="p:2", at=NIGHT + timedelta(days=1))
    assert len(pushed) == 1
    assert mail_due_notifications(NIGHT + timedelta(days=1) + MINUTE) == 1


@pytest.mark.django_db
def test_each_chooses_by_kind(personas: Personas, agent: Person) -> None:
    by = personas.actor("desk_agent")
    tell(agent, kind=DAILY)
    assert mail_due_notifications(NOON + MINUTE) == 0
    assert mail_due_notifications(NOON.replace(day=3, hour=8)) == 1
    choices.choose_kind(DAILY.name, pace=Pace.INBOX, push=False, by=by)
    tell(agent, kind=DAILY, thing="p:2")
    assert mail_due_notifications(NOON + timedelta(days=9)) == 0
    choices.choose_kind(DAILY.name, pace=Pace.OFF, push=False, by=by)
    assert tell(agent, kind=DAILY, thing="p:3") == 0
    with pytest.raises(NotFound):
        choices.choose_kind("test.unknown", pace=Pace.OFF, push=False, by=by)
    with pytest.raises(Invalid):
        choices.choose_kind(DAILY.name, pace="hourly", push=False, by=by)
    with pytest.raises(NotAllowed):
        choices.choose_kind(
            DAILY.name, pace=Pace.OFF, push=False, by=personas.actor("customer_contact")
        )


@pytest.mark.django_db
def test_the_digest_comes_at_the_chosen_time(personas: Personas, agent: Person) -> None:
    by = personas.actor("desk_agent")
    choices.set_times(digest_at=time(17), quiet_since=time(), quiet_until=time(), by=by)
    tell(agent, kind=DAILY)
    assert mail_due_notifications(NOON.replace(hour=16, minute=59)) == 0
    assert mail_due_notifications(NOON.replace(hour=17)) == 1


@pytest.mark.django_db
def test_an_address_that_bounces_is_not_mailed_again(agent: Person) -> None:
    suppress_address(agent.email, answer="bounced", by=MAKER)
    tell(agent)
    mail_due_notifications(NOON + MINUTE)
    assert [one.state for one in mails()] == ["failed"]


@pytest.mark.django_db
def test_notifications_are_their_persons_alone(personas: Personas, agent: Person) -> None:
    tell(agent)
    row = Notification.objects.get()
    for other in ("run_engineer", "administrator", "customer_contact"):
        by = personas.actor(other)
        assert not queries.notifications(seen_by=by).exists()
        with pytest.raises(NotAllowed if other == "customer_contact" else NotFound):
            read_state.mark_read(row, by=by)
    by = personas.actor("desk_agent")
    assert read_state.mark_read(row, by=by).read_at is not None
    assert read_state.mark_unread(row, by=by).read_at is None
    assert read_state.mark_all_read(by=by) == 1


@pytest.mark.django_db
def test_opening_one_reads_it_and_leads_to_its_page(personas: Personas, agent: Person) -> None:
    tell(agent)
    row = Notification.objects.get()
    client = personas.client("desk_agent")
    assert "P-p:1 moved" in client.get("/inbox/").content.decode()
    assert client.get(f"/inbox/{row.pk}/open/")["Location"] == "/projects/1/"
    assert "You have read everything" in client.get("/inbox/").content.decode()
    assert client.get("/inbox/choices/").status_code == 200


@pytest.mark.django_db
def test_once_is_told_once(agent: Person) -> None:
    said: Any = {
        "thing": "p:1:2026",
        "url": "/",
        "values": {"name": "x"},
        "by": MAKER,
        "once": True,
    }
    assert notify(AT_ONCE, [agent], **said) == 1
    Notification.objects.update(read_at=NOON)
    assert notify(AT_ONCE, [agent], **said) == 0


@pytest.mark.django_db
def test_old_ones_are_deleted(agent: Person) -> None:
    tell(agent)
    tell(agent, thing="p:2")
    Notification.objects.filter(thing="p:2").update(read_at=NOON)
    assert retention.delete_old(NOON + timedelta(days=89)) == 0
    assert retention.delete_old(NOON + timedelta(days=91)) == 1
    assert retention.delete_old(NOON + timedelta(days=366)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_bundled(personas: Personas) -> None:
    agent = personas.people["desk_agent"]
    together = Barrier(2)

    def say() -> None:
        together.wait(10)
        tell(agent)
        connections.close_all()

    threads = [Thread(target=say) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Notification.objects.get().count == 2
