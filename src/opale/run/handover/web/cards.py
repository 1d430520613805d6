"""Views of cards and blocks: accept, refuse, propose, add a note, undo."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.handover.actions import cards
from opale.run.handover.forms import GiveForm, NoteForm, RefusalForm
from opale.run.handover.queries import permissions, records
from opale.run.handover.rights import WORK
from opale.run.handover.web.views import answer
from opale.ui.forms import form_page

form_verbs = require_http_methods(["GET", "POST"])


@require_POST
@needs(WORK)
def acceptance(request: ActorRequest, handover_id: int, card_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    item = records.get_item(held, card_id, seen_by=request.actor)
    row = cards.accept_card(item, by=request.actor)
    said = _("%(number)s is yours now.") % {"number": item.ticket.reference}
    return answer(request, held.pk, said, undo=_undo(handover_id, [row.pk]))


@require_POST
@needs(WORK)
def block_acceptance(request: ActorRequest, handover_id: int, leaver_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    count = cards.accept_block(held, leaver_id, by=request.actor)
    said = ngettext(
        "%(count)s ticket is yours now, and sleeps until something happens on it.",
        "%(count)s tickets are yours now, and sleep until something happens on them.",
        count,
    ) % {"count": count}
    undo = f"{reverse('handover_undo', args=[handover_id])}?leaver={leaver_id}"
    return answer(request, held.pk, said, undo=undo)


@require_POST
@needs(WORK)
def undo(request: ActorRequest, handover_id: int) -> HttpResponse:
    """Undo the acceptance of named cards, or of a block."""
    held = records.get_handover(handover_id, seen_by=request.actor)
    leaver, named = request.GET.get("leaver", ""), request.GET.get("items", "")
    if leaver.isdecimal():
        own = records.items_of(held, seen_by=request.actor).filter(
            place="block", leaver=int(leaver), taker=request.actor.person_id or 0
        )
        ids = list(own.values_list("pk", flat=True))
    else:
        ids = [int(one) for one in named.split(",") if one.isdecimal()]
    cards.undo_acceptance(held, ids, by=request.actor)
    return answer(request, held.pk, _("Given back: it waits to be accepted."))


@form_verbs
@needs(WORK)
def refusal(request: ActorRequest, handover_id: int, card_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    item = records.get_item(held, card_id, seen_by=request.actor)
    form = RefusalForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: cards.refuse_card(
            item, form.cleaned_data["reason"], by=request.actor, note=form.cleaned_data["note"]
        ),
        title=_("Refuse %(number)s") % {"number": item.ticket.reference},
        button=_("Refuse"),
        back=reverse("handover_show", args=[held.pk]),
        back_label=_("Handover"),
        said=_("Refused: it is proposed to the next."),
    )


@form_verbs
@needs(WORK)
def proposal(request: ActorRequest, handover_id: int, card_id: int) -> HttpResponse:
    """Propose another taker, who still accepts it."""
    held = records.get_handover(handover_id, seen_by=request.actor)
    item = records.get_item(held, card_id, seen_by=request.actor)
    people = permissions.people_arriving(held, clock.now())
    form = GiveForm(request.POST or None, people=people, initial={"person": item.proposed})
    return form_page(
        request,
        form,
        lambda: cards.propose_card(item, form.cleaned_data["person"], by=request.actor),
        title=_("Who takes %(number)s?") % {"number": item.ticket.reference},
        button=_("Propose"),
        back=reverse("handover_show", args=[held.pk]),
        back_label=_("Handover"),
        said=_("Proposed: it waits to be accepted."),
    )


@form_verbs
@needs(WORK)
def block_proposal(request: ActorRequest, handover_id: int, leaver_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    people = permissions.people_arriving(held, clock.now())
    form = GiveForm(request.POST or None, people=people)
    return form_page(
        request,
        form,
        lambda: cards.propose_block(held, leaver_id, form.cleaned_data["person"], by=request.actor),
        title=_("Who takes the calm tickets?"),
        button=_("Propose"),
        back=reverse("handover_show", args=[held.pk]),
        back_label=_("Handover"),
        said=_("Proposed: it waits to be accepted."),
    )


@form_verbs
@needs(WORK)
def note(request: ActorRequest, handover_id: int, card_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    item = records.get_item(held, card_id, seen_by=request.actor)
    form = NoteForm(request.POST or None, initial={"note": item.note})
    return form_page(
        request,
        form,
        lambda: cards.add_card_note(item, form.cleaned_data["note"], by=request.actor),
        title=_("What comes next on %(number)s") % {"number": item.ticket.reference},
        button=_("Save"),
        back=reverse("handover_show", args=[held.pk]),
        back_label=_("Handover"),
        said=_("Noted."),
    )


def _undo(handover_id: int, ids: list[int]) -> str:
    return f"{reverse('handover_undo', args=[handover_id])}?items={','.join(map(str, ids))}"
