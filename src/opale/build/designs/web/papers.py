"""Documents of a design, and the customer's acceptance of what was quoted."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.build.designs import actions, queries
from opale.build.designs.rights import READ, WORK
from opale.build.designs.web.forms import AcceptanceForm, FileForm
from opale.build.designs.web.sizing import back_to, form_verbs, redirected
from opale.build.projects.queries import today
from opale.endpoints.files import handed_out
from opale.endpoints.http import AskedRequest, needs
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next


@form_verbs
@needs(WORK)
def attach(request: AskedRequest, design_number: int) -> HttpResponse:
    design = queries.get_design(design_number, seen_by=request.actor)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()

    def act() -> None:
        file = form.cleaned_data["file"]
        actions.attach_document(design, file.name, file.chunks(), by=request.actor)

    return form_page(
        request,
        form,
        act,
        title=_("Attach a document"),
        button=_("Attach"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The document is attached."),
    )


@require_GET
@needs(READ)
def content(request: AskedRequest, design_number: int, design_document_id: int) -> FileResponse:
    design = queries.get_design(design_number, seen_by=request.actor)
    file = queries.get_document(design, design_document_id, seen_by=request.actor)
    return handed_out(file.key, name=file.name, media_type=file.media_type)


@require_POST
@needs(WORK)
def remove(request: AskedRequest, design_number: int, design_document_id: int) -> HttpResponse:
    design = queries.get_design(design_number, seen_by=request.actor)
    file = queries.get_document(design, design_document_id, seen_by=request.actor)
    actions.remove_document(file, by=request.actor)
    toast_next(request, _("The document is taken away."))
    return redirected(request, back_to(design))


@form_verbs
@needs(WORK)
def accept(request: AskedRequest, design_number: int) -> HttpResponse:
    """Who accepted, when, and what shows it; a file is attached in the same act."""
    design = queries.get_design(design_number, seen_by=request.actor)
    version = queries.version_of(design, seen_by=request.actor)
    known = queries.acceptance_of(version, seen_by=request.actor)
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
            document = actions.attach_document(design, file.name, file.chunks(), by=request.actor)
        actions.attach_acceptance(design, by=request.actor, document=document, **said)

    return form_page(
        request,
        form,
        act,
        title=_("The customer accepts"),
        button=_("Attach the acceptance"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The acceptance is attached: the order can be made."),
    )
