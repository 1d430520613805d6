"""The pages and endpoints of mail in: who sees what of a mail, and what one can do about it."""

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client
from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector, CollectorRegistry
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.states import perform
from opale.messaging import ports
from opale.messaging.actions import mailboxes, store_incoming
from opale.messaging.api import metrics as metric_api
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.ports import MailSubject
from opale.messaging.queries.incoming import get_mailbox
from opale.messaging.states import QUARANTINE
from opale.messaging.tests.samples import mail

pytestmark = pytest.mark.django_db
MAKER = system("test")
RAW = mail("Bonjour <b>", Subject="Panne <i>", X_Secret="éà")


@pytest.fixture
def box() -> Mailbox:
    return mailboxes.create_mailbox(by=MAKER, address="Support@opale.example", name="Support")


@pytest.fixture
def kept(box: Mailbox) -> IncomingMail:
    return store_incoming.store_mail(RAW, mailbox=box.address, source="lmtp")


def stuck(kept: IncomingMail) -> IncomingMail:
    rows = IncomingMail.objects.filter(pk=kept.pk)
    perform(
        QUARANTINE,
        rows,
        by=MAKER,
        at=clock.now(),
        outcome="quarantined",
        reason="ValueError: <broken>",
        processed_at=clock.now(),
    )
    return rows.get()


def became(kept: IncomingMail, origin: str) -> None:
    IncomingMail.objects.filter(pk=kept.pk).update(
        state="done", outcome="ticket", origin=origin, processed_at=clock.now()
    )


def test_a_mail_in_quarantine_shows_why_and_can_be_replayed(
    kept: IncomingMail, personas: Personas
) -> None:
    stuck(kept)
    client = personas.client("desk_agent")
    page = client.get("/mail-in/quarantine/").content.decode()
    assert "ValueError: &lt;broken&gt;" in page
    shown = client.get(f"/mail-in/{kept.pk}/").content.decode()
    assert "Panne &lt;i&gt;" in shown
    assert "X-Secret" in shown
    assert client.post(f"/mail-in/{kept.pk}/replay/").status_code == 302
    assert IncomingMail.objects.get(pk=kept.pk).state == "received"


def test_it_can_be_forgotten_with_a_reason_only(kept: IncomingMail, personas: Personas) -> None:
    stuck(kept)
    client = personas.client("desk_agent")
    assert client.post(f"/mail-in/{kept.pk}/forget/", {"reason": ""}).status_code == 422
    assert client.post(f"/mail-in/{kept.pk}/forget/", {"reason": "Spam"}).status_code == 302
    assert IncomingMail.objects.get(pk=kept.pk).outcome == "forgotten"


def test_marked_mails_are_forgotten_for_one_reason(kept: IncomingMail, personas: Personas) -> None:
    stuck(kept)
    client = personas.client("desk_agent")
    url, marked = "/lists/quarantined-mails/acts/forget/", {"n": [kept.pk]}
    asked = client.post(url, marked).content.decode()
    assert "Panne &lt;i&gt;" in asked
    assert 'name="reason"' in asked
    assert client.post(url, marked | {"given": "1", "reason": "Spam"}).status_code == 302
    assert IncomingMail.objects.get(pk=kept.pk).outcome == "forgotten"


def test_the_original_comes_back_to_the_byte_and_is_never_shown(
    kept: IncomingMail, personas: Personas
) -> None:
    for url in (
        f"/mail-in/{kept.pk}/original/",
        f"/api/v1/mail/inbound/{kept.pk}/original",
    ):
        answer = personas.client("desk_agent").get(url)
        assert answer.content == RAW
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_words_of_a_hidden_ticket_are_not_told(
    kept: IncomingMail, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_tellers", {"desk.ticket": lambda ids, actor: {}})
    became(kept, "desk.ticket:7")
    client = personas.client("desk_agent")
    for url in ("/mail-in/", f"/mail-in/{kept.pk}/", f"/api/v1/mail/inbound/{kept.pk}"):
        said = client.get(url).content.decode()
        assert "Panne" not in said
        assert "lea@atelier.example" not in said
        assert "desk.ticket:7" not in said
    listed = client.get("/api/v1/mail/inbound").json()["items"]
    assert [(one["hidden"], one["subject"], one["from_address"]) for one in listed] == [
        (True, "", "")
    ]
    answer: Any = client.get("/lists/incoming-mails/export.csv")
    exported = b"".join(answer.streaming_content).decode()
    assert "Confidential" in exported
    assert "Panne" not in exported
    assert "lea@atelier.example" not in exported
    assert client.get(f"/mail-in/{kept.pk}/original/").status_code == 403
    assert personas.client("service_manager").get(f"/mail-in/{kept.pk}/original/").content == RAW


@pytest.mark.parametrize("knows_rows", [True, False])
def test_a_hidden_mail_is_not_found_by_what_is_hidden_of_it(
    kept: IncomingMail, personas: Personas, monkeypatch: pytest.MonkeyPatch, knows_rows: bool
) -> None:
    monkeypatch.setattr(ports, "_tellers", {"desk.ticket": lambda ids, actor: {}})
    nothing = {"desk.ticket": lambda actor: Mailbox.objects.none()}
    monkeypatch.setattr(ports, "_visible", nothing if knows_rows else {})
    client, lead = personas.client("desk_agent"), personas.client("service_manager")
    searches = (
        {"message_id": "m1@atelier.example"},
        {"sender": "lea@atelier.example"},
        {"q": "lea@atelier.example"},
    )
    for origin, found in (("", 1), ("desk.ticket:x", 1), (f"desk.ticket:{kept.pk}", 0)):
        became(kept, origin)
        for asked in searches:
            assert len(ask(client, **asked)) == found
            assert len(ask(lead, **asked)) == 1
    assert kept_in(client, "/mail-in/")
    assert not kept_in(client, "/mail-in/?q=lea@atelier.example")
    answer: Any = client.get("/lists/incoming-mails/export.csv?q=lea@atelier.example")
    assert "Confidential" not in b"".join(answer.streaming_content).decode()
    IncomingMail.objects.filter(pk=kept.pk).update(state="quarantined", outcome="quarantined")
    assert kept_in(client, "/mail-in/quarantine/")
    assert not kept_in(client, "/mail-in/quarantine/?q=lea@atelier.example")
    assert kept_in(lead, "/mail-in/quarantine/?q=lea@atelier.example")


def kept_in(client: Client, url: str) -> bool:
    """Return whether the list at this address has a line."""
    return "<tbody data-list><tr" in client.get(url).content.decode()


def test_the_api_finds_a_mail_by_its_message_id_and_names_its_ticket(
    kept: IncomingMail, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing = MailSubject("T-12", 12, "/tickets/12/")
    monkeypatch.setattr(ports, "_tellers", {"desk.ticket": lambda ids, actor: {kept.pk: thing}})
    seen = {"desk.ticket": lambda actor: IncomingMail.objects.all()}
    monkeypatch.setattr(ports, "_visible", seen)
    became(kept, f"desk.ticket:{kept.pk}")
    client = personas.client("desk_agent")
    for asked in ("<m1@atelier.example>", "m1@atelier.example"):
        (one,) = ask(client, message_id=asked, outcome="ticket", mailbox="support@opale.example")
        assert (one["id"], one["ticket"], one["outcome"]) == (kept.pk, 12, "ticket")
    assert ask(client, message_id="<other@x.example>") == []
    assert client.get("/api/v1/mail/inbound", {"outcome": "nonsense"}).status_code == 422


def ask(client: Client, **asked: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get("/api/v1/mail/inbound", asked).json()["items"]
    return found


def test_secrets_are_kept_sealed_and_never_told(personas: Personas) -> None:
    client = personas.client("administrator")
    body = {
        "address": "Noc@Opale.example",
        "name": "NOC",
        "source": "imap",
        "host": "imap.example.net",
        "secret": "hunter2",
        "trusted_servers": ["MX.example.net"],
    }
    answer = client.post(
        "/api/v1/mail/mailboxes", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 201
    made = answer.json()
    assert (made["address"], made["has_secret"]) == ("noc@opale.example", True)
    assert made["trusted_servers"] == ["mx.example.net"]
    assert "hunter2" not in answer.content.decode()
    kept = get_mailbox(made["id"], seen_by=MAKER)
    assert "hunter2" not in kept.secret
    edit = f"/mail-in/mailboxes/{kept.pk}/edit/"
    assert "hunter2" not in client.get(edit).content.decode()
    changed = {**body, "secret": "", "name": "Ops", "language": "fr", "trusted_servers": ""}
    assert client.post(edit, changed).status_code == 302
    again = get_mailbox(kept.pk, seen_by=MAKER)
    assert (again.secret, again.name, again.folder) == (kept.secret, "Ops", "INBOX")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"source": "imap"}, "host"),
        ({"source": "imap", "host": "a b"}, "host"),
        ({"source": "imap", "host": "x.example", "done_folder": "INBOX"}, "done_folder"),
        ({"source": "imap", "host": "x.example", "auth": "oauth2"}, "token_url"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    wrong: dict[str, str], field: str, personas: Personas
) -> None:
    body = {"address": "noc@opale.example", "name": "NOC", **wrong}
    answer = personas.client("administrator").post(
        "/api/v1/mail/mailboxes", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]


def test_an_address_has_one_mailbox_and_one_in_use_stays(
    box: Mailbox, kept: IncomingMail, personas: Personas
) -> None:
    client = personas.client("administrator")
    body = json.dumps({"address": "SUPPORT@opale.example", "name": "Twice"})
    twice = client.post("/api/v1/mail/mailboxes", body, content_type="application/json")
    assert twice.status_code == 409
    assert client.delete(f"/api/v1/mail/mailboxes/{box.pk}").status_code == 409
    assert client.post(f"/mail-in/mailboxes/{box.pk}/switch/").status_code == 302
    assert not get_mailbox(box.pk, seen_by=MAKER).is_on


def test_health_shows_each_mailbox_and_each_figure(kept: IncomingMail, personas: Personas) -> None:
    stuck(kept)
    mailboxes.create_mailbox(
        by=MAKER, address="imap@opale.example", name="I", source="imap", host="x.example"
    )
    page = personas.client("desk_agent").get("/mail-in/health/").content.decode()
    assert "imap@opale.example" in page
    assert "Error" in page
    told = metrics()
    assert "opale_mail_in_quarantine 1.0" in told
    assert "opale_mail_in_waiting 0.0" in told
    assert 'opale_mailbox_well{mailbox="imap@opale.example"} 0.0' in told
    assert 'opale_mailbox_silent_seconds{mailbox="imap@opale.example"} -1.0' in told
    brought = re.search(r'quiet_seconds\{mailbox="support@opale.example"\} (\S+)', told)
    assert brought is not None
    assert 0 <= float(brought[1]) < 60
    assert 'quiet_seconds{mailbox="imap' not in told


def test_the_counter_has_every_outcome(kept: IncomingMail) -> None:
    told = metrics()
    assert 'opale_mail_in_total{outcome="ticket"} 0.0' in told
    assert "opale_mail_in_waiting 1.0" in told


class Once(Collector):
    """What the process tells, read on this connection."""

    def collect(self) -> Iterable[Metric]:
        return metric_api.read_metrics()


def metrics() -> str:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Once())
    return generate_latest(registry).decode()
