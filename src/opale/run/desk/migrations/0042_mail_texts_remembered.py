from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """The words of each mail and the mailbox that it leaves from are remembered."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("desk", "0041_messages_that_wait"),
    ]

    operations = [
        watch("desk_mailtext"),
        watch("desk_mailboxrules"),
    ]
