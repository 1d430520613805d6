from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The deliveries under way are counted before each attempt."""

    dependencies = [("webhooks", "0003_reference_data")]

    operations = [
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["claimed_until"],
                condition=Q(claimed_until__isnull=False),
                name="delivery_claimed",
            ),
        ),
    ]
