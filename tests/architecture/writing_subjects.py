"""What the parameters of routes name of what is written at the desk."""

from collections.abc import Mapping

from tests.personas import Personas

from opale.run.desk.actions import (
    ModuleSheet,
    Writing,
    create_module,
    keep_draft,
    say_sentence,
)
from opale.run.desk.models import Ticket


def desk_writing(house: Personas) -> Mapping[str, object]:
    ticket, agent = Ticket.objects.get(subject="Lien coupé"), house.actor("desk_agent")
    said = say_sentence(ticket, "Un lien est coupé.", "A link is cut.", by=agent)
    sheet = ModuleSheet(name_fr="Reçu", name_en="Received", body_fr="Reçu.", body_en="Received.")
    module = create_module(sheet, by=house.actor("service_manager"))
    begun = Writing(kind="internal", device="desk", sitting="1", body="À voir")
    draft = keep_draft(ticket, begun, by=agent)
    assert draft is not None
    return {"sentence_id": said.pk, "module_id": module.pk, "draft_id": draft.pk}
