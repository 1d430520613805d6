"""Roster proposals can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.discussions.ports import RecordKind
from opale.run.shifts.acts.subjects import PROPOSAL
from opale.run.shifts.queries.proposals import title_of

RECORD_KINDS = (
    RecordKind(
        record_type="roster-proposal",
        subject=PROPOSAL,
        title=title_of,
        cannot_open=_("%(name)s can't open this proposal, so can't be mentioned."),
    ),
)
