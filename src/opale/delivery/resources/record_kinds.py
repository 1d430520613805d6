"""Resource requests can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.resources.acts import REQUEST
from opale.discussions.ports import RecordKind

RECORD_KINDS = (
    RecordKind(
        record_type="resource-request",
        subject=REQUEST,
        cannot_open=_("%(name)s can't open this resource request, so can't be mentioned."),
    ),
)
