"""Acts of resource requests: request, answer, agree and withdraw."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, create, form
from opale.delivery.resources.actions import answers, requests
from opale.delivery.resources.forms import CounterForm, RefusalForm, RequestForm, usual_need
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.queries import requests as request_queries
from opale.delivery.resources.rights import ANSWER, ASK
from opale.delivery.resources.shapes import ResourceRequestOut
from opale.delivery.resources.states import AGREE, COUNTER, REFUSE, WITHDRAW


def place_of(row: ResourceRequest) -> Place:
    return reverse("resources_show", args=[row.pk]), row.purpose


REQUESTS: Subject[ResourceRequest] = Subject(
    name="requests", page="resources/", endpoint="/resource-requests",
    home=lambda _none: (reverse("resources_list"), _("Resources")),
)  # fmt: skip
REQUEST = Subject(
    name="request", model=ResourceRequest, get=request_queries.get_request,
    shape=ResourceRequestOut,
    page="resources/<int:resource_request_id>/",
    endpoint="/resource-requests/{int:resource_request_id}", home=place_of,
)  # fmt: skip

ACTS = (
    create(
        REQUESTS, requests.create_request, "ask_for_resource", ASK, RequestForm, made=REQUEST,
        noun="",
        optional={"level"}, initial=lambda _none, _by: usual_need(), title=_("Ask for somebody"),
        submit=_("Ask"), icon="plus", key="c", tone="primary",
        said=_("It is asked; the lead of the team answers."),
        text="The lead of the team answers within two days of work.",
    ),
    form(
        REQUEST, answers.counter_request, "offer_date", ANSWER, CounterForm, move=COUNTER,
        noun="counter", names={"counter_on": "on"}, title=_("Offer another date"),
        submit=_("Offer"), label=_("Offer another date"), icon="calendar-time",
        initial=lambda row, _by: {"counter_on": row.since + timedelta(days=7)},
        said=_("The date is offered."),
    ),
    form(
        REQUEST, answers.refuse_request, "refuse_resource_request", ANSWER, RefusalForm,
        move=REFUSE, noun="refusal", title=_("Refuse the request"), submit=_("Refuse"), icon="x",
        said=_("The request is refused."),
    ),
    button(
        REQUEST, requests.agree_to_date, "agree_to_date", ASK, move=AGREE, noun="agreement",
        icon="check", tone="primary", said=_("The date is agreed; the lead names somebody."),
        text="The day that was offered becomes the wish, and the lead names somebody.",
    ),
    button(
        REQUEST, requests.withdraw_request, "withdraw_resource_request", ASK, move=WITHDRAW,
        noun="withdrawal", said=_("The request is withdrawn."),
    ),
)  # fmt: skip
