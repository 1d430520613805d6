"""The list of channels."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New
from opale.listings.filters import Choice, Words
from opale.messaging import rights
from opale.messaging.actions.channels import CHANNELS as CHANNELS_TOPIC
from opale.messaging.models import (
    Channel,
)
from opale.messaging.queries import channels
from opale.ui.components.badges import state


def _in_use(channel: Channel) -> str:
    return pgettext("a channel", "Enabled") if channel.is_on else pgettext("a channel", "Disabled")


CHANNELS = Listing(
    name="channels",
    title=gettext_lazy("Channels"),
    right=rights.READ,
    url_name="channels",
    model=Channel,
    rows=channels.channels,
    order=Order(("name", "id")),
    topic=CHANNELS_TOPIC,
    new=New(gettext_lazy("New channel"), "messaging_create_channel", rights.MAILBOXES),
    empty=Empty(
        "plug",
        gettext_lazy("No channel matches your filters"),
        gettext_lazy("No channels yet"),
        gettext_lazy(
            "A channel is a destination beside mail: a chat room, a telephone, a program."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill",
            link=lambda channel: reverse("channel", args=[channel.pk]),
        ),
        Column("kind", gettext_lazy("Kind"), lambda channel: channel.kind, order="scheme"),
        Column(
            "state", gettext_lazy("State"), _in_use, order="is_on",
            cell=lambda one: state(_in_use(one), "done" if one.is_on else "closed"),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice(
            "state", gettext_lazy("State"),
            (
                ("on", pgettext_lazy("a channel", "Enabled")),
                ("off", pgettext_lazy("a channel", "Disabled")),
            ),
            lookup="is_on", turn=lambda said: said == "on",
        ),
    ),
    jump=Jump(
        label=lambda row: row.name,
        url=lambda row: reverse("channel", args=[row.pk]),
        note=lambda row: row.kind,
        group=gettext_lazy("Channels"),
        icon="plug",
    ),
)  # fmt: skip
