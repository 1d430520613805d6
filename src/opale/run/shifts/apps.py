from django.apps import AppConfig


class ShiftsConfig(AppConfig):
    name = "opale.run.shifts"
    label = "shifts"

    def ready(self) -> None:
        from opale.kernel.encryption import register_columns
        from opale.listings import registry
        from opale.notifications.ports import register_on_duty
        from opale.run.shifts import rights
        from opale.run.shifts.actions.absence_calendars import PURPOSE
        from opale.run.shifts.listings import PROPOSALS
        from opale.run.shifts.models import AbsenceCalendar
        from opale.run.shifts.queries.duties import working_at
        from opale.ui import slots

        registry.register(PROPOSALS)
        register_on_duty(working_at)
        register_columns(AbsenceCalendar, "address", purpose=PURPOSE)
        slots.fill("frame.shift", "shifts_line", right=rights.READ)
        slots.fill("web.now.first", "shifts_news", right=rights.READ)
        slots.fill("organisation.person.side", "shifts_of_person", right=rights.READ)
