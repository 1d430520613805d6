"""The act that allows figures by person, or forbids them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Label, Subject, form, place
from opale.kernel.actor import Actor
from opale.organisation.actions.person_figures import set_person_figures
from opale.organisation.forms import PersonFiguresForm
from opale.organisation.models import PersonFigures
from opale.organisation.queries.person_figures import are_people_counted
from opale.organisation.rights import ADMINISTER
from opale.organisation.shapes import PersonFiguresOut


def other_choice(_none: None, _by: Actor) -> dict[str, Any]:
    return {"allowed": not are_people_counted()}


def outcome(_none: None, made: PersonFigures) -> Label:
    return _("Figures by person allowed.") if made.allowed else _("Figures by person forbidden.")


PERSON_FIGURES: Subject[PersonFigures] = Subject(
    name="person_figures", page="settings/figures-by-person/", endpoint="/figures-by-person",
    home=place("organisation_person_figures", _("Figures by person")),
)  # fmt: skip
ACTS = (
    form(
        PERSON_FIGURES, set_person_figures, "set_person_figures", ADMINISTER, PersonFiguresForm,
        noun="", page="change", verb="PUT", gives=PersonFiguresOut, initial=other_choice,
        title=_("Figures by person"), submit=_("Save"), label=_("Edit"), said=outcome,
    ),
)  # fmt: skip
