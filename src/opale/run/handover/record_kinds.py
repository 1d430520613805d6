"""Handovers can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.discussions.ports import RecordKind
from opale.run.handover.acts import HANDOVER
from opale.run.handover.queries.records import title_of

RECORD_KINDS = (
    RecordKind(
        record_type="handover",
        subject=HANDOVER,
        title=title_of,
        cannot_open=_("%(name)s can't open this handover, so can't be mentioned."),
    ),
)
