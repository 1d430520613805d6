"""Pages of a design's documents, and of the customer's acceptance."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.delivery.designs.actions import documents
from opale.delivery.designs.forms import AcceptanceForm
from opale.delivery.designs.queries import designs
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.projects.queries.workdays import today
from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page


@require_GET
@needs(READ)
def content(request: ActorRequest, design_number: int, design_document_id: int) -> FileResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    file = designs.get_document(design, design_document_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def accept(request: ActorRequest, design_number: int) -> HttpResponse:
    """Record who accepted, when, and the proof; an uploaded file is attached in the same act."""
    design = designs.get_design(design_number, seen_by=request.actor)
    version = designs.version_of(design, seen_by=request.actor)
    known = designs.acceptance_of(version, seen_by=request.actor)
    initial: dict[str, Any] = {"accepted_on": today()}
    if known is not None:
        initial = {
            "contact": known.contact_id,
            "accepted_on": known.accepted_on,
            "document": known.document_id,
            "mail": known.mail,
            "their_number": known.their_number,
        }
    form = AcceptanceForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        by=request.actor,
        design=design,
    )

    def act() -> None:
        said = dict(form.cleaned_data)
        file = said.pop("file")
        document = said.pop("document", None)
        if file is not None:
            document = documents.attach_document(design, file.name, file.chunks(), by=request.actor)
        documents.attach_acceptance(design, by=request.actor, document=document, **said)

    return form_page(
        request,
        form,
        act,
        title=_("Record acceptance"),
        button=_("Attach acceptance"),
        back=reverse("designs_show", args=[design.number]),
        back_label=design.reference,
        said=_("Acceptance attached. The order can be created."),
    )
