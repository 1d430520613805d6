"""Ways to reach people: verified by a code, at their own time, quiet at night, one message each."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import Personas, make_personas

from opale.kernel.actor import EVERYTHING, OWN, Actor
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.messaging.domain.channel_delivery import DeliveryRefused
from opale.messaging.models import OutgoingMail
from opale.messaging.queries.visible_mails import visible_mails
from opale.organisation.models import Person
from opale.run.paging.actions import answers, contacts, delivery
from opale.run.paging.actions.address_encryption import encrypt_address
from opale.run.paging.actions.dispatch import SEND_JOB
from opale.run.paging.actions.verification_codes import verification_code
from opale.run.paging.actions.web_push import Subscription, generate_push_key, send_push
from opale.run.paging.models import ContactMethod, Gateway, Mobilisation, Page
from opale.run.paging.queries.contact_routes import contact_routes
from opale.run.paging.states import MobilisationState, PageState
from opale.run.paging.tests.builders import MAKER, Night, alert, at, make_night, paged, run, start

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=2)


def actor_for(night: Night) -> Actor:
    return Actor("person", "person:lea", "Léa", {"paging.own": OWN}, person_id=night.lea.pk)


@pytest.fixture
def night() -> Night:
    return make_night()


def by_mail(
    night: Night, *, after: timedelta = timedelta(), verified: bool = True
) -> ContactMethod:
    by = actor_for(night)
    made = contacts.add_method(kind="mail", address="lea@home.example", after=after, by=by)
    if verified:
        contacts.verify_method(
            made, verification_code(ContactMethod.objects.get(pk=made.pk)), by=by
        )
    return made


def test_pages_go_nowhere_before_the_code_is_entered(night: Night) -> None:
    made = by_mail(night, verified=False)
    assert [reach.label for reach in contact_routes({night.lea.pk})[night.lea.pk]] == [
        night.lea.email
    ]
    assert verification_code(ContactMethod.objects.get()) in OutgoingMail.objects.get().body
    with pytest.raises(Invalid):
        contacts.verify_method(made, "no", by=actor_for(night))
    contacts.verify_method(
        made, verification_code(ContactMethod.objects.get()), by=actor_for(night)
    )
    assert [one.label for one in contact_routes({night.lea.pk})[night.lea.pk]] == [
        "lea@home.example"
    ]


def test_a_code_is_read_among_the_outgoing_mails_by_nobody_else(night: Night) -> None:
    by_mail(night, verified=False)
    sent = OutgoingMail.objects.get()
    reads = {"messaging.read": EVERYTHING}
    own = Actor("person", "person:lea", "Léa", reads, person_id=night.lea.pk)
    assert not visible_mails([sent], seen_by=own)[0].is_hidden
    assert visible_mails([sent], seen_by=Actor("person", "person:0", "Eve", reads))[0].is_hidden


def test_a_code_is_guessed_five_times_at_most(night: Night) -> None:
    made = by_mail(night, verified=False)
    for _guess in range(5):
        with pytest.raises(Invalid):
            contacts.verify_method(made, "000", by=actor_for(night))
    with pytest.raises(Conflict):
        contacts.verify_method(
            made, verification_code(ContactMethod.objects.get()), by=actor_for(night)
        )


def test_each_way_has_its_own_time(night: Night) -> None:
    by_mail(night)
    by_mail(night, after=SOON)
    start()
    run(0)
    run(1)
    assert paged() == [("Léa", 0)]
    run(2)
    assert paged() == [("Léa", 0), ("Léa", 2)]


def test_an_answer_keeps_the_later_ways_silent(night: Night) -> None:
    by_mail(night)
    by_mail(night, after=SOON)
    start()
    run(0)
    answers.answer_page(Page.objects.filter(left_at=at(0)).get(), by=MAKER, at=at(1))
    run(3)
    assert paged() == [("Léa", 0)]
    assert Page.objects.filter(state=PageState.DROPPED).count() == 1


def test_quiet_hours_keep_what_can_wait_and_let_through_what_cannot(night: Night) -> None:
    contacts.set_quiet_hours(time(22), time(7), by=actor_for(night))
    start(alert(1, severity=2))
    start(alert(2, severity=5))
    run(0)
    calm, urgent = (
        Page.objects.get(mobilisation=one) for one in Mobilisation.objects.order_by("pk")
    )
    assert (calm.left_at, urgent.left_at) == (None, at(0))
    assert calm.not_before == at(7 * 60)  # 07:00 in Paris


def test_nobody_changes_the_ways_of_somebody_else(night: Night) -> None:
    made = by_mail(night)
    other = Actor("person", "person:k", "Karim", actor_for(night).grants, person_id=night.karim.pk)
    with pytest.raises(NotFound):
        contacts.remove_method(made, by=other)


def test_a_page_that_cannot_leave_hastens_the_next_step(night: Night) -> None:
    start()
    run(0)
    OutgoingMail.objects.update(state="failed", last_error="550 no such user")
    assert delivery.update_sent_mails() == 1
    assert Page.objects.get().state == PageState.FAILED
    assert Mobilisation.objects.get().next_at is not None
    run((now() - at(0)) / timedelta(minutes=1) + 1)
    assert {name for name, _minute in paged()} >= {"Léa", "Karim"}


@pytest.mark.parametrize(
    ("answer", "final", "state"),
    [
        ("5.2.2 Mailbox full", True, PageState.FAILED),
        ("4.7.1 Greylisted", False, PageState.FAILED),
        ("complained", True, PageState.SENT),
    ],
)
def test_a_page_that_came_back_or_comes_late_did_not_reach_anybody(
    night: Night, answer: str, final: bool, state: PageState
) -> None:
    start()
    run(0)
    back = {"address": "lea@x.example", "answer": answer, "final": final, "at": "2026-01-01"}
    OutgoingMail.objects.update(state="sent", sent_at=now(), bounced=[back])
    assert delivery.update_sent_mails() == 1
    page = Page.objects.get()
    assert page.state == state
    assert page.answer == (answer if state == PageState.FAILED else "")


def test_a_telephone_is_reached_through_a_gateway(night: Night) -> None:
    with receiving() as (url, heard):
        gateway = Gateway.objects.create(
            name="SMS", template=encrypt_address(url.replace("http://", "json://") + "{to}")
        )
        by = actor_for(night)
        made = contacts.add_method(
            kind="gateway", address="06 11 22 33 44", after=timedelta(), gateway=gateway, by=by
        )
        contacts.verify_method(made, verification_code(ContactMethod.objects.get()), by=by)
        start()
        run(0)
        with override_settings(WEBHOOKS_ALLOW_PRIVATE=True):
            delivery.send_page(Page.objects.get().pk)
    (path, _headers, body), *_rest = heard
    assert path.startswith("/+33611223344")
    assert "Link 1 down" in json.loads(body)["message"]
    assert Page.objects.get().state == PageState.SENT


def test_a_browser_alone_can_read_what_is_pushed_to_it() -> None:
    browser = ec.generate_private_key(ec.SECP256R1())
    point = browser.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    private, public = generate_push_key()
    with receiving() as (url, heard), override_settings(WEBHOOKS_ALLOW_PRIVATE=True):
        to = Subscription(url + "push", _plain(point), _plain(b"0123456789abcdef"))
        said = {"title": "P1 · Réseau coupé", "body": "…", "url": "https://x/"}
        send_push(to, said, private=private, public=public, contact="mailto:ops@x.example")
    ((_path, headers, body),) = heard
    read = http_ece.decrypt(
        body, private_key=browser, auth_secret=b"0123456789abcdef", version="aes128gcm"
    )
    assert json.loads(read) == said
    token = headers["Authorization"].split("t=")[1].split(",")[0]
    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    claims = jwt.decode(token, key.public_key(), ["ES256"], audience=url.rstrip("/"))
    assert claims["sub"] == "mailto:ops@x.example"


def test_a_browser_with_a_key_that_is_none_is_told_so_and_not_tried_again() -> None:
    private, public = generate_push_key()
    browser = Subscription("https://push.example/1", _plain(b"\4" * 65), _plain(b"a" * 16))
    with pytest.raises(DeliveryRefused) as refused:
        send_push(browser, {}, private=private, public=public, contact="mailto:x@x.example")
    assert refused.value.final


def leaving(night: Night, method: ContactMethod, number: int) -> Page:
    """A page that leaves by a contact method."""
    about = start(alert(number))
    return Page.objects.create(
        mobilisation=about, person=method.person, method=method, contact="x", round=1, step=1,
        contact_key=f"method:{method.pk}", state=PageState.LEAVING, due_at=at(0),
        not_before=at(0), left_at=at(0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "most"),
    [("channel", delivery.MOST_FOR_PERSON), ("gateway", delivery.MOST_BY_GATEWAY)],
)
def test_a_slow_receiver_leaves_senders_to_the_others(night: Night, kind: str, most: int) -> None:
    def method(person: Person, url: str, gateway: Gateway | None) -> ContactMethod:
        address = encrypt_address("+33611223344" if gateway else url)
        return ContactMethod.objects.create(
            person=person, kind=kind, gateway=gateway, address=address, verified_at=now()
        )

    with receiving() as (url, heard), override_settings(WEBHOOKS_ALLOW_PRIVATE=True):
        url = url.replace("http://", "json://")
        gateways: list[Gateway | None] = [None, None]
        if kind == "gateway":
            template = encrypt_address(url + "{to}")
            gateways = [Gateway.objects.create(name=n, template=template) for n in ("A", "B")]
        slow, quick = (
            method(person, url, gateway)
            for person, gateway in zip((night.lea, night.karim), gateways, strict=True)
        )
        busy = [leaving(night, slow, number) for number in range(most)]
        answered = leaving(night, slow, 89)
        Mobilisation.objects.filter(pk=answered.mobilisation_id).update(
            state=MobilisationState.ACKNOWLEDGED, answered_at=now()
        )
        third, other = leaving(night, slow, 90), leaving(night, quick, 91)
        Page.objects.filter(pk__in=[page.pk for page in busy]).update(
            claimed_until=now() + timedelta(minutes=1)
        )
        delivery.send_page(third.pk)
        third.refresh_from_db()
        assert (heard, third.attempts) == ([], 0)
        delivery.send_page(other.pk)
        assert len(heard) == 1
        Page.objects.filter(pk=busy[0].pk).update(claimed_until=None)
        jobs = ProcrastinateJob.objects.filter(task_name=SEND_JOB)
        known = set(jobs.values_list("pk", flat=True))
        delivery.send_page(busy[0].pk)
        assert [job.args for job in jobs.exclude(pk__in=known)] == [{"page_id": third.pk}]


def test_the_codes_of_one_person_are_sent_one_after_the_other(night: Night) -> None:
    for path in ("a", "b"):
        contacts.add_method(
            kind="channel", address=f"json://x.example/{path}", after=timedelta(),
            by=actor_for(night),
        )  # fmt: skip
    jobs = ProcrastinateJob.objects.filter(task_name=contacts.CONTACT_MESSAGE_JOB)
    assert {job.lock for job in jobs} == {f"paging.contacts:{night.lea.pk}"}


def test_nothing_is_pushed_inside() -> None:
    private, public = generate_push_key()
    browser = Subscription("http://127.0.0.1:9/", public, _plain(b"0123456789abcdef"))
    with pytest.raises(DeliveryRefused, match="PrivateAddress"):
        send_push(browser, {}, private=private, public=public, contact="mailto:x@x.example")


def test_a_browser_is_added_by_what_it_says_of_itself() -> None:
    house: Personas = make_personas()
    client = house.client("desk_agent")
    _private, public = generate_push_key()
    told = {"endpoint": "https://push.example/1", "p256dh": public, "auth": _plain(b"a" * 16)}
    assert client.post("/paging/contacts/browser/", told).status_code == 302
    method = ContactMethod.objects.get()
    assert (method.kind, method.verified_at is not None) == ("push", True)
    assert "push.example" not in method.address
    assert client.get("/paging/contacts/").status_code == 200


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@contextmanager
def receiving() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A server of somebody else, and what it was sent."""
    heard: list[tuple[str, dict[str, str], bytes]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, dict(self.headers), body))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
