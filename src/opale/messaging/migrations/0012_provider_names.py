from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Only mails that a provider has names for stand in the index of these."""

    atomic = False

    dependencies = [("messaging", "0011_letters")]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingmail",
            index=GinIndex(
                fields=["provider_keys"],
                condition=models.Q(("provider_keys__gt", [])),
                name="mail_provider_names",
            ),
        ),
        RemoveIndexConcurrently(model_name="outgoingmail", name="mail_provider_keys"),
    ]
