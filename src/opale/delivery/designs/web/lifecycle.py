"""What is done with a design: checked, held for, quoted, ended, reopened, made an order."""

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opale.delivery.designs.actions import lifecycle, orders, reservations
from opale.delivery.designs.forms import NoteForm, ReserveForm, WhyForm
from opale.delivery.designs.queries import designs
from opale.delivery.designs.rights import WORK
from opale.delivery.designs.web.designs import back_to, form_verbs, redirected
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next


@require_POST
@needs(WORK)
def check(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    found = lifecycle.check_design(design, by=request.actor)
    if found.feasible and found.earliest_on is not None:
        day = date_format(found.earliest_on, "DATE_FORMAT")
        toast_next(request, _("It can be done: by %(day)s at the earliest.") % {"day": day})
    else:
        toast_next(request, _("Not as it is: see what is missing."), tone="bad")
    return redirected(request, back_to(design, "designs_check"))


@require_POST
@needs(WORK)
def quote(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    lifecycle.quote_design(design, by=request.actor)
    toast_next(request, _("The version is quoted, and stands still from now on."))
    return redirected(request, back_to(design))


@form_verbs
@needs(WORK)
def reserve(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    form = ReserveForm(request.POST or None, design=design)
    return form_page(
        request,
        form,
        lambda: reservations.reserve_design(design, by=request.actor, **form.columns()),
        title=_("Reserve tentatively"),
        button=_("Reserve"),
        back=back_to(design),
        back_label=design.reference,
        said=_("People and stock are held for it, all of them."),
    )


@require_POST
@needs(WORK)
def extend(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    until = reservations.extend_design(design, by=request.actor)
    day = date_format(localtime(until), "DATE_FORMAT")
    toast_next(request, _("It is held until %(day)s.") % {"day": day})
    return redirected(request, back_to(design))


@require_POST
@needs(WORK)
def release(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    reservations.release_design(design, by=request.actor)
    toast_next(request, _("Nothing is held for it any more."))
    return redirected(request, back_to(design))


@form_verbs
@needs(WORK)
def decline(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    form = WhyForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: lifecycle.decline_design(design, by=request.actor, **form.cleaned_data),
        title=_("The customer declines"),
        button=_("Write down"),
        back=back_to(design),
        back_label=design.reference,
        said=_("It is declined, and what was held for it is free."),
    )


@form_verbs
@needs(WORK)
def withdraw(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    form = WhyForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].required = False
    return form_page(
        request,
        form,
        lambda: lifecycle.withdraw_design(design, by=request.actor, **form.cleaned_data),
        title=_("Withdraw the design"),
        button=_("Withdraw"),
        back=back_to(design),
        back_label=design.reference,
        said=_("It is withdrawn, and what was held for it is free."),
    )


@form_verbs
@needs(WORK)
def reopen(request: ActorRequest, design_number: int) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    form = NoteForm(request.POST if request.method == "POST" else None)
    return form_page(
        request,
        form,
        lambda: lifecycle.reopen_design(design, by=request.actor, **form.cleaned_data),
        title=_("Reopen as a new version"),
        button=_("Reopen"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The next version is there, a copy of the last one."),
    )


@require_POST
@needs(WORK)
def order(request: ActorRequest, design_number: int) -> HttpResponse:
    """One press; pressed twice, the same order is shown."""
    design = designs.get_design(design_number, seen_by=request.actor)
    done = orders.order_design(design, by=request.actor)
    said = {"order": done.order.reference}
    if done.anew:
        toast_next(
            request,
            _(
                "%(order)s is made. What was held had expired; all of it was free still, and is"
                " reserved for the order."
            )
            % said,
        )
    else:
        toast_next(request, _("%(order)s is made, with what was held for it.") % said)
    return redirected(request, back_to(design))
