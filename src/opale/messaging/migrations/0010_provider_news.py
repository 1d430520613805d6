import django.contrib.postgres.fields
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a provider tells of a mail is found by its own names for it."""

    atomic = False

    dependencies = [("messaging", "0009_mailboxes_in_turn")]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="delivered",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="provider_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=255), db_default=[], default=list, size=None
            ),
        ),
        AddIndexConcurrently(
            model_name="outgoingmail",
            index=GinIndex(fields=["provider_keys"], name="mail_provider_keys"),
        ),
    ]
