"""Acts on drafts: discard, restore and take over."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from opale.acts.declarations import Subject, button
from opale.endpoints.http import ActorRequest
from opale.run.desk.actions import drafts
from opale.run.desk.acts.subjects import place_of
from opale.run.desk.models import WrittenDraft
from opale.run.desk.queries.drafts import get_draft
from opale.run.desk.rights import WORK
from opale.ui.toasts import toast, trigger


def tell_discarded(_request: ActorRequest, draft: WrittenDraft, _made: object) -> HttpResponse:
    undo = reverse("desk_restore_draft", args=[draft.pk])
    return toast(HttpResponse(status=204), gettext("Draft discarded."), undo=undo)


def into_reply_box(_request: ActorRequest, _row: WrittenDraft, draft: WrittenDraft) -> HttpResponse:
    """Put the text into the page's reply box."""
    text = {
        "kind": draft.kind,
        "id": draft.pk,
        "revision": draft.revision,
        "body": draft.body,
        "promise": draft.promise,
        "modules": draft.modules,
    }
    return trigger(HttpResponse(status=204), "opale:draft", text)


DRAFT = Subject(
    name="draft", model=WrittenDraft, get=get_draft, page="drafts/<int:draft_id>/",
    home=lambda draft: place_of(draft.ticket),
)  # fmt: skip

ACTS = (
    button(
        DRAFT, drafts.discard_draft, "discard_draft", WORK, noun=None, page="discarding",
        answer=tell_discarded,
    ),
    button(
        DRAFT, drafts.restore_draft, "restore_draft", WORK, noun=None, page="restoration",
        answer=into_reply_box,
    ),
    button(
        DRAFT, drafts.take_over_draft, "take_over_draft", WORK, noun=None, page="takeover",
        answer=into_reply_box,
    ),
)  # fmt: skip
