"""Webhooks and deliveries as lists: beside each other, and on the page of one webhook."""

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel.clock import now
from opale.webhooks.actions.webhooks import create_webhook, pause_webhook, ping_webhook
from opale.webhooks.models import Delivery, Webhook
from opale.webhooks.states import DeliveryState

pytestmark = pytest.mark.django_db
CONTACT, STAFF = "customer_contact", "service_manager"
IN_LIST = {"HX-Request": "true", "HX-Target": "webhook-deliveries-list"}


def made(personas: Personas, name: str, *, who: str = CONTACT) -> Webhook:
    url = f"https://192.0.43.8/{name.lower()}"
    by = personas.actor(who)
    return create_webhook(by=by, name=name, url=url, events=["ticket.received"])[0]


def page(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_webhooks_are_found_by_how_they_do(personas: Personas) -> None:
    well, paused, failing = (made(personas, name) for name in ("One", "Two", "Three"))
    pause_webhook(paused, by=personas.actor(CONTACT))
    Webhook.objects.filter(pk=failing.pk).update(failing_since=now())
    client = personas.client(CONTACT)
    for state, found in (("active", well), ("paused", paused), ("failing", failing)):
        listed = client.get(f"/api/v1/webhooks?state={state}").json()["items"]
        assert [one["id"] for one in listed] == [found.pk]
        drawn = page(client, f"/webhooks/?state={state}")
        assert [name for name in ("One", "Two", "Three") if f">{name}</a>" in drawn] == [found.name]
    assert client.get("/api/v1/webhooks?state=stopped").json()["items"] == []


def test_the_page_of_a_webhook_lists_its_own_deliveries(personas: Personas) -> None:
    one, other = made(personas, "One"), made(personas, "Other")
    by, client = personas.actor(CONTACT), personas.client(CONTACT)
    given_up, waiting = ping_webhook(one, by=by), ping_webhook(one, by=by)
    foreign = ping_webhook(other, by=by)
    Delivery.objects.filter(pk=given_up.pk).update(state=DeliveryState.FAILED)
    links = {row.pk: f"/deliveries/{row.pk}/" for row in (given_up, waiting, foreign)}

    def shown(url: str, **headers: str) -> set[int]:
        drawn = page(client, url, **headers)
        return {pk for pk, link in links.items() if f'{link}"' in drawn}

    own = f"/webhooks/{one.pk}/"
    assert shown(own) == {given_up.pk, waiting.pk}
    assert shown(f"{own}?webhook={other.pk}") == {given_up.pk, waiting.pk}
    assert shown(f"{own}?state=failed") == {given_up.pk}
    assert shown("/webhooks/deliveries/?state=queued") == {waiting.pk, foreign.pk}
    assert shown(f"/webhooks/deliveries/?webhook={other.pk}") == {foreign.pk}
    assert "Address" in page(client, own, **{"HX-Request": "true"})
    region = page(client, f"{own}?state=failed", **IN_LIST)
    assert region.lstrip().startswith('<div id="webhook-deliveries-list"')
    assert links[given_up.pk] in region
    path = f"/api/v1/webhooks/{one.pk}/deliveries?state=failed"
    assert [row["id"] for row in client.get(path).json()["items"]] == [given_up.pk]


def test_nobody_lists_the_deliveries_of_a_foreign_webhook(personas: Personas) -> None:
    webhook = made(personas, "Tool")
    delivery = ping_webhook(webhook, by=personas.actor(CONTACT))
    foreign = personas.client("foreign_contact")
    assert foreign.get(f"/api/v1/webhooks/{webhook.pk}/deliveries").status_code == 404
    assert foreign.get(f"/webhooks/deliveries/?webhook={webhook.pk}").status_code == 404
    assert f"/deliveries/{delivery.pk}/" not in page(foreign, "/webhooks/deliveries/")


def test_marked_deliveries_are_sent_again(personas: Personas) -> None:
    webhook, by = made(personas, "Tool"), personas.actor(CONTACT)
    given_up, waiting = ping_webhook(webhook, by=by), ping_webhook(webhook, by=by)
    Delivery.objects.filter(pk=given_up.pk).update(state=DeliveryState.FAILED)
    marked = {"n": [given_up.pk, waiting.pk]}
    answer = personas.client(CONTACT).post("/lists/webhook-deliveries/acts/replay/", marked)
    assert answer.status_code == 200, "one of them still waits to be sent"
    given_up.refresh_from_db()
    assert given_up.state == DeliveryState.QUEUED


def test_a_webhook_is_narrowed_only_to_a_customer_that_its_owner_sees(personas: Personas) -> None:
    body = {"name": "x", "url": "https://192.0.43.8/x", "events": ["ticket.received"]}
    own, foreign = personas.customer.pk, personas.other_customer.pk

    def made(who: str, customer_id: int) -> tuple[int, list[str]]:
        asked = {**body, "customer_id": customer_id}
        answer = personas.client(who).post("/api/v1/webhooks", asked, "application/json")
        return answer.status_code, list(answer.json().get("fields", {}))

    refused = (422, ["customer_id"])
    assert made(CONTACT, own) == made(STAFF, own) == made(STAFF, foreign) == (201, [])
    assert made(CONTACT, foreign) == made(CONTACT, 999_999) == refused
    assert made(STAFF, 999_999) == refused
    assert {row.customer_id for row in Webhook.objects.filter(owner__contact=personas.contact)} == {
        own
    }


def test_a_narrow_token_leads_no_other_events_elsewhere_and_shows_none(personas: Personas) -> None:
    webhook = made(personas, "One")
    by = personas.actor(CONTACT)
    ping = ping_webhook(webhook, by=by)
    wide = Delivery.objects.create(
        webhook=webhook, owner=webhook.owner, message_id="msg_1", event="ticket.received", body="{}"
    )
    token = personas.token(CONTACT, "webhooks.use")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    address = f"/api/v1/webhooks/{webhook.pk}"
    moved = client.patch(address, {"url": "https://192.0.43.9/x"}, "application/json")
    assert moved.status_code == 403
    assert client.post(f"{address}/secret").status_code == 403, "it would sign them"
    assert client.patch(address, {"name": "Two"}, "application/json").status_code == 200
    listed = client.get(f"{address}/deliveries").json()["items"]
    assert [row["id"] for row in listed] == [ping.pk]
    assert client.get(f"{address}/deliveries/{wide.pk}").status_code == 404
    whole = personas.client(CONTACT)
    assert whole.get(f"{address}/deliveries/{wide.pk}").status_code == 200
    url = {"url": "https://192.0.43.9/x"}
    assert whole.patch(address, url, "application/json").status_code == 200
