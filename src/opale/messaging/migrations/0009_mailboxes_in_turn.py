from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_mailboxes_remembered")]

    operations = [
        migrations.AddIndex(
            model_name="incomingmail",
            index=models.Index(
                condition=Q(("state", "received")),
                fields=["mailbox", "next_attempt_at", "id"],
                name="incoming_in_turn",
            ),
        ),
    ]
