"""What people are told about designs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.designs.models import Design
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.things import rows_of

ASSIGNED = Kind(
    name="designs.assigned", label=_("A design is assigned to you"),
    group=pgettext_lazy("notifications", "Designs"), icon="user-check", pace=Pace.AT_ONCE,
    sentence=_("Design %(design)s “%(title)s” for %(customer)s is assigned to you"),
)  # fmt: skip
KINDS = (ASSIGNED,)
THINGS = {"designs.design": rows_of(Design)}
