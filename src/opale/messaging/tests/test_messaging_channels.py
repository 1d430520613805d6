"""Channels beside mail: kept with their secret, sent by apprise to a real server, tried again."""

import ast
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.personas import MAKER, Personas, make_personas
from tests.tls import tls_before

from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.http_client import PrivateAddress
from opale.messaging.actions import channels
from opale.messaging.domain import channel_delivery
from opale.messaging.domain.channel_delivery import DeliveryRefused, channel_scheme, deliver_message
from opale.messaging.models import Channel, ChannelMessage

SECRET = "rien-a-montrer"


class Taker:
    """A real HTTP server in a thread: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.elsewhere = ""
        taker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taker.taken.append(json.loads(body))
                self.send_response(taker.answers.pop(0) if taker.answers else 200)
                if taker.elsewhere:
                    self.send_header("Location", taker.elsewhere)
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://user:{SECRET}@127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))


@pytest.fixture
def taker() -> Iterator[Taker]:
    found = Taker()
    found.thread.start()
    yield found
    found.server.shutdown()
    found.thread.join()
    found.server.server_close()


@pytest.fixture
def inside(settings: Settings) -> None:
    """Private addresses are allowed, as the one on which the test listens."""
    settings.WEBHOOKS_ALLOW_PRIVATE = True


@pytest.fixture
def personas() -> Personas:
    return make_personas()


def told(channel: Channel, key: str = "k") -> ChannelMessage:
    made = channels.queue_channel_message(
        channel, by=MAKER, origin="test", title="Line down", body="Rennes", key=key
    )
    assert made is not None
    return made


# What an address may be


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("slack://a/b/c", "slack"),
        ("JSONS://host/x", "jsons"),
        ("mailto://me@example.net", ""),
        ("file:///etc/passwd", ""),
        ("dbus://", ""),
        ("json://", ""),
        ("json://ho st/", ""),
        ("slack", ""),
    ],
)
def test_only_what_goes_by_http_is_known(address: str, scheme: str) -> None:
    assert channel_scheme(address) == scheme


# The port, against a real server


def test_a_message_is_taken(taker: Taker, inside: None) -> None:
    deliver_message(taker.address, "Line down", "Rennes - Lille")
    (taken,) = taker.taken
    assert (taken["title"], taken["message"]) == ("Line down", "Rennes - Lille")


def test_a_refusal_is_told_in_its_own_words(taker: Taker, inside: None) -> None:
    taker.answers = [503]
    with pytest.raises(DeliveryRefused, match="503") as refused:
        deliver_message(taker.address, "Line down", "Rennes")
    assert not refused.value.final
    assert SECRET not in str(refused.value)


def test_nothing_goes_to_a_private_address_unless_allowed(taker: Taker, settings: Settings) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    with pytest.raises(DeliveryRefused, match="PrivateAddress") as refused:
        deliver_message(taker.address, "Line down", "Rennes")
    assert refused.value.final
    assert not taker.taken


def test_a_redirect_into_the_private_network_is_not_followed(
    taker: Taker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    other = ("127.0.0.1", taker.server.server_port)
    asked: list[str] = []

    def only_the_first(host: str, port: int) -> str:
        asked.append(host)
        if len(asked) > 1:
            raise PrivateAddress(host)
        return "127.0.0.1"

    monkeypatch.setattr("opale.messaging.domain.channel_delivery.resolve_host", only_the_first)
    taker.answers, taker.elsewhere = [307], f"http://localhost:{other[1]}/inside"
    with pytest.raises(DeliveryRefused):
        deliver_message(taker.address, "Line down", "Rennes")
    assert len(taker.taken) == 1, "the first place alone was asked"


def test_a_name_that_leads_nowhere_is_tried_again(inside: None) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        deliver_message("json://nobody.invalid/hook", "Line down", "Rennes")
    assert not refused.value.final


class Provider:
    """What Slack, Teams and Twilio answer, at the places and under the names that are theirs."""

    NAMES = ("hooks.slack.com", "prod-1.westeurope.logic.example", "api.twilio.com")

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append((self.headers["Host"], self.path, unquote_plus(body)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *words: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Every name leads to it, and its certificate is trusted."""
    found = Provider()
    found.thread.start()
    with tls_before(found.server.server_port, tmp_path, *Provider.NAMES) as outside:
        door = ("127.0.0.1", int(outside.url.rpartition(":")[2]))

        def connect(address: object, *rest: Any, **options: Any) -> socket.socket:
            return socket.create_connection(door, timeout=10)

        monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
        monkeypatch.setattr(channel_delivery, "resolve_host", lambda host, port: "127.0.0.1")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(outside.certificate))
        yield found
    found.server.shutdown()
    found.thread.join()
    found.server.server_close()


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        (
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#night",
            "hooks.slack.com",
            "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        ),
        (
            "workflows://prod-1.westeurope.logic.example/a1b2c3d4e5/s1g2n3a4t5u6r7e8",
            "prod-1.westeurope.logic.example",
            "/workflows/a1b2c3d4e5/triggers/manual/paths/invoke",
        ),
        (
            "twilio://AC0123456789abcdef0123456789abcdef:0a1b2c3d4e5f@+33123456789/+33612345678",
            "api.twilio.com",
            "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json",
        ),
    ],
    ids=["Slack", "Microsoft Teams", "SMS"],
)
def test_the_great_ones_are_asked_at_their_places_and_told_the_words(
    provider: Provider, address: str, host: str, path: str
) -> None:
    deliver_message(address, "P1 Line down", "Rennes - Lille")
    ((asked, at, said),) = provider.asked
    assert (asked, at.partition("?")[0]) == (host, path)
    assert "P1 Line down" in said
    assert "Rennes - Lille" in said


# The outbox


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_once_and_the_answer_kept(taker: Taker, inside: None) -> None:
    channel = channels.create_channel(by=MAKER, name="Room", address=taker.address)
    message = told(channel)
    channels.send_to_channel(message.pk)
    channels.send_to_channel(message.pk)
    assert len(taker.taken) == 1
    message.refresh_from_db()
    assert message.state == "sent"
    again = channels.queue_channel_message(
        channel, by=MAKER, origin="test", title="Line down", body="Rennes", key="k"
    )
    assert again is None, "the same is told once"


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_tried_again_then_given_up_and_sent_again(taker: Taker, inside: None) -> None:
    channel = channels.create_channel(by=MAKER, name="Room", address=taker.address)
    message = told(channel)
    taker.answers = [500] * 8
    for attempt in range(1, 9):
        channels.send_to_channel(message.pk)
        message.refresh_from_db()
        assert message.attempts == attempt
        assert "500" in message.answer
        if message.state == "queued":
            assert message.next_attempt_at > clock.now() + timedelta(seconds=10)
    assert message.state == "failed"
    channels.retry_channel_message(message, by=MAKER)
    channels.send_to_channel(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_test_shows_the_answer_at_once(taker: Taker, inside: None) -> None:
    channel = channels.create_channel(by=MAKER, name="Room", address=taker.address)
    taker.answers = [404]
    message = channels.try_channel(channel, by=MAKER)
    channels.send_to_channel(message.pk)
    message.refresh_from_db()
    assert message.state == "failed"
    assert "404" in message.answer


@pytest.mark.django_db
def test_what_was_forgotten_is_woken(inside: None) -> None:
    channel = channels.create_channel(by=MAKER, name="Room", address="json://a.example/x")
    message = told(channel)
    assert channels.wake_overdue_channel_messages() == 0
    ChannelMessage.objects.filter(pk=message.pk).update(
        next_attempt_at=clock.now() - timedelta(minutes=11)
    )
    assert channels.wake_overdue_channel_messages() == 1


def test_a_slow_channel_holds_two_senders_and_the_next_message_waits_for_them(
    taker: Taker, inside: None, db: None
) -> None:
    slow = channels.create_channel(by=MAKER, name="Slow", address=taker.address)
    quick = channels.create_channel(by=MAKER, name="Quick", address=taker.address)
    one, two, third, later = (told(slow, str(number)) for number in range(4))
    other = told(quick, "other")
    soon = clock.now() + timedelta(minutes=1)
    ChannelMessage.objects.filter(pk__in=[one.pk, two.pk]).update(claimed_until=soon)
    ChannelMessage.objects.filter(pk=later.pk).update(next_attempt_at=soon)
    channels.send_to_channel(third.pk)
    assert taker.taken == []
    third.refresh_from_db()
    assert third.attempts == 0
    channels.send_to_channel(other.pk)
    assert len(taker.taken) == 1
    ChannelMessage.objects.filter(pk=one.pk).update(claimed_until=None)
    jobs = ProcrastinateJob.objects.filter(task_name=channels.CHANNEL_JOB, scheduled_at=None)
    known = set(jobs.values_list("pk", flat=True))
    channels.send_to_channel(one.pk)
    woken = [job.args for job in jobs.exclude(pk__in=known)]
    assert woken == [{"message_id": third.pk}]


# Set up by an administrator


@pytest.mark.django_db
def test_an_administrator_sets_a_channel_up_and_its_secret_is_never_shown(
    personas: Personas,
) -> None:
    client = personas.client("administrator")
    said = {"name": "Room", "address": f"json://u:{SECRET}@hooks.example.net/x"}
    assert client.post("/channels/new/", said).status_code == 302
    channel = Channel.objects.get()
    assert channel.scheme == "json"
    assert SECRET not in channel.address
    for url in ("/channels/", f"/channels/{channel.pk}/", f"/channels/{channel.pk}/edit/"):
        page = client.get(url)
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
    kept = channel.address
    assert client.post(f"/channels/{channel.pk}/edit/", {"name": "Hall"}).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.address) == ("Hall", kept)
    assert client.post(f"/channels/{channel.pk}/test/").status_code == 302
    assert ChannelMessage.objects.get().key == ""
    assert client.post(f"/channels/{channel.pk}/switch/").status_code == 302
    api = client.get(f"/api/v1/channels/{channel.pk}")
    assert api.json() == {"id": channel.pk, "name": "Hall", "scheme": "json", "is_on": False}
    assert client.post(f"/channels/{channel.pk}/delete/").status_code == 302
    assert not Channel.objects.exists()


@pytest.mark.django_db
def test_what_is_no_channel_is_refused(personas: Personas) -> None:
    by = personas.actor("administrator")
    with pytest.raises(Invalid):
        channels.create_channel(by=by, name="Room", address="mailto://a@example.net")
    channels.create_channel(by=by, name="Room", address="json://a.example/x")
    with pytest.raises(Conflict):
        channels.create_channel(by=by, name="Room", address="json://b.example/x")
    with pytest.raises(NotAllowed):
        channels.create_channel(
            by=personas.actor("desk_agent"), name="Hall", address="json://a.example/x"
        )


def test_apprise_is_loaded_by_whoever_sends_alone() -> None:
    tree = ast.parse(Path(channel_delivery.__file__).read_text(encoding="utf-8"))
    above = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [name for node in above for name in node.names if name.name == "apprise"]
