"""The page that tries a mailbox, and the same by the API."""

import json

import pytest
from django.test import Client
from tests.personas import Personas
from tests.serving import free_port

from opale.messaging.tests.gateways import make_mailbox, sealed

pytestmark = pytest.mark.django_db


def test_the_page_comes_at_once_and_asks_for_what_takes_time(personas: Personas) -> None:
    box = make_mailbox(
        "support@opale.test",
        source="imap",
        host="127.0.0.1",
        port=free_port(),
        security="none",
        secret=sealed("secret"),
    )
    client = personas.client("administrator")
    listed = client.get("/mail-in/mailboxes/").content.decode()
    url = f"/mail-in/mailboxes/{box.pk}/trial/"
    assert url in listed
    page = client.get(url).content.decode()
    assert f'hx-get="{url}"' in page
    assert "refuses the connection" not in page
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "refuses the connection" in part
    assert "<html" not in part
    assert "hx-trigger" not in part, "it is not asked for again and again"
    assert "refuses the connection" in client.get(f"{url}?now=1").content.decode()


def test_the_api_tells_each_step(personas: Personas) -> None:
    box = make_mailbox("support@opale.test", source="imap", host="nowhere.invalid")
    answer = Client().post(
        f"/api/v1/mail/mailboxes/{box.pk}/trial",
        headers={"Authorization": f"Bearer {personas.token('administrator')}"},
    )
    told = json.loads(answer.content)
    assert not told["works"]
    assert told["steps"][0]["is_fine"] is False
    assert told["steps"][0]["said"].startswith("The server name cannot be resolved.")
