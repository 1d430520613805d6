from django.db import migrations, models


class Migration(migrations.Migration):
    """When the end of a trouble was received: by it a late delivery is told from a denial."""

    dependencies = [
        ("events", "0004_search_in_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="end_received_at",
            field=models.DateTimeField(null=True),
        ),
    ]
