"""What must be so for every declared act; each check names the faults that it finds.

The rows and bodies are those of the table of routes: an act is tried as its page or endpoint is.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.forms import FileField
from django.http import QueryDict
from tests.architecture.house import House
from tests.architecture.route_table import API_ROOT, PARAMETER, Row, filled_body, rows
from tests.personas import ANONYMOUS_VISITOR, MAKER

from opale.acts.action_calls import call_action
from opale.acts.bodies import body_of, public_name
from opale.acts.bound_forms import arguments, form_of, read_body
from opale.acts.declarations import Act, Things
from opale.acts.registry import all_acts
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, NotAllowed, NotFound, OpaleError
from opale.kernel.states import Move
from opale.organisation.queries.matrix import declared_rights

WIDER = {"organisation.edit_self": "organisation.edit"}
"""Rights that stand for another one: who edits everybody edits also one's own."""


def declared() -> list[Act]:
    """Every act that stands at an address."""
    return sorted(all_acts(), key=lambda act: act.name)


def row_of(act: Act) -> Row:
    """The row of the table of routes by which an act is tried: that of its page, if it has one."""
    if act.page is not None:
        return rows()[f"POST /{act.page_address}"]
    return rows()[f"{act.verb} /{API_ROOT}{_untyped(act.endpoint_address).lstrip('/')}"]


def found_by(act: Act, named: dict[str, Any], house: House) -> Things:
    """The rows of an act's address; where they are somebody's own, as that person finds them."""
    try:
        return act.subject.find(named, seen_by=MAKER)
    except NotFound:
        answers = row_of(act).expected.items()
        own = next(n for n, status in answers if status < 400 and n != ANONYMOUS_VISITOR)
        return act.subject.find(named, seen_by=house.actors[own])


def _untyped(address: str) -> str:
    return re.sub(r"{\w+:(\w+)}", r"{\1}", address)


def named_by(act: Act, house: House) -> dict[str, Any]:
    """What the parameters of an act's address are in the house."""
    row = row_of(act)
    return {name: house.things[row.named.get(name, name)] for name in PARAMETER.findall(row.url)}


def fields_for(act: Act, things: Things, house: House) -> dict[str, Any]:
    """What the action is given of the row's body, as its door reads it.

    Of a body that the page refuses with 422, as its row says, it is what is right in it.
    """
    if act.form is None:
        return {}
    said = filled_body(row_of(act).body, house.things)
    if act.page is None:
        body = body_of(act)
        return read_body(act, body(**said), things, MAKER) if body else {}
    files = {
        name: SimpleUploadedFile("note.txt", b"Agreed")
        for name, field in act.form.base_fields.items()
        if isinstance(field, FileField)
    }
    form = form_of(act, things, MAKER, _posted(said), files=files)
    if not form.is_valid() and 422 not in row_of(act).expected.values():
        raise AssertionError(f"{act.name}: the row's body is refused: {form.errors.as_text()}")
    return arguments(form)


def _posted(said: Mapping[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in said.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def without_right(act: Act, house: House) -> Iterator[str]:
    """Say it where the action does not ask for the right of its act."""
    named = named_by(act, house)
    move = act.chosen(named)
    things = found_by(act, named, house)
    fields = fields_for(act, things, house)
    rights = {move.right if move is not None else act.right, *act.others}
    rights |= {WIDER[right] for right in rights if right in WIDER}
    held = {right: EVERYTHING for right in declared_rights() if right not in rights}
    other = Actor("person", "user:0", "Somebody", grants=held)
    with transaction.atomic():
        try:
            call_action(act, things, by=other, fields=fields, move=move)
        except NotAllowed:
            pass
        except OpaleError as refusal:
            yield f"{act.name}: without {act.right} it says {type(refusal).__name__}"
        else:
            yield f"{act.name}: it is done without {act.right}"
        transaction.set_rollback(True)


def wrongly_offered(act: Act, house: House) -> Iterator[str]:
    """Say in which states of its row an act is offered and refused, or a move is neither."""
    field = _state_of(act)
    if field is None or (act.page is None and act.move is None and not act.states):
        return  # what has no button and names no state is offered in none
    named = named_by(act, house)
    act.chosen(named)
    row = found_by(act, named, house)[act.subject.name]
    for move in act.among.values() or (act.move,):
        for state, _label in field.flatchoices:
            with transaction.atomic():
                yield from _wrong_in(act, move, str(state), named, row, house)
                transaction.set_rollback(True)


def _state_of(act: Act) -> Any:
    fields = {} if act.subject.model is None else act.subject.model._meta.fields
    return next((one for one in fields if one.name == "state" and one.choices), None)


def _wrong_in(
    act: Act, move: Move | None, state: str, named: dict[str, Any], row: Any, house: House
) -> Iterator[str]:
    try:
        with attributed(MAKER):
            type(row)._base_manager.filter(pk=row.pk).update(state=state)
    except DatabaseError:
        return  # no row like this one can be in this state
    try:
        things = found_by(act, named, house)
    except NotFound:
        return  # a row in this state is shown to nobody
    offered = act.offered(things, MAKER, move)
    try:
        call_action(act, things, by=MAKER, fields=fields_for(act, things, house), move=move)
        refused, done = False, True
    except IllegalMove:
        refused, done = True, False
    except OpaleError:
        return  # refused for another reason: nothing is said about the state
    called = f"{act.name}.{move.name}" if act.among and move else act.name
    if offered and refused:
        yield f"{called}: offered in the state {state}, which refuses it"
    if move is not None and done and not offered:
        yield f"{called}: not offered in the state {state}, in which it can be done"


def differing(act: Act, house: House) -> Iterator[str]:
    """Say what the form asks on its page and not in the body, or the other way round.

    Where programs send another form, the two differ.
    """
    if act.form is None or act.body is not None or act.page is None or act.noun is None:
        return
    named = named_by(act, house)
    act.chosen(named)
    form = form_of(act, found_by(act, named, house), MAKER)
    body = body_of(act)
    sent = set(body.model_fields) if body else set()
    shown = {public_name(act, name, field): field for name, field in form.fields.items()}
    for name in sorted(sent ^ set(shown)):
        yield f"{act.name}: {name} is only {'sent' if name in sent else 'shown'}"
    if act.verb == "PATCH" or body is None:
        return
    for name in sorted(sent & set(shown)):
        if body.model_fields[name].is_required() and not shown[name].required:
            yield f"{act.name}: {name} must be sent, and may be left out on the page"
