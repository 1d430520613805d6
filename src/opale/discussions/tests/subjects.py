"""What the parameters of the routes of discussions name in the house of the personas."""

from tests.personas import Personas

from opale.discussions.actions import add_comment, attach_file
from opale.discussions.queries import get_record

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    """A comment of the project manager on the customer, and a file that waits for another one."""
    by = house.actor("project_manager")
    record = get_record("customer", house.customer.pk, seen_by=by)
    comment = add_comment(record, "**Agreed** with the customer", by=by)
    file = attach_file(record, "note.txt", [b"a note"], by=by)
    return {
        "record_type": "customer",
        "record_id": house.customer.pk,
        "comment_id": comment.pk,
        "comment_file_id": file.pk,
    }
