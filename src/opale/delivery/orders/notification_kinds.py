"""What people are told about orders."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.orders.models import Order
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of

RECEIVED = Kind(
    name="orders.received", label=_("An order is received"),
    group=pgettext_lazy("notifications", "Orders"), icon="shopping-cart",
    sentence=_("Order %(order)s received from %(customer)s"), pace=Pace.AT_ONCE,
)  # fmt: skip
KINDS = (RECEIVED,)
THINGS = {"orders.order": rows_of(Order)}
