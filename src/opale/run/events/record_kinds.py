"""Alerts can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.discussions.ports import RecordKind
from opale.run.events.acts.alerts import ALERT

RECORD_KINDS = (
    RecordKind(
        record_type="alert",
        subject=ALERT,
        cannot_open=_("%(name)s can't open this alert, so can't be mentioned."),
    ),
)
