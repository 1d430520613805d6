from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The promises that break next are found without those that are broken.

    The clocks look for them every twenty seconds; with a hundred and fifty thousand broken ones
    each look read all of these.
    """

    dependencies = [("desk", "0051_confidential_in_their_index")]

    operations = [
        migrations.AddIndex(
            "commitment",
            models.Index(
                fields=["due_at", "id"],
                condition=Q(met_at=None, breached_at=None, due_at__isnull=False),
                name="commitment_to_break",
            ),
        ),
    ]
