"""Endpoints of acts, for programs."""

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from django.http import HttpResponse
from ninja import Router, Schema
from ninja.responses import Status

from opale.acts import registry
from opale.acts.action_calls import call_action
from opale.acts.bodies import body_of, public_errors
from opale.acts.bound_forms import read_body
from opale.acts.declarations import Act, Subject, Things
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_changed
from opale.kernel.errors import Invalid
from opale.kernel.states import Move

PARAMETERS: Final = re.compile(r"{(?:(\w+):)?(\w+)}")


def endpoints(router: Router, acts: Iterable[Act]) -> None:
    """Add the endpoints of the acts that programs may do."""
    for act in acts:
        if act.noun is not None:
            registry.register(act)
            router.add_api_operation(
                act.endpoint_address,
                [act.verb],
                endpoint(act),
                response=_responses(act),
                auth=may(act.right, *act.others),
            )


def _responses(act: Act) -> Any:
    if act.made is not None:
        return {201: act.made.shape if isinstance(act.made, Subject) else act.made}
    if act.gives is not None:
        return {act.status: act.gives}
    return {204: None} if _is_silent(act) else {act.status: act.subject.shape}


def _is_silent(act: Act) -> bool:
    return act.verb == "DELETE" or act.status == 204


def endpoint(act: Act) -> Callable[..., Any]:
    """Return the view of one act, with the signature that describes it."""
    body = body_of(act)

    def view(request: ActorRequest, **named: Any) -> Any:
        said, move = named.pop("body", None), act.chosen(named)
        if act.secret:
            named.pop("response").headers["Cache-Control"] = "no-store"
        above = act.subject.found_above(named, seen_by=request.actor)
        if act.verb == "PATCH":
            made = _changed(request, act, named, above, said)
        elif act.subject.get is None:
            made = _run(request, act, above, said, move)
        else:
            row = act.subject.again(named, above, seen_by=request.actor)
            made = _run(request, act, act.subject.with_above(row, above), said, move)
        return _answer(request, act, named, above, made)

    view.__signature__ = _signature(act, body)  # type: ignore[attr-defined]  # read by ninja
    view.__name__, view.__doc__ = act.name, act.description
    return view


def _signature(act: Act, body: type[Schema] | None) -> inspect.Signature:
    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [inspect.Parameter("request", either)]
    for kind, name in PARAMETERS.findall(act.endpoint_address):
        annotation: Any = int if kind == "int" else str
        if name == act.choice:
            annotation = Literal[tuple(act.among)]
        found.append(inspect.Parameter(name, either, annotation=annotation))
    if body is not None:
        # Where all may be left out, so may the body.
        unasked = act.verb != "PATCH" and set(act.fields) <= set(act.optional)
        default = None if unasked else inspect.Parameter.empty
        found.append(inspect.Parameter("body", either, annotation=body, default=default))
    if act.secret:
        found.append(inspect.Parameter("response", either, annotation=HttpResponse))
    return inspect.Signature(found)


def _run(request: ActorRequest, act: Act, things: Things, said: Any, move: Move | None) -> Any:
    fields = read_body(act, said, things, request.actor) if said is not None else {}
    try:
        return call_action(
            act, things, by=request.actor, fields=fields, move=move, credential=request.credential
        )
    except Invalid as refusal:
        if not refusal.fields:
            raise
        named = public_errors(act, act.fields, refusal.fields.items())
        raise Invalid(refusal.detail, **named) from None


def _changed(
    request: ActorRequest, act: Act, named: dict[str, Any], above: Things, said: Any
) -> Any:
    """Change a row that is still as the author read it."""
    subject = act.subject
    one = subject.locked_among(named, above, seen_by=request.actor)
    with unless_changed(request, one, subject.shape) as row:
        return _run(request, act, subject.with_above(row, above), said, act.move)


def _answer(
    request: ActorRequest, act: Act, named: dict[str, Any], above: Things, made: Any
) -> Any:
    if isinstance(act.made, Subject):
        return Status(201, act.made.reread(made, seen_by=request.actor))
    if act.made is not None:
        return Status(201, made)
    if act.gives is not None:
        return Status(act.status, made)
    if _is_silent(act):
        return Status(204, None)
    return Status(act.status, act.subject.again(named, above, seen_by=request.actor))
