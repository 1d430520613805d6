"""How an offering is delivered is written down; running projects stay as they are.

Source: docs/rules/projects.md, "Templates".
"""

from collections.abc import Mapping
from typing import Any

from opale.build.projects.contents import read, written
from opale.build.projects.models import ProjectTemplate
from opale.build.projects.rights import TEMPLATES
from opale.customers.models import Offering
from opale.kernel import changes
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.writing import amend, require_everywhere

LIST = "projects.templates"


def write_template(offering: Offering, content: Mapping[str, Any], *, by: Actor) -> ProjectTemplate:
    """Give an offering its own template, or another one. Errors: NotAllowed, Invalid."""
    require_everywhere(by, TEMPLATES)
    kept = written(read(content))
    with acting(by):
        row = ProjectTemplate.objects.select_for_update().filter(offering=offering).first()
        if row is None:
            row = ProjectTemplate.objects.create(offering=offering, content=kept)
        else:
            amend(row, {"content": kept})
        changes.touch(LIST)
    return row


def drop_template(offering: Offering, *, by: Actor) -> None:
    """Deliver the offering as its family again. Errors: NotAllowed."""
    require_everywhere(by, TEMPLATES)
    with acting(by):
        ProjectTemplate.objects.filter(offering=offering).delete()
        changes.touch(LIST)
