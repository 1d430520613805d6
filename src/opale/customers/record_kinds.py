"""Customers can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.customers.acts.subjects import CUSTOMER
from opale.discussions.ports import RecordKind

RECORD_KINDS = (
    RecordKind(
        record_type="customer",
        subject=CUSTOMER,
        cannot_open=_("%(name)s can't open this customer, so can't be mentioned."),
    ),
)
