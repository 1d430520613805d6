from django.db import migrations, models


class Migration(migrations.Migration):
    """What was reopened is found without all other moves."""

    dependencies = [("kernel", "0005_reference_changes")]

    operations = [
        migrations.AddIndex(
            "statemove",
            models.Index(
                fields=["subject", "subject_id"],
                condition=models.Q(move="reopen"),
                name="kernel_move_reopened",
            ),
        ),
    ]
