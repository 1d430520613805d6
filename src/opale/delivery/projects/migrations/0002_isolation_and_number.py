from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The wall between customers, and the numbers of projects.

    docs/rules/customer-isolation.md, docs/rules/projects.md.
    """

    dependencies = [("projects", "0001_initial")]

    operations = [
        isolate("projects_project", readable=False),
        isolate("projects_projectevent", readable=False),
        migrations.RunSQL(
            sql="CREATE SEQUENCE projects_project_number START 30001",
            reverse_sql="DROP SEQUENCE projects_project_number",
        ),
    ]
