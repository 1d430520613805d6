from django.db import migrations, models


class Migration(migrations.Migration):
    """A mail keeps its letter, of which HTML is made when it is sent."""

    dependencies = [("messaging", "0010_provider_news")]

    operations = [
        migrations.AddField(
            model_name="outgoingmail", name="letter", field=models.JSONField(null=True)
        ),
    ]
