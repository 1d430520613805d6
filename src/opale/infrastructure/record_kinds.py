"""Configuration items can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.discussions.ports import RecordKind
from opale.infrastructure.acts import ITEM

RECORD_KINDS = (
    RecordKind(
        record_type="item",
        subject=ITEM,
        cannot_open=_("%(name)s can't open this item, so can't be mentioned."),
    ),
)
