"""Escalation policies: the order in which they are asked, what each says, and its versions."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.queries import customers
from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.organisation.queries import people
from opale.run.paging import actions, queries
from opale.run.paging.models import EscalationPolicy
from opale.run.paging.rights import EDIT, READ
from opale.run.paging.web.forms import PolicyForm
from opale.run.paging.web.reading import tried_steps
from opale.run.paging.web.spelling import conditions_of, names_in
from opale.ui import pickers
from opale.ui.forms import accepted
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(READ)
def index(request: AskedRequest) -> HttpResponse:
    found = list(queries.policies(seen_by=request.actor))
    contents = queries.contents_now(queries.policies(seen_by=request.actor))
    named = names_in(contents.values(), seen_by=request.actor)
    context = {
        "lines": [
            (one, contents[one.pk], conditions_of(contents[one.pk].conditions, named))
            for one in found
        ],
        "may_edit": request.actor.can(EDIT),
    }
    template = "paging/policies/_list.html" if request.htmx else "paging/policies/list.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def show(request: AskedRequest, policy_id: int) -> HttpResponse:
    policy = queries.get_policy(policy_id, seen_by=request.actor)
    content = queries.content_now(policy)
    tried = queries.try_policy(policy, content, at=clock.now())
    context = {
        "policy": policy,
        "content": content,
        "conditions": conditions_of(content.conditions, names_in([content], seen_by=request.actor)),
        "versions": queries.versions_of(policy)[:20],
        "tried": tried,
        "steps": tried_steps(tried),
        "may_edit": request.actor.can(EDIT),
    }
    return render(request, "paging/policies/show.html", context)


@require_GET
@needs(EDIT)
def pick_person(request: AskedRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.answer(request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown))


@require_GET
@needs(EDIT)
def pick_customer(request: AskedRequest) -> HttpResponse:
    found = customers(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.answer(request, (pickers.Choice(str(c.pk), c.name, c.code) for c in shown))


@form_verbs
@needs(EDIT)
def new(request: AskedRequest) -> HttpResponse:
    form = PolicyForm(request.POST or None, actor=request.actor)
    made: list[EscalationPolicy] = []
    return _form_page(
        request,
        form,
        lambda: made.append(actions.create_policy(**form.said(), by=request.actor)),
        lambda: made[0],
        title=_("New policy"),
    )


@form_verbs
@needs(EDIT)
def edit(request: AskedRequest, policy_id: int) -> HttpResponse:
    policy = queries.get_policy(policy_id, seen_by=request.actor)
    form = PolicyForm(
        request.POST or None,
        actor=request.actor,
        policy=policy,
        content=queries.content_now(policy),
    )
    return _form_page(
        request,
        form,
        lambda: actions.edit_policy(policy, **form.said(), by=request.actor),
        lambda: policy,
        title=policy.name,
    )


@require_POST
@needs(EDIT)
def place(request: AskedRequest, policy_id: int) -> HttpResponse:
    policy = queries.get_policy(policy_id, seen_by=request.actor)
    actions.move_policy(policy, up=request.POST.get("up") == "1", by=request.actor)
    return _to_list(request)


@require_POST
@needs(EDIT)
def switch(request: AskedRequest, policy_id: int) -> HttpResponse:
    policy = queries.get_policy(policy_id, seen_by=request.actor)
    actions.edit_policy(policy, is_on=not policy.is_on, by=request.actor)
    said = _("The policy is off.") if policy.is_on else _("The policy is on.")
    toast_next(request, said, undo=reverse("paging_policy_switch", args=[policy_id]))
    return _to_list(request)


@require_POST
@needs(EDIT)
def remove(request: AskedRequest, policy_id: int) -> HttpResponse:
    policy = queries.get_policy(policy_id, seen_by=request.actor)
    actions.delete_policy(policy, by=request.actor)
    toast_next(request, _("The policy is gone."))
    return _to_list(request)


def _form_page(
    request: AskedRequest,
    form: PolicyForm,
    act: Callable[[], object],
    made: Callable[[], EscalationPolicy],
    *,
    title: str,
) -> HttpResponse:
    if request.method == "POST" and accepted(form, act):
        toast_next(request, _("What runs goes on as it began; what starts now follows this."))
        return redirect("paging_policy", made().pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": title}
    return render(request, "paging/policies/edit.html", context, status=status)


def _to_list(request: AskedRequest) -> HttpResponse:
    where = reverse("paging_policies")
    return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
