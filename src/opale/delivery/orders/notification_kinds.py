"""What people are told about orders."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Kind, Pace

RECEIVED = Kind(
    name="orders.received", label=_("An order is received"),
    group=pgettext_lazy("notifications", "Orders"), icon="shopping-cart",
    sentence=_("Order %(order)s received from %(customer)s"), pace=Pace.AT_ONCE,
)  # fmt: skip
KINDS = (RECEIVED,)
