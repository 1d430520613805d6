"""Whether a row of the desk is one's own: the choice of it in forms."""

from typing import Any

from django import forms

from opale.kernel.actor import Actor
from opale.run.desk.rights import ADMINISTER, WORK


def fix_personal(form: forms.Form, row: Any, by: Actor, *, editable: bool) -> bool | None:
    """Remove the choice whether a row is one's own where the actor has none; return what it is.

    Only leads may edit shared ones, everybody their own.
    """
    fixed = None
    if (row is not None and row.person_id is None) or not by.can(WORK) or by.person_id is None:
        fixed = False
    elif not by.can(ADMINISTER):
        fixed = True
    if fixed is not None:
        del form.fields["personal"]
    for field in form.fields.values():
        field.disabled = not editable
    return fixed
