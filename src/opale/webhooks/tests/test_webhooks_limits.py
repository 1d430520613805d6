"""One login has only so many webhooks."""

import pytest
from tests.personas import Personas

from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict
from opale.webhooks.actions import webhooks
from opale.webhooks.models import Webhook

pytestmark = pytest.mark.django_db


def make(by: Actor) -> Webhook:
    url = "https://192.0.43.8/opale"  # a number: no name is asked for
    return webhooks.create_webhook(by=by, name="Tool", url=url, events=["ticket.received"])[0]


def test_one_login_has_only_so_many_webhooks(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST", 2)
    contact = personas.actor("customer_contact")
    one, _other = make(contact), make(contact)
    with pytest.raises(Conflict, match="2"):
        make(contact)
    make(personas.actor("foreign_contact"))
    webhooks.delete_webhook(one, by=contact)
    make(contact)
