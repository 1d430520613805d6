from django.db import migrations, models


class Migration(migrations.Migration):
    """The errors of jobs; failed jobs are counted for the rail, among any number that wait."""

    initial = True

    dependencies = [("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.CreateModel(
            name="FailedJob",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("procrastinate.procrastinatejob",),
        ),
        migrations.CreateModel(
            name="JobError",
            fields=[
                ("job_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("text", models.TextField(verbose_name="Error")),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="job_error_age")]},
        ),
        migrations.RunSQL(
            "CREATE INDEX operations_failed_jobs ON procrastinate_jobs (id)"
            " WHERE status = 'failed'",
            "DROP INDEX operations_failed_jobs",
        ),
    ]
