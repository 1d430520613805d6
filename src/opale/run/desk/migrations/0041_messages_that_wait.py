from django.db import migrations, models


class Migration(migrations.Migration):
    """Until when a message waits and may be taken back."""

    dependencies = [("desk", "0040_channels")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="leaves_at",
            field=models.DateTimeField(null=True),
        ),
    ]
