from django.db import migrations


class Migration(migrations.Migration):
    """A customer's request keeps its answers, and sees no others. docs/rules/customer-isolation.md."""

    dependencies = [("endpoints", "0001_kept_answers"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
            ALTER TABLE endpoints_keptanswer ENABLE ROW LEVEL SECURITY;
            ALTER TABLE endpoints_keptanswer FORCE ROW LEVEL SECURITY;
            CREATE POLICY staff ON endpoints_keptanswer TO opale_app, opale_owner
                USING (true) WITH CHECK (true);
            CREATE POLICY customer ON endpoints_keptanswer TO opale_portal
                USING (customers = current_setting('opale.customers', true))
                WITH CHECK (customers = current_setting('opale.customers', true));
            GRANT SELECT, INSERT ON endpoints_keptanswer TO opale_portal;
            GRANT USAGE ON SEQUENCE endpoints_keptanswer_id_seq TO opale_portal;
            """,
            reverse_sql="""
            REVOKE ALL ON endpoints_keptanswer FROM opale_portal;
            REVOKE ALL ON SEQUENCE endpoints_keptanswer_id_seq FROM opale_portal;
            DROP POLICY customer ON endpoints_keptanswer;
            DROP POLICY staff ON endpoints_keptanswer;
            ALTER TABLE endpoints_keptanswer NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE endpoints_keptanswer DISABLE ROW LEVEL SECURITY;
            """,
        )
    ]
