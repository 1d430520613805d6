"""Pages of acts: forms and buttons at their addresses."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from opale.acts import bound_forms, registry
from opale.acts.action_calls import call_action
from opale.acts.declarations import Act, Label, Place, Region, Subject, Things
from opale.acts.regions import LIST, answered, list_address
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.ui.change_previews import Assumed, asks_preview, preview_drawn
from opale.ui.forms import form_drawn, submit_form
from opale.ui.side_pane import targets_panel, targets_side_pane
from opale.ui.toasts import Tone, toast

OFFERED: Final = "offered"
"""Posted by a button that stands for a filled form: what is refused is said in a toast."""
DONE: Final[Tone] = "done"
NOTHING: Final[Mapping[str, Any]] = {}


def pages(prefix: str, acts: Iterable[Act]) -> list[URLPattern]:
    """Return the addresses of acts for people, named `<prefix>_<act>`, as buttons know them."""
    found = []
    for act in acts:
        if act.page is not None:
            url_name = f"{prefix}_{act.url_name}"
            registry.register(act, url_name)
            found.append(path(act.page_address, page(act, prefix), name=url_name))
    return found


def page(act: Act, prefix: str) -> Callable[..., HttpResponseBase]:
    """Return the view of one act."""
    verbs = ["POST"] if act.direct or act.form is None else ["GET", "POST"]

    @require_http_methods(verbs)
    @needs(act.right, *act.others)
    def view(request: ActorRequest, /, **named: Any) -> HttpResponse:
        move = act.chosen(named)
        things = act.subject.find(named, seen_by=request.actor)
        form, made = _form(request, act, things), []

        def run(assumed: Mapping[str, Any] = NOTHING) -> None:
            fields = bound_forms.arguments(form) if form is not None else {}
            fields |= {name: value for name, value in assumed.items() if not fields.get(name)}
            done = call_action(
                act, things, by=request.actor, fields=fields, move=move,
                credential=request.credential,
            )  # fmt: skip
            made.append(done)

        # A button that fills the form in by itself: no form is open to show what is refused.
        pressed = act.direct or (request.htmx and OFFERED in request.POST)
        if form is None or pressed:
            if form is not None and not form.is_valid():
                raise Invalid(**{name: " ".join(map(str, e)) for name, e in form.errors.items()})
            run()
            return _done(request, act, things, made[0], prefix)
        previews = act.previews and not form.is_multipart()
        watched = act.subject.watched(things, seen_by=request.actor) if previews else None
        if asks_preview(request):
            assumed = Assumed(act.assumed, lambda: run(act.assumed)) if act.assumed else None
            return preview_drawn(request, form, watched, run, assumed, note=act.preview_note)
        # Before the form is read: one of a model writes into its row what is refused as well.
        title, (back, back_label) = worded(act.title, act.subject, things), _place(act, things)
        if request.method == "POST" and submit_form(form, run):
            return _done(request, act, things, made[0], prefix)
        return form_drawn(
            request,
            form,
            title=title,
            button=act.submit,
            back=back,
            back_label=back_label,
            acts="ui/_beside.html" if act.beside else "",
            previews=watched is not None,
            about={"beside": act.beside, "row": things.get(act.subject.name) or act.subject.name},
        )

    view.__name__, view.__doc__ = act.name, act.description
    return view


def _form(request: ActorRequest, act: Act, things: Things) -> Any:
    if act.form is None:
        return None
    if request.method == "POST":
        return bound_forms.form_of(act, things, request.actor, request.POST, files=request.FILES)
    asked = {n: v for n, v in request.GET.items() if n in act.form.base_fields}
    filled = bound_forms.initial_of(act, act.form, things, request.actor) | asked
    return bound_forms.form_of(act, things, request.actor, initial=filled)


def _place(act: Act, things: Things) -> Place:
    return (act.home or act.subject.home)(things.get(act.subject.name))


def _done(request: ActorRequest, act: Act, things: Things, made: Any, prefix: str) -> HttpResponse:
    """Return the answer after an act: its own, its region, or a redirect with its words.

    Of an act on a line of a list, the list as it was filtered and sorted.
    """
    row = things.get(act.subject.name)
    if act.verb == "PATCH" and isinstance(row, Model):
        with suppress(ObjectDoesNotExist):  # another row may stand in its place
            row.refresh_from_db()  # its address may be another now
    own = act.answer(request, row, made) if act.answer is not None else None
    if own is None:
        own = _answer_in_place(request, act, things, made, prefix)
    if own is not None:
        return own
    if listed := _listed(request, act):
        return redirect(listed)
    if act.success_url is not None:
        return redirect(act.success_url(row, made))
    if isinstance(act.made, Subject) and act.home is None:
        return redirect(act.made.home(made)[0])
    return redirect(_place(act, things)[0])


def _listed(request: ActorRequest, act: Act) -> str:
    """Return the address of the list that an act on one of its lines stays on, if any."""
    return "" if act.opens else list_address(request)


def _answer_in_place(
    request: ActorRequest, act: Act, things: Things, made: Any, prefix: str
) -> HttpResponse | None:
    """Return what htmx is given with the act's words; else keep these for the next page."""
    row, tone = things.get(act.subject.name), DONE
    said = act.said(row, made) if callable(act.said) else worded(act.said, act.subject, things)
    if isinstance(said, tuple):
        said, tone = said
    undo = act.undo if said else ""
    if callable(undo):
        undo = undo(row, made)
    elif undo:
        undo = reverse(f"{prefix}_{undo}", kwargs=act.subject.named(things))
    listed = _listed(request, act)
    if listed and undo:
        undo = f"{undo}?{urlencode({LIST: listed})}"
    if act.stays and request.htmx and not listed:
        return toast(HttpResponse(status=204), str(said), tone=tone, undo=undo)
    # The button of an undo stands in a toast, not in the list: it leads the whole page there.
    drawn = listed if LIST in request.POST else ""
    region = drawn if listed else _region(request, act, things)
    return answered(request, str(said), region=region, tone=tone, undo=undo)


def _region(request: ActorRequest, act: Act, things: Things) -> str:
    """Return the address of what htmx is given after an act, if any."""
    if act.success_url is not None or targets_panel(request):
        return ""
    if act.region is not None:
        home = act.home or act.subject.home
        return _region_address(act.region, home, things.get(act.subject.name))
    if isinstance(act.made, Subject) or targets_side_pane(request):
        return ""
    subject: Subject[Any] | None = act.subject
    while subject is not None and subject.region is None:
        subject = subject.within
    if subject is None or subject.region is None:
        return ""
    return _region_address(subject.region, subject.home, things.get(subject.name))


def _region_address(region: Region, home: Callable[[Any], Place], row: Any) -> str:
    return region(row) if callable(region) else home(row)[0]


class _Words(dict[str, Any]):
    """Rows by the names of their subjects, and else the attributes of the innermost row."""

    def __init__(self, things: Things, row: Any) -> None:
        super().__init__(things, name=getattr(row, "name", row))
        self.row = row

    def __missing__(self, name: str) -> Any:
        return getattr(self.row, name)


def worded(sentence: Label, subject: Subject[Any], things: Things) -> str:
    """Return a sentence filled with its rows, each by its subject, the innermost as `name` too, and
    with that one's attributes.
    """
    text = str(sentence)
    return text % _Words(things, things.get(subject.name)) if "%(" in text else text
