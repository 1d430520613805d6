from django.db import migrations

from opale.kernel.isolation import isolate, share

SEEN = ("requestdetails", "approval", "intervention", "merge")
INTERNAL = (
    "proposedanswer",
    "assignment",
    "ticketlink",
    "externalreference",
    "watcher",
    "messagemove",
    "timeentry",
)


class Migration(migrations.Migration):
    """The second wall between customers, for what hangs on a ticket.

    Assignments, links to other tickets, others' numbers, who watches and times spent are the
    desk's own: a customer's request never reads those tables.
    """

    dependencies = [("desk", "0005_core")]

    operations = [
        *(isolate(f"desk_{table}") for table in SEEN),
        isolate("desk_attachment", also="visibility = 'public'"),
        *(isolate(f"desk_{table}", readable=False) for table in INTERNAL),
        *(isolate(f"desk_{table}event", readable=False) for table in (*SEEN, *INTERNAL)),
        share("desk_requesttype"),
    ]
