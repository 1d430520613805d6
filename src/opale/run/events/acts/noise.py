"""The act of the noise report: count anew."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import HOME, Subject, button, place
from opale.run.events.actions.noise import request_noise_report
from opale.run.events.rights import WORK

NOISE: Subject[Any] = Subject(
    name="noise",
    page="alerts/noise/",
    home=place("events_noise", _("Noise report")),
    region=HOME,
)
ACTS = (
    button(
        NOISE, request_noise_report, "count_noise", WORK, noun=None, page="count", icon="refresh",
        said=_("Counting. The report appears here when it is ready."),
    ),
)  # fmt: skip
