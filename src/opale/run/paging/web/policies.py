"""Pages of escalation policies: their order, content and versions."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers.queries.customers import customers
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.queries.people import people
from opale.run.paging.actions import policies
from opale.run.paging.domain.escalation_plans import MAX_STEPS, PolicyContent
from opale.run.paging.forms.policies import PolicyForm, edit_rows, read_rows
from opale.run.paging.models import EscalationPolicy
from opale.run.paging.queries import policies as policy_queries
from opale.run.paging.rights import EDIT, READ
from opale.run.paging.web.condition_texts import condition_texts, load_policy_names
from opale.run.paging.web.plan_lines import dry_run_lines
from opale.ui import pickers
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

CHANGE: Final = "change_steps"
"""The name of the buttons that add, move and remove steps."""
form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    found = list(policy_queries.policies(seen_by=request.actor))
    contents = policy_queries.current_contents(policy_queries.policies(seen_by=request.actor))
    named = load_policy_names(contents.values(), seen_by=request.actor)
    context = {
        "lines": [
            (one, contents[one.pk], condition_texts(contents[one.pk].conditions, named))
            for one in found
        ],
        "may_edit": request.actor.can(EDIT),
    }
    template = "paging/policies/_list.html" if request.htmx else "paging/policies/list.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def show(request: ActorRequest, policy_id: int) -> HttpResponse:
    policy = policy_queries.get_policy(policy_id, seen_by=request.actor)
    content = policy_queries.current_content(policy)
    tried = policy_queries.dry_run_policy(policy, content, at=clock.now())
    context = {
        "policy": policy,
        "content": content,
        "conditions": condition_texts(
            content.conditions, load_policy_names([content], seen_by=request.actor)
        ),
        "versions": policy_queries.versions_of(policy)[:20],
        "tried": tried,
        "steps": dry_run_lines(tried),
        "may_edit": request.actor.can(EDIT),
        "use": policy_queries.use_of_policy(policy),
    }
    return render(request, "paging/policies/show.html", context)


@require_GET
@needs(EDIT)
def pick_person(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )


@require_GET
@needs(EDIT)
def pick_customer(request: ActorRequest) -> HttpResponse:
    found = customers(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(c.pk), c.name, c.code) for c in shown)
    )


@form_verbs
@needs(EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = _form(request)
    made: list[EscalationPolicy] = []
    return _form_page(
        request,
        form,
        lambda: made.append(policies.create_policy(**form.said(), by=request.actor)),
        lambda: made[0],
        title=_("New policy"),
        back=reverse("paging_policies"),
    )


@form_verbs
@needs(EDIT)
def edit(request: ActorRequest, policy_id: int) -> HttpResponse:
    policy = policy_queries.get_policy(policy_id, seen_by=request.actor)
    form = _form(request, policy, policy_queries.current_content(policy))
    return _form_page(
        request,
        form,
        lambda: policies.edit_policy(policy, **form.said(), by=request.actor),
        lambda: policy,
        title=policy.name,
        back=reverse("paging_policy", args=[policy.pk]),
    )


def _form(
    request: ActorRequest,
    policy: EscalationPolicy | None = None,
    content: PolicyContent | None = None,
) -> PolicyForm:
    """Return the form; after a button that changes its steps, what was typed with other steps."""
    if change := request.POST.get(CHANGE, ""):
        rows = edit_rows(read_rows(request.POST), change)
        return PolicyForm(
            by=request.actor, policy=policy, content=content, typed=request.POST, rows=rows
        )
    return PolicyForm(request.POST or None, by=request.actor, policy=policy, content=content)


def _form_page(
    request: ActorRequest,
    form: PolicyForm,
    act: Callable[[], object],
    made: Callable[[], EscalationPolicy],
    *,
    title: str,
    back: str,
) -> HttpResponse:
    if form.is_bound and submit_form(form, act):
        toast_next(request, _("Policy saved. Pages already running keep the previous version."))
        return redirect("paging_policy", made().pk)
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "title": title,
        "back": back,
        "full": len(form.rows) >= MAX_STEPS,
    }
    changes_steps = request.htmx and CHANGE in request.POST
    template = "paging/policies/_form_steps.html" if changes_steps else "paging/policies/edit.html"
    return render(request, template, context, status=status)
