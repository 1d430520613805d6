"""Acts of needs for staff and of rules of working time: create and remove."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, create, remove
from opale.run.shifts.actions import needs
from opale.run.shifts.acts.subjects import NEED, RULES, TEAM, place_of_patterns
from opale.run.shifts.forms.patterns import NeedForm
from opale.run.shifts.rights import EDIT
from opale.run.shifts.shapes.needs import NeedOut

ACTS = (
    create(
        TEAM, needs.create_need, "create_need", EDIT, NeedForm, made=NeedOut,
        noun="staffing-needs", page="needs/new", home=place_of_patterns,
        title=_("New requirement for %(name)s"), submit=_("Create"),
    ),
    remove(
        NEED, needs.remove_need, "remove_need", EDIT, page="removal", label=_("Remove"),
        tone="ghost", said=_("Requirement removed."),
    ),
    button(
        RULES, needs.remove_rules, "remove_rules", EDIT, noun=None, page="removal",
        label=_("Remove"), said=_("Rules deleted."),
    ),
)  # fmt: skip
