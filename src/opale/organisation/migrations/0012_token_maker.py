from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    dependencies = [("organisation", "0011_audit_log")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=deletion.SET_NULL,
                related_name="made",
                to="organisation.apitoken",
            ),
        ),
    ]
