"""Act of templates: return to the family's template."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import remove
from opale.delivery.projects.actions import templates
from opale.delivery.projects.acts.subjects import TEMPLATE
from opale.delivery.projects.rights import TEMPLATES

ACTS = (
    remove(
        TEMPLATE, templates.drop_template, "drop_project_template", TEMPLATES, page="family",
        label=_("Use family template"),
        said=_("The offering uses its family template again."),
        text="The offering uses its family template again.",
    ),
)  # fmt: skip
