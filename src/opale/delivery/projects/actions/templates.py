"""Actions of delivery templates of offerings; running projects do not change.

Source: docs/rules/projects.md, "Templates".
"""

from collections.abc import Mapping
from typing import Any

from opale.customers.models import Offering
from opale.delivery.projects.domain.template_content import content_record, parse_content
from opale.delivery.projects.models import ProjectTemplate
from opale.delivery.projects.rights import TEMPLATES
from opale.kernel import live_topics
from opale.kernel.action_steps import require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed

LIST = "projects.templates"


def write_template(offering: Offering, content: Mapping[str, Any], *, by: Actor) -> ProjectTemplate:
    """Give an offering a template of its own, or replace it. Errors: NotAllowed, Invalid."""
    require_everywhere(by, TEMPLATES)
    kept = content_record(parse_content(content))
    with attributed(by):
        row = ProjectTemplate.objects.select_for_update().filter(offering=offering).first()
        if row is None:
            row = ProjectTemplate.objects.create(offering=offering, content=kept)
        else:
            update_changed(row, {"content": kept})
        live_topics.publish(LIST)
    return row


def drop_template(offering: Offering, *, by: Actor) -> None:
    """Delete the offering's own template: its family's applies again. Errors: NotAllowed."""
    require_everywhere(by, TEMPLATES)
    with attributed(by):
        ProjectTemplate.objects.filter(offering=offering).delete()
        live_topics.publish(LIST)
