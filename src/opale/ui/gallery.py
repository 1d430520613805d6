"""Gallery of every component in every state, to check by eye, by axe and by keyboard."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.kernel.history import Difference, Revision
from opale.kernel.models import Heartbeat
from opale.ui import graph
from opale.ui.components.badges import SEVERITIES
from opale.ui.components.charts import Chart, Series
from opale.ui.components.lists import Chip, Step, Tab
from opale.ui.current_actor import current_actor
from opale.ui.pickers import Choice, PickerField, picker_response
from opale.ui.side_pane import targets_side_pane
from opale.ui.toasts import toast
from opale.ui.typed_dates import WhenField

View = Callable[..., HttpResponse]

PLACES = (
    Choice("1", "Rennes", "35000"),
    Choice("2", "Lille", "59000"),
    Choice("3", "Marseille", "13000"),
    Choice("4", "Saint-Étienne", "42000"),
)


class SampleForm(forms.Form):
    subject = forms.CharField(label=pgettext_lazy("sample", "Subject"), max_length=120)
    kind = forms.ChoiceField(
        label=pgettext_lazy("sample", "Kind"),
        choices=[("a", gettext_lazy("Request")), ("b", gettext_lazy("Incident"))],
    )
    place = PickerField(
        label=pgettext_lazy("sample", "Place"),
        url_name="ui_gallery_pick",
        required=False,
        help_text=gettext_lazy("Type a few letters; recent choices come first."),
    )
    due = WhenField(label=pgettext_lazy("sample", "Due"), required=False)
    text = forms.CharField(
        label=pgettext_lazy("sample", "Text"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    urgent = forms.BooleanField(
        label=gettext_lazy("Notify the customer now"),
        required=False,
        help_text=gettext_lazy("A message is sent on saving."),
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("sample", "Channel"),
        widget=forms.RadioSelect,
        choices=[("m", gettext_lazy("Mail")), ("t", gettext_lazy("Telephone"))],
    )


def sample_graph() -> str:
    nodes = [
        graph.Node("power", "pdu-ren-01-a", -2, _("Power"), severity="clear"),
        graph.Node("fibre", "fibre-ren-lil-primary", -1, _("Fibre"), severity="critical"),
        graph.Node("router", "rtr-ren-core-01", -1, _("Router"), severity="clear"),
        graph.Node("link", "link-ren-lil-01", 0, _("Link"), severity="major"),
        graph.Node("vpn", "VPN Rennes ↔ Lille", 1, _("Service")),
        graph.Node("net", _("Internet access"), 1, _("Service")),
        graph.Node("acme", "Acme", 2, _("Customer")),
        graph.Node("beta", "Beta", 2, _("Customer")),
    ]
    edges = [
        graph.Edge("power", "router"),
        graph.Edge("fibre", "link"),
        graph.Edge("router", "link"),
        graph.Edge("link", "vpn"),
        graph.Edge("link", "net"),
        graph.Edge("vpn", "acme"),
        graph.Edge("net", "acme"),
        graph.Edge("net", "beta"),
    ]
    return graph.draw(nodes, edges, here="link", label=_("Dependencies of the link"))


def sample_chart() -> Chart:
    return Chart(
        _("Tickets received per hour"),
        [f"{hour:02}:00" for hour in range(0, 24, 2)],
        [
            Series(_("today"), [3, 2, 1, 2, 9, 14, 11, 8, 12, 9, 5, 4], "accent", "bar"),
            Series(_("usual"), [2, 2, 2, 3, 7, 10, 10, 8, 9, 7, 4, 3], "quiet", "line"),
        ],
    )


def sample_history() -> list[Revision]:
    """Return a sample history; only the words of its changes matter, so any model will do."""
    now, anna, marc = clock.now(), "Ana Ruiz", "Jean-Marc Morel"
    row = Heartbeat(process="Léa Chevallier")
    renamed = Difference("process", _("Name"), "Acme", "Acme Industries")
    return [
        Revision(
            Heartbeat, 1, now - timedelta(minutes=8), "", anna, "", False, False, (renamed,), row
        ),
        Revision(
            Heartbeat,
            2,
            now - timedelta(days=2),
            "",
            marc,
            pgettext("sample", "Requested by telephone"),
            True,
            False,
            (),
            row,
            pgettext("sample", "a contact"),
            "process",
        ),
        Revision(Heartbeat, 1, now - timedelta(days=40), "", anna, "", True, False, (), row),
    ]


def sample_page() -> dict[str, object]:
    now = clock.now()
    return {
        "now": now,
        "severities": list(SEVERITIES),
        "tones": (
            ("new", pgettext("sample", "New")),
            ("active", pgettext("sample", "Active")),
            ("waiting", pgettext("sample", "Waiting")),
            ("done", pgettext("sample", "Done")),
            ("bad", pgettext("sample", "Failed")),
            ("closed", pgettext("sample", "Closed")),
        ),
        "moments": [
            now - timedelta(seconds=20),
            now - timedelta(minutes=8),
            now - timedelta(hours=3, minutes=5),
            now - timedelta(days=2),
            now + timedelta(hours=1),
            now - timedelta(days=40),
        ],
        "started": now - timedelta(hours=1),
        "soon": now + timedelta(minutes=9),
        "later": now + timedelta(hours=2, minutes=10),
        "late": now - timedelta(minutes=12),
        "left": timedelta(hours=3, minutes=20),
        "tabs": [
            Tab(_("Conversation"), "?", here=True, count=8),
            Tab(_("History"), "?tab=history"),
            Tab(pgettext("sample", "Time"), "?tab=time", count=2),
        ],
        "chips": [
            Chip(pgettext("sample", "Open"), "?", on=True, removable=True),
            Chip(pgettext("sample", "Mine"), "?mine=1"),
            Chip(pgettext("sample", "Due in one hour"), "?due=1"),
        ],
        "steps": [
            Step(_("File uploaded"), "done"),
            Step(_("Preview"), "here"),
            Step(_("Import"), "later"),
        ],
        "history": sample_history(),
        "chart": sample_chart(),
        "graph": sample_graph(),
        "gallery_region_url": reverse("ui_gallery_region"),
        "lines": (
            (48213, "critical", 1, _("Rennes ↔ Lille link down"), "Camille Lefèvre"),
            (48209, "major", 2, _("Mail is slow for the whole office"), "Jean-Marc Morel"),
            (48201, "minor", 3, _("Add a DNS record for the shop"), ""),
            (48190, "info", 4, _("Visit to the datacentre on Thursday"), "Ana Ruiz"),
            (48177, "clear", 5, _("Question about the last invoice"), "Zoë Adams"),
        ),
        "people": ("Camille Lefèvre", "Jean-Marc Morel", "Ana Ruiz", "Yanis Benali", "Zoë Adams"),
    }


def for_employees(view: View) -> View:
    """Show the gallery to people who work with Opale: it is no page for customers or visitors."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if current_actor(request).kind != "person":
            raise NotFound
        return view(request, *args, **named)

    return guarded


@require_GET
@for_employees
def show(request: HttpRequest) -> HttpResponse:
    bad = SampleForm({"due": "hier soir peut-être"})
    context = sample_page() | {"form": SampleForm(auto_id="id_fresh_%s"), "bad": bad}
    return render(request, "ui/gallery.html", context)


@require_GET
@for_employees
def work(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Return a list with a pane beside it: J and K move through it without leaving the page."""
    partial = targets_side_pane(request)
    name = "ui/_gallery_open.html" if partial else "ui/gallery_work.html"
    page = sample_page()
    lines: Any = page["lines"]
    opened = next((line for line in lines if line[0] == number), None)
    return render(request, name, page | {"number": number, "opened": opened})


@require_GET
@for_employees
def region(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/_gallery_region.html", sample_page())


@require_GET
@for_employees
def lines(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/_gallery_list.html", sample_page())


@require_GET
@for_employees
def reason(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_("Impact 2 and urgency 1 give priority 1 in this plan."))


@require_POST
@for_employees
def done(request: HttpRequest) -> HttpResponse:
    undo = "" if "undone" in request.GET else f"{request.path}?undone=1"
    text = _("Change undone.") if "undone" in request.GET else _("Ticket taken.")
    return toast(HttpResponse(status=204), text, undo=undo)


@require_GET
@for_employees
def pick(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").casefold()
    return picker_response(request, [c for c in PLACES if asked in c.label.casefold()])
