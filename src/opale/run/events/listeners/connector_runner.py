"""The runner of the connectors: an error in one never blocks later deliveries."""

import logging

from msgspec.structs import replace

from opale.run.events.domain.deliveries import Delivery, Tool, Unreadable, UnreadablePart
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender

log = logging.getLogger(__name__)


def read_delivery(tool: Tool, sender: Sender, delivery: Delivery) -> ReceivedDelivery:
    """Return a delivery as its connector reads it; unreadable parts are kept with the reason."""
    delivery = replace(delivery, settings=sender.settings, integration=sender.name)
    try:
        found = tool.read(delivery)
    except Unreadable as error:
        return _aside(sender, delivery, error.reason)
    except Exception as error:
        log.exception("the reader of %s failed", sender.format)
        return _aside(sender, delivery, f"The reader failed: {type(error).__name__}.")
    return ReceivedDelivery(
        sender,
        delivery.received_at,
        found.events,
        found.refused,
        body=delivery.body,
        named=tool.hears_of_alerts,
    )


def _aside(sender: Sender, delivery: Delivery, reason: str) -> ReceivedDelivery:
    refused = (UnreadablePart(reason, delivery.body),)
    return ReceivedDelivery(sender, delivery.received_at, refused=refused, body=delivery.body)
