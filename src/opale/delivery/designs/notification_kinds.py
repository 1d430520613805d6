"""What people are told about designs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.designs.models import Design
from opale.delivery.orders.models import Order
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of

ASSIGNED = Kind(
    name="designs.assigned", label=_("A design is assigned to you"),
    group=pgettext_lazy("notifications", "Designs"), icon="user-check", pace=Pace.AT_ONCE,
    sentence=_("Design %(design)s “%(title)s” for %(customer)s is assigned to you"),
)  # fmt: skip
UNRESERVED = Kind(
    name="designs.unreserved", label=_("An order could not reserve all that it needs"),
    group=pgettext_lazy("notifications", "Orders"), icon="alert-triangle", pace=Pace.AT_ONCE,
    sentence=_("Order %(order)s for %(customer)s could not reserve: %(what)s"),
)  # fmt: skip
KINDS = (ASSIGNED, UNRESERVED)
THINGS = {"designs.design": rows_of(Design), "designs.order": rows_of(Order)}
