"""What a person is told: in the inbox, by mail, on devices, and how often."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connections
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.messaging.actions.suppressions import suppress_address
from opale.messaging.models.outgoing import OutgoingMail
from opale.notifications import ports, queries
from opale.notifications.actions import choices, read_state, retention
from opale.notifications.actions.delivery import mail_due_notifications
from opale.notifications.actions.notify import News, notify, notify_each
from opale.notifications.domain.kinds import Kind, Pace, register
from opale.notifications.domain.things import register_thing
from opale.notifications.models import Notification
from opale.notifications.rights import USE
from opale.organisation.models import Person, User

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
    monkeypatch.setattr("opale.notifications.domain.things._things", {})
    register_thing("p", lambda ids, actor: ids if actor.can(USE) else [])
    register_thing("secret", lambda _ids, _actor: [])


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


def change_login(person: Person, **values: Any) -> None:
    with attributed(MAKER):
        User.objects.filter(person=person).update(**values)


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
    monkeypatch.setattr(ports, "_on_duty", [lambda people, _at: {agent.pk} & set(people)])
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


@pytest.mark.django_db
def test_what_its_reader_may_no_longer_see_is_neither_mailed_nor_shown(
    personas: Personas, agent: Person
) -> None:
    tell(agent, thing="secret:1")
    tell(agent, thing="p:2")
    assert mail_due_notifications(NOON + MINUTE) == 1
    (mail,) = mails()
    assert "P-p:2" in f"{mail.subject} {mail.body} {mail.letter}"
    assert "P-secret:1" not in f"{mail.subject} {mail.body} {mail.letter}"
    client = personas.client("desk_agent")
    for path in ("/inbox/", "/api/v1/notifications"):
        shown = client.get(path).content.decode()
        assert "P-p:2 moved" in shown
        assert "P-secret:1" not in shown
        assert "At once" in shown, "the kind is named, so that the count is explained"


@pytest.mark.django_db
def test_a_login_that_is_off_is_not_mailed(agent: Person) -> None:
    tell(agent)
    change_login(agent, is_active=False)
    assert mail_due_notifications(NOON + MINUTE) == 0
    assert mails() == []


@pytest.mark.django_db
def test_a_thing_that_no_app_declares_is_a_fault(agent: Person) -> None:
    with pytest.raises(ValueError, match="declares no such thing"):
        tell(agent, thing="unknown:1")


@pytest.mark.django_db
def test_the_failure_of_one_mail_stops_no_other(personas: Personas, agent: Person) -> None:
    engineer = personas.people["run_engineer"]
    broken, whole = sorted((agent, engineer), key=lambda one: one.pk)
    tell(broken)
    tell(whole)
    change_login(broken, time_zone="Nowhere/Land")
    assert mail_due_notifications(NOON + MINUTE) == 1
    assert mails()[0].to == [whole.email]


@pytest.mark.django_db
def test_news_from_before_the_quiet_hours_wait_for_their_end(agent: Person) -> None:
    evening = NOON.replace(hour=19, minute=59, second=50)
    tell(agent, at=evening)
    assert mail_due_notifications(evening + MINUTE) == 0
    assert mail_due_notifications(NOON.replace(day=3, hour=7)) == 1
    # A worker that comes back at night does not send what was due in the afternoon.
    tell(agent, thing="p:2", at=NOON.replace(day=3, hour=15))
    assert mail_due_notifications(NIGHT.replace(day=3)) == 0
    assert mail_due_notifications(NOON.replace(day=4, hour=7)) == 1


@pytest.mark.django_db
def test_who_is_on_shift_later_is_reached_then(
    agent: Person, pushed: list[tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(agent, at=NIGHT - timedelta(hours=2))
    monkeypatch.setattr(ports, "_on_duty", [lambda people, _at: {agent.pk} & set(people)])
    tell(agent, at=NIGHT)
    tell(agent, at=NIGHT + MINUTE)
    assert len(pushed) == 1
    assert mail_due_notifications(NIGHT + MINUTE) == 1


@pytest.mark.django_db
def test_times_are_those_of_the_zone_that_the_person_chose(agent: Person) -> None:
    change_login(agent, time_zone="America/New_York")
    person = Person.objects.select_related("user").get(pk=agent.pk)
    tell(person, at=NIGHT)  # 17:00 there
    assert mail_due_notifications(NIGHT + MINUTE) == 1


@pytest.mark.django_db
def test_a_digest_within_the_quiet_hours_is_sent(personas: Personas, agent: Person) -> None:
    by = personas.actor("desk_agent")
    choices.set_times(digest_at=time(6), quiet_since=time(20), quiet_until=time(7), by=by)
    tell(agent, kind=DAILY)
    tell(agent, thing="p:2", at=NIGHT)
    assert mail_due_notifications(NOON.replace(day=3, hour=6)) == 1
    assert "P-p:1" in mails()[0].subject


@pytest.mark.django_db
def test_a_token_writes_in_the_name_of_its_person(personas: Personas, agent: Person) -> None:
    engineer = personas.actor("run_engineer")
    by = replace(engineer, name=f"{engineer.name} ({'x' * 200})", signs_as=engineer.name)
    notify(AT_ONCE, [agent], thing="p:1", url="/", values={"name": "x"}, by=by, at=NOON)
    assert Notification.objects.get().by_name == engineer.name


@pytest.mark.django_db
def test_news_of_a_call_ask_the_database_as_often_as_one(
    personas: Personas, django_assert_max_num_queries: Any
) -> None:
    def news(count: int) -> list[News]:
        people = [personas.people["desk_agent"], personas.people["run_engineer"]]
        return [
            News(DAILY, person, f"p:{number}", "/", {"name": "x"})
            for person in people
            for number in range(count)
        ]

    notify_each(news(1), by=MAKER, at=NOON)
    with django_assert_max_num_queries(12):
        assert notify_each(news(100), by=MAKER, at=NOON) == 2
    assert Notification.objects.count() == 200


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_each_other_over_the_same_notifications(personas: Personas) -> None:
    agent = personas.people["desk_agent"]
    by = personas.actor("desk_agent")
    upwards = [News(AT_ONCE, agent, f"p:{n}", "/", {"name": "x"}) for n in range(1, 60)]
    together = Barrier(3)
    failures: list[DatabaseError] = []

    def run(change: Callable[[], object]) -> None:
        together.wait(10)
        try:
            for _ in range(10):
                change()
        except DatabaseError as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [
        Thread(target=run, args=(change,))
        for change in (
            lambda: notify_each(upwards, by=MAKER, at=NOON),
            lambda: notify_each(reversed(upwards), by=MAKER, at=NOON),
            lambda: read_state.mark_all_read(by=by),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_unread_at_once_by_two_is_no_failure(personas: Personas) -> None:
    agent, by = personas.people["desk_agent"], personas.actor("desk_agent")
    rows = []
    for _ in range(2):
        tell(agent)
        rows.append(Notification.objects.order_by("-pk")[0])
        read_state.mark_all_read(by=by)
    together = Barrier(2)
    failures: list[DatabaseError] = []

    def unread(row: Notification) -> None:
        together.wait(10)
        try:
            read_state.mark_unread(row, by=by)
        except DatabaseError as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [Thread(target=unread, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert Notification.objects.filter(read_at=None).count() == 1


@pytest.mark.django_db
def test_all_are_marked_as_read_only_where_one_is_unread(personas: Personas, agent: Person) -> None:
    client = personas.client("desk_agent")
    for address in ("/inbox/", "/inbox/buttons/"):
        page = client.get(address).text
        assert "Mark all as read" not in page
        assert "Notification settings" in page
    tell(agent)
    for address in ("/inbox/", "/inbox/?read=read", "/inbox/buttons/"):
        assert "Mark all as read" in client.get(address).text
    client.post("/inbox/reading/")
    assert "Mark all as read" not in client.get("/inbox/").text
