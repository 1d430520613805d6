"""What the parameters of the routes of webhooks name in the house of the personas."""

from tests.personas import Personas

from opale.webhooks.actions.webhooks import create_webhook, pause_webhook, ping_webhook

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    """The contact's own, with a delivery that was given up."""
    contact = house.actor("customer_contact")
    webhook, _secret = create_webhook(
        by=contact,
        name="Tool",
        url="https://192.0.43.8/opale",  # a number: no name is asked for
        events=["ticket.received"],
    )
    pause_webhook(webhook, by=contact)
    delivery = ping_webhook(webhook, by=contact)
    return {"webhook_id": webhook.pk, "delivery_id": delivery.pk}
