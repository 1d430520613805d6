"""Records of projects that can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.projects.acts.subjects import DELIVERABLE, PACKAGE, PROJECT
from opale.delivery.projects.models import Deliverable, WorkPackage
from opale.discussions.ports import RecordKind


def title_of(row: WorkPackage | Deliverable) -> str:
    """Return the name of a part of a project, with the project's number."""
    return f"{row.title}, P-{row.project.number}"


RECORD_KINDS = (
    RecordKind(
        record_type="project",
        subject=PROJECT,
        cannot_open=_("%(name)s can't open this project, so can't be mentioned."),
    ),
    RecordKind(
        record_type="work-package",
        subject=PACKAGE,
        title=title_of,
        own_page=True,
        cannot_open=_("%(name)s can't open this project, so can't be mentioned."),
    ),
    RecordKind(
        record_type="deliverable",
        subject=DELIVERABLE,
        title=title_of,
        own_page=True,
        cannot_open=_("%(name)s can't open this project, so can't be mentioned."),
    ),
)
