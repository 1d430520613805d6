from django.db import migrations

NARROWED = """
DROP TRIGGER line_checked ON reservations_reservationline;
CREATE TRIGGER line_checked BEFORE INSERT ON reservations_reservationline
    FOR EACH ROW EXECUTE FUNCTION reservations_line_checked();
CREATE TRIGGER line_changed BEFORE UPDATE ON reservations_reservationline
    FOR EACH ROW WHEN (NOT (
        NEW.holds = OLD.holds
        AND NEW.overbooked = OLD.overbooked
        AND NEW.reservation_id = OLD.reservation_id
        AND NEW.person_id IS NOT DISTINCT FROM OLD.person_id
        AND NEW.pool_id IS NOT DISTINCT FROM OLD.pool_id
        AND NEW.quantity <= OLD.quantity
        AND NEW.days <@ OLD.days
    )) EXECUTE FUNCTION reservations_line_checked();
"""
WIDENED = """
DROP TRIGGER line_changed ON reservations_reservationline;
DROP TRIGGER line_checked ON reservations_reservationline;
CREATE TRIGGER line_checked BEFORE INSERT OR UPDATE ON reservations_reservationline
    FOR EACH ROW EXECUTE FUNCTION reservations_line_checked();
"""


class Migration(migrations.Migration):
    """Days are given back of what is held, however full the others are by now.

    docs/rules/reservations.md, "Never twice".
    """

    dependencies = [("reservations", "0004_hours_by_calendar")]

    operations = [migrations.RunSQL(NARROWED, WIDENED)]
