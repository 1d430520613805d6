import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The limits of keys hold for all processes together; docs/rules/alerts.md, "Receipt"."""

    dependencies = [("events", "0031_words_beside")]

    operations = [
        migrations.CreateModel(
            name="KeyBucket",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="events.integrationkey",
                    ),
                ),
                ("per_minute", models.PositiveIntegerField()),
                ("tokens", models.FloatField()),
                ("filled_at", models.DateTimeField()),
            ],
        ),
    ]
