"""Records of projects that can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.projects.acts.subjects import PROJECT
from opale.discussions.ports import Discussed

DISCUSSED = (
    Discussed(
        record_type="project",
        subject=PROJECT,
        cannot_open=_("%(name)s can't open this project, so can't be mentioned."),
    ),
)
