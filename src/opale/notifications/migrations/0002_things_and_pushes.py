from typing import Any

from django.db import migrations, models

ATTRIBUTED = """SELECT set_config('pghistory.context_metadata',
    '{"actor": "system:migration", "name": "Opale", "reason": "kinds renamed"}', true)"""
NAMES = {
    "projects.given": "projects.manager_assigned",
    "resources.asked": "resources.requested",
}


SENTENCES = (
    "UPDATE notifications_notification SET kind = %s WHERE kind = %s",
    "UPDATE notifications_notificationchoice SET kind = %s WHERE kind = %s",
)


def renamed(names: dict[str, str]) -> list[Any]:
    return [
        ATTRIBUTED,
        *((sql, [new, old]) for sql in SENTENCES for old, new in names.items()),
    ]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.RunSQL(
            renamed(NAMES), renamed({new: old for old, new in NAMES.items()}), elidable=True
        ),
        migrations.AddField(
            model_name="notification",
            name="pushed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["thing", "kind"], name="notification_of_thing"),
        ),
    ]
