"""Acts on macros and their runs; pages of macros show their uses too."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, place
from opale.run.desk.actions import macro_definitions
from opale.run.desk.actions.macros import undo_macro
from opale.run.desk.acts.subjects import place_of
from opale.run.desk.forms.macros import MacroForm
from opale.run.desk.models import Macro, MacroRun
from opale.run.desk.queries.macros import get_macro, get_macro_run
from opale.run.desk.rights import ADMINISTER, WORK
from opale.run.desk.shapes.macros import MacroOut, MacroRunOut

place_of_macros = place("desk_macros", _("Macros"))


MACROS: Subject[Macro] = Subject(
    name="macros", page="desk/macros/", endpoint="/desk/macros", home=place_of_macros
)
MACRO = Subject(
    name="macro", model=Macro, get=get_macro, shape=MacroOut, page="desk/macros/<int:macro_id>/",
    endpoint="/desk/macros/{int:macro_id}", home=place_of_macros,
)  # fmt: skip
RUN = Subject(
    name="run", model=MacroRun, get=get_macro_run, shape=MacroRunOut,
    page="macro-runs/<int:run_id>/", endpoint="/macro-runs/{int:run_id}",
    home=lambda run: place_of(run.ticket),
)  # fmt: skip

ACTS = (
    form(
        MACROS, macro_definitions.create_macro, "create_macro", WORK, MacroForm,
        others=(ADMINISTER,), noun="", page=None, made=MACRO,
        text="Shared ones need desk.administer, one's own desk.work.",
    ),
    form(
        MACRO, macro_definitions.edit_macro, "edit_macro", WORK, MacroForm, others=(ADMINISTER,),
        noun="", page=None, verb="PUT",
    ),
    button(
        MACRO, macro_definitions.retire_macro, "retire_macro", WORK, others=(ADMINISTER,),
        noun="retirement", label=_("Archive"), icon="archive", undo="reinstate_macro",
        said=_("Archived."),
    ),
    button(
        MACRO, macro_definitions.reinstate_macro, "reinstate_macro", WORK, others=(ADMINISTER,),
        noun="reinstatement", label=_("Unarchive"), icon="refresh", said=_("Unarchived."),
    ),
    button(
        RUN, undo_macro, "undo_macro", WORK, noun="undoing", stays=True, said=_("Undone."),
        text="Take all of it back; whoever ran it may, while nobody has gone on from it.",
    ),
)  # fmt: skip
