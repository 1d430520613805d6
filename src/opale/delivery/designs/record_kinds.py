"""Designs can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.designs.acts import DESIGN
from opale.discussions.ports import RecordKind

RECORD_KINDS = (
    RecordKind(
        record_type="design",
        subject=DESIGN,
        cannot_open=_("%(name)s can't open this design, so can't be mentioned."),
    ),
)
