"""Webhooks to a real HTTP server: signed, tried again, replayed, and never led inside."""

import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, OWN, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.tests.concurrency import at_once
from opale.organisation.models import User
from opale.webhooks import queries
from opale.webhooks.actions import attempts, deliveries, webhooks
from opale.webhooks.actions.attempts import (
    CLAIM_TIME,
    MAX_FAILING_TIME,
    RETRY_DELAYS,
    send_delivery,
)
from opale.webhooks.actions.deliveries import KEPT_FOR, SENDING_JOB
from opale.webhooks.actions.webhooks import ping_webhook
from opale.webhooks.domain import http_post, signing
from opale.webhooks.models import Attempt, Delivery, Webhook
from opale.webhooks.ports import Event as PublishedEvent
from opale.webhooks.tests.receiver import Receiver, ReceiverServer, Taken

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
GUIDE = Path(__file__).parents[4] / "docs" / "howto" / "receive-webhooks.md"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    with ReceiverServer() as server:
        yield server


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Somebody who may have webhooks, whoever asks for the actor of a login."""
    with attributed(system("test")):
        user = User.objects.create_user("ada@opale.example")
    ada = Actor("person", f"user:{user.pk}", "Ada", {"webhooks.use": OWN}, user_id=user.pk)
    for room in (deliveries, queries):
        monkeypatch.setattr(room, "actor_of", lambda _user: ada)
    event = PublishedEvent("thing.done", "A thing was done", "webhooks.use", lambda _f, _a: ())
    monkeypatch.setattr(queries, "events_for", lambda _actor: [event])
    return ada


def make(owner: Actor, url: str) -> tuple[Webhook, str]:
    return webhooks.create_webhook(by=owner, name="Tool", url=url, events=["thing.done"])


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_related("webhook").get(pk=delivery.pk)


def waiting() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=SENDING_JOB, status="todo"))


def guide_verify() -> Callable[[str, dict[str, str], bytes], bool]:
    """The example of the guide, executed as it is printed."""
    text = GUIDE.read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found
    names: dict[str, Any] = {}
    exec(found[1], names)
    verify: Callable[[str, dict[str, str], bytes], bool] = names["verify"]
    return verify


def send(webhook: Webhook, owner: Actor, receiver: Receiver) -> Taken:
    send_delivery(ping_webhook(webhook, by=owner).pk)
    return receiver.taken[-1]


# Signature


def test_the_example_of_the_guide_verifies_what_is_sent(owner: Actor, receiver: Receiver) -> None:
    webhook, secret = make(owner, receiver.url)
    taken = send(webhook, owner, receiver)
    verify = guide_verify()
    assert taken.path == "/opale?of=me"
    assert verify(secret, taken.headers, taken.body)
    assert not verify(secret, taken.headers, taken.body + b" ")
    assert not verify(signing.new_secret(), taken.headers, taken.body)
    old = taken.headers | {"webhook-timestamp": "1"}
    assert not verify(secret, old, taken.body)


def test_a_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's reference libraries."""
    made = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_kept_encrypted_and_the_one_before_signs_for_a_day(
    owner: Actor, receiver: Receiver
) -> None:
    webhook, first = make(owner, receiver.url)
    assert first not in Webhook.objects.values_list("secret", flat=True).get(pk=webhook.pk)
    second = webhooks.rotate_secret(webhook, by=owner)
    verify = guide_verify()
    taken = send(webhook, owner, receiver)
    assert verify(first, taken.headers, taken.body)
    assert verify(second, taken.headers, taken.body)
    Webhook.objects.update(previous_until=clock.now() - SECOND)
    taken = send(webhook, owner, receiver)
    assert not verify(first, taken.headers, taken.body)
    assert verify(second, taken.headers, taken.body)


# Attempts


def test_a_failure_is_recorded_and_tried_again_with_growing_pauses(
    owner: Actor, receiver: Receiver
) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)
    receiver.answers = [500] * (len(RETRY_DELAYS) + 1)
    receiver.says = "é".encode() * 900
    for wait in RETRY_DELAYS:
        send_delivery(delivery.pk)
        row = fresh(delivery)
        assert row.state == "queued"
        assert abs(row.next_attempt_at - clock.now() - wait) < timedelta(seconds=20)
    assert fresh(delivery).webhook.failing_since is not None
    send_delivery(delivery.pk)
    assert (fresh(delivery).state, fresh(delivery).last_error) == ("failed", "HTTP 500")
    attempts = list(Attempt.objects.filter(delivery=delivery))
    assert [attempt.status for attempt in attempts] == [500] * len(receiver.taken)
    assert attempts[0].answer == "é" * 500
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1


def test_a_success_ends_the_failing(owner: Actor, receiver: Receiver) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)
    receiver.answers = [503]
    send_delivery(delivery.pk)
    send_delivery(delivery.pk)
    send_delivery(delivery.pk)  # it has nothing to do any more
    row = fresh(delivery)
    assert (row.state, row.webhook.failing_since, len(receiver.taken)) == ("delivered", None, 2)


def test_a_redirect_is_a_failure_and_is_not_followed(owner: Actor, receiver: Receiver) -> None:
    webhook, _secret = make(owner, receiver.url)
    receiver.answers = [302]
    delivery = ping_webhook(webhook, by=owner)
    send_delivery(delivery.pk)
    assert fresh(delivery).last_error == "HTTP 302"
    assert [taken.path for taken in receiver.taken] == ["/opale?of=me"]


def test_a_receiver_that_nobody_reaches_is_a_failure(owner: Actor, receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        webhook, _secret = make(owner, f"http://127.0.0.1:{taken.getsockname()[1]}/")
        delivery = ping_webhook(webhook, by=owner)
        send_delivery(delivery.pk)
    assert fresh(delivery).last_error.startswith("ConnectionRefusedError")


def test_an_answer_that_never_ends_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = Event()
    monkeypatch.setattr(http_post, "TIMEOUT", 0.2)

    def hold() -> None:
        released.wait(20)

    receiver.before_answer = hold
    outcome = http_post.post_to_receiver(receiver.url, b"{}", {})
    released.set()
    assert (outcome.status, outcome.error) == (None, "TimeoutError")


def test_days_of_failures_pause_it_and_what_happens_meanwhile_is_kept(
    owner: Actor, receiver: Receiver
) -> None:
    webhook, _secret = make(owner, receiver.url)
    receiver.answers = [500, 500]
    send(webhook, owner, receiver)
    with clock.travel(MAX_FAILING_TIME + SECOND):
        send(webhook, owner, receiver)
    paused = Webhook.objects.get(pk=webhook.pk)
    assert paused.pause == "failing"
    assert queries.paused_webhooks(owner).count() == 1
    kept = ping_webhook(webhook, by=owner)
    assert kept.state == "failed"
    webhooks.resume_webhook(webhook, by=owner)
    # This one, and the last of the failures, which was sent in the days to come.
    assert deliveries.replay_failed(webhook, since=kept.created_at, by=owner) == 2
    send_delivery(kept.pk)
    assert fresh(kept).state == "delivered"


def test_a_receiver_that_is_gone_is_paused_at_once(owner: Actor, receiver: Receiver) -> None:
    webhook, _secret = make(owner, receiver.url)
    receiver.answers = [410]
    send(webhook, owner, receiver)
    assert Webhook.objects.get(pk=webhook.pk).pause == "gone"


# Replay


def test_a_replay_has_the_id_and_the_text_of_the_first_time(
    owner: Actor, receiver: Receiver
) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)
    with pytest.raises(IllegalMove):
        deliveries.replay_delivery(delivery, by=owner)
    send_delivery(delivery.pk)
    deliveries.replay_delivery(delivery, by=owner)
    send_delivery(delivery.pk)
    first, second = receiver.taken
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_before_the_record_sends_again_under_the_same_id(
    owner: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)

    class Killed(BaseException):
        pass

    def die(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(attempts, "_record", die)
        with pytest.raises(Killed):
            send_delivery(delivery.pk)
    send_delivery(delivery.pk)
    assert len(receiver.taken) == 1, "the claim of the dead one still holds"
    with clock.travel(CLAIM_TIME + SECOND):
        send_delivery(delivery.pk)
    assert fresh(delivery).state == "delivered"
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1
    assert len(receiver.taken) == 2


@pytest.mark.django_db(transaction=True)
def test_a_slow_receiver_holds_two_senders_and_no_other_receiver(
    owner: Actor, receiver: Receiver
) -> None:
    slow, _secret = make(owner, receiver.url)
    first, second, third = (ping_webhook(slow, by=owner) for _ in range(3))
    with ReceiverServer() as quick_receiver:
        quick, _secret = make(owner, quick_receiver.url)
        other = ping_webhook(quick, by=owner)
        both, released = [Event(), Event()], Event()

        def hold() -> None:
            both[len(receiver.taken) - 1].set()
            released.wait(30)

        receiver.before_answer = hold

        def meanwhile() -> None:
            assert both[1].wait(30)
            send_delivery(third.pk)
            assert len(receiver.taken) == 2, "a third talk began"
            send_delivery(other.pk)
            assert len(quick_receiver.taken) == 1
            released.set()

        def hold_one(delivery: Delivery) -> Callable[[], None]:
            return lambda: send_delivery(delivery.pk)

        assert at_once(hold_one(first), hold_one(second), meanwhile) == [None] * 3
    receiver.before_answer = lambda: None
    send_delivery(third.pk)
    assert fresh(third).state == "delivered"


def under_way(*deliveries: Delivery) -> None:
    """Have other senders work at these."""
    until = clock.now() + CLAIM_TIME
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(claimed_until=until)


def woken(before: list[ProcrastinateJob]) -> list[int]:
    """The deliveries to send at once, of the jobs made since."""
    known = {job.pk for job in before}
    jobs = [job for job in waiting() if job.pk not in known and job.scheduled_at is None]
    return sorted(job.args["delivery_id"] for job in jobs)


def test_many_webhooks_to_one_receiver_hold_two_senders(owner: Actor, receiver: Receiver) -> None:
    hooks = [make(owner, f"{receiver.url}&number={number}")[0] for number in range(4)]
    one, two, third, fourth = (ping_webhook(webhook, by=owner) for webhook in hooks)
    under_way(one, two)
    before = waiting()
    send_delivery(third.pk)
    assert receiver.taken == []
    assert fresh(third).tries == 0, "it is no attempt"
    assert waiting() == before, "those under way send it, not one job after the other"
    Delivery.objects.filter(pk=one.pk).update(claimed_until=None)
    send_delivery(one.pk)
    assert fresh(one).state == "delivered"
    assert woken(before) == [third.pk]
    Delivery.objects.filter(pk=two.pk).update(claimed_until=None)
    before = waiting()
    send_delivery(two.pk)
    assert woken(before) == [third.pk, fourth.pk]
    send_delivery(third.pk)
    assert fresh(third).state == "delivered"


def test_an_owner_of_many_slow_receivers_leaves_senders_to_others(
    owner: Actor, receiver: Receiver
) -> None:
    slow = [make(owner, f"http://127.0.0.1:{port}/")[0] for port in range(9001, 9005)]
    under_way(*(ping_webhook(webhook, by=owner) for webhook in slow))
    webhook, _secret = make(owner, receiver.url)
    mine, another = ping_webhook(webhook, by=owner), ping_webhook(webhook, by=owner)
    send_delivery(mine.pk)
    assert receiver.taken == []
    with attributed(system("test")):
        user = User.objects.create_user("eve@opale.example")
    Webhook.objects.filter(pk=webhook.pk).update(owner=user)
    Delivery.objects.filter(pk=another.pk).update(owner=user)
    send_delivery(another.pk)
    assert fresh(another).state == "delivered"


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::7f00:1",
        "100::1",
        "4000::1",
        "fec0::1",
        "192.0.0.9",
        "192.88.99.1",
        "2001:20::1",
        "ff02::1",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not http_post.is_public(address)


def test_a_public_address_is_public() -> None:
    assert http_post.is_public("192.0.43.8")
    assert http_post.is_public("2001:4860:4860::8888")
    assert http_post.is_public("::ffff:192.0.43.8")
    assert http_post.is_public("64:ff9b::192.0.43.8")


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://192.0.43.8/", "https://", "192.0.43.8", "https://user:pass@192.0.43.8/", ""),
        *("http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://192.0.43.8/#x"),
        *("http://2130706433/", "http://192.0.43.8:99999/", "http://192.0.43.8/ HTTP/1.1\r\nX: y"),
        "https://nowhere.invalid/",
    ],
)
def test_an_address_that_is_inside_or_none_is_refused_when_it_is_given(
    owner: Actor, url: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        make(owner, url)
    assert set(refusal.value.fields) == {"url"}


def test_a_name_that_leads_inside_by_now_is_not_connected_to(
    owner: Actor, receiver: Receiver, settings: Settings
) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    send_delivery(delivery.pk)
    assert receiver.taken == []
    assert fresh(delivery).last_error.startswith("PrivateAddress")


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look at the name would lead elsewhere: there is none."""
    asked: list[str] = []

    def once(url: str) -> str:
        asked.append(url)
        return "127.0.0.1"

    monkeypatch.setattr(http_post, "resolve", once)
    port = receiver.url.split(":")[2].split("/")[0]
    outcome = http_post.post_to_receiver(f"http://rebinding.invalid:{port}/x", b"{}", {})
    assert (outcome.status, len(asked)) == (200, 1)
    assert receiver.taken[0].headers["host"] == f"rebinding.invalid:{port}"


# Whose they are


def test_nobody_touches_the_webhook_of_another(owner: Actor, receiver: Receiver) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)
    other = Actor("person", "user:0", "Eve", {"webhooks.use": OWN}, user_id=0)
    for act in (webhooks.delete_webhook, webhooks.pause_webhook, webhooks.rotate_secret):
        with pytest.raises(NotFound):
            act(webhook, by=other)
    with pytest.raises(NotFound):
        deliveries.replay_delivery(delivery, by=other)
    with pytest.raises(NotAllowed):
        make(Actor("person", "user:0", "Eve", {}, user_id=0), receiver.url)


def test_nothing_is_sent_for_an_owner_who_may_not_any_more(
    owner: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, _secret = make(owner, receiver.url)
    delivery = ping_webhook(webhook, by=owner)
    gone = Actor("anonymous", "anonymous", "anonymous")
    monkeypatch.setattr(queries, "actor_of", lambda _user: gone)
    send_delivery(delivery.pk)
    assert receiver.taken == []
    assert fresh(delivery).state == "failed"


# Sweeping


def test_a_lost_job_is_made_again_and_old_deliveries_are_forgotten(
    owner: Actor, receiver: Receiver
) -> None:
    webhook, _secret = make(owner, receiver.url)
    ping_webhook(webhook, by=owner)
    before = len(waiting())
    with clock.travel(deliveries.OVERDUE + SECOND):
        assert deliveries.wake_overdue_deliveries() == 1
        assert deliveries.wake_overdue_deliveries() == 0
    assert len(waiting()) == before + 1
    with clock.travel(KEPT_FOR + SECOND):
        assert deliveries.delete_old_deliveries() == 1


# Others'


def test_who_holds_the_right_on_everything_manages_those_of_others(
    owner: Actor, receiver: Receiver
) -> None:
    webhook, _secret = make(owner, receiver.url)
    with attributed(system("test")):
        users = [User.objects.create_user(f"{name}@opale.example") for name in ("eve", "rob")]
    chief, other = (
        Actor("person", f"user:{u.pk}", u.email, {"webhooks.use": scope}, user_id=u.pk)
        for u, scope in zip(users, (EVERYTHING, OWN), strict=True)
    )
    with pytest.raises(NotFound):
        queries.get_webhook(webhook.pk, seen_by=other)
    found = queries.get_webhook(webhook.pk, seen_by=chief)
    webhooks.edit_webhook(found, by=chief, name="Renamed", events=["thing.done"])
    webhooks.pause_webhook(found, by=chief)
    webhook.refresh_from_db()
    # It stays its owner's, and receives what its owner sees.
    assert (webhook.name, webhook.pause, webhook.owner_id) == ("Renamed", "asked", owner.user_id)
    webhooks.delete_webhook(found, by=chief)
    assert not Webhook.objects.exists()
