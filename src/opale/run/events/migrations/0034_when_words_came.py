from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """When words came that are not read yet: of many just now, they wait for the end of a storm."""

    dependencies = [("events", "0033_which_stand")]

    operations = [
        migrations.AddField(
            model_name="unreadwords",
            name="added_at",
            field=models.DateTimeField(db_default=Now()),
        ),
    ]
