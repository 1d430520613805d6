"""Orders can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.orders.acts import ORDER
from opale.discussions.ports import RecordKind

RECORD_KINDS = (
    RecordKind(
        record_type="order",
        subject=ORDER,
        cannot_open=_("%(name)s can't open this order, so can't be mentioned."),
    ),
)
