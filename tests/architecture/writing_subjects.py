"""What the parameters of routes name of what is written at the desk."""

from collections.abc import Mapping

from tests.personas import Personas

from opale.run.desk.actions import say_sentence
from opale.run.desk.models import Ticket


def desk_writing(house: Personas) -> Mapping[str, object]:
    ticket, agent = Ticket.objects.get(subject="Lien coupé"), house.actor("desk_agent")
    said = say_sentence(ticket, "Un lien est coupé.", "A link is cut.", by=agent)
    return {"sentence_id": said.pk}
