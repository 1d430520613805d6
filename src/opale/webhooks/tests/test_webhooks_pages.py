"""Webhooks and deliveries as lists: beside each other, and on the page of one webhook."""

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel.clock import now
from opale.webhooks.actions.webhooks import create_webhook, pause_webhook, ping_webhook
from opale.webhooks.models import Delivery, Webhook
from opale.webhooks.states import DeliveryState

pytestmark = pytest.mark.django_db
CONTACT = "customer_contact"
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
