from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels of choices in the words of the trade."""

    dependencies = [
        ("desk", "0054_wording"),
    ]

    operations = [
        migrations.AlterField(
            model_name="approval",
            name="authority",
            field=models.CharField(
                choices=[
                    ("open", "Open requests"),
                    ("order", "Place orders"),
                    ("approve", "Approve"),
                    ("enter", "Enter a datacentre"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="approval",
            name="state",
            field=models.CharField(
                choices=[("asked", "Requested"), ("granted", "Approved"), ("refused", "Refused")],
                default="asked",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="approvalevent",
            name="authority",
            field=models.CharField(
                choices=[
                    ("open", "Open requests"),
                    ("order", "Place orders"),
                    ("approve", "Approve"),
                    ("enter", "Enter a datacentre"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="approvalevent",
            name="state",
            field=models.CharField(
                choices=[("asked", "Requested"), ("granted", "Approved"), ("refused", "Refused")],
                default="asked",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="breaker",
            name="kind",
            field=models.CharField(
                choices=[
                    ("acknowledged", "Acknowledgements stopped"),
                    ("opened", "New tickets stopped"),
                    ("in_thread", "Notifications stopped"),
                    ("noticed", "All notices stopped"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="bulkitem",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("changed", "Changed"),
                    ("same", "No change"),
                    ("refused", "Refused"),
                    ("undone", "Undone"),
                    ("kept", "Left unchanged"),
                ],
                default="",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="bulkitem",
            name="tried",
            field=models.CharField(
                blank=True,
                choices=[
                    ("changed", "Changed"),
                    ("same", "No change"),
                    ("refused", "Refused"),
                    ("undone", "Undone"),
                    ("kept", "Left unchanged"),
                ],
                default="",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="bulkjob",
            name="act",
            field=models.CharField(
                choices=[
                    ("give", "Assign"),
                    ("grade", "Impact and urgency"),
                    ("tag", "Add tags"),
                    ("untag", "Remove tags"),
                    ("wait", "Put on hold"),
                    ("resume", "Resume"),
                    ("resolve", "Resolve"),
                    ("close", "Close"),
                    ("cancel", "Cancel"),
                    ("parent", "Link to a parent ticket"),
                    ("merge", "Merge into a ticket"),
                    ("write", "Write to the customer"),
                    ("note", "Add an internal note"),
                    ("macro", "Run macro"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="bulkjob",
            name="state",
            field=models.CharField(
                choices=[
                    ("looking", "Preparing preview"),
                    ("shown", "To be confirmed"),
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("stopped", "Stopped"),
                    ("failed", "Failed"),
                    ("undoing", "Undoing"),
                    ("undone", "Undone"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="commitment",
            name="coverage",
            field=models.CharField(
                choices=[
                    ("customer_hours", "Business hours of the customer"),
                    ("always", "24 hours a day, 7 days a week"),
                    ("own_hours", "Working hours of the team"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="commitment",
            name="measure",
            field=models.CharField(
                choices=[
                    ("triage", "Triage"),
                    ("acknowledge", "Time to intervene (GTI)"),
                    ("first_response", "First response"),
                    ("update", "Next update"),
                    ("restore", "Time to restore (GTR)"),
                    ("resolve", "Time to resolve"),
                    ("accept", "Acceptance of the escalation"),
                    ("deliver", "Delivery of the escalation"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="following",
            name="pace",
            field=models.CharField(
                choices=[
                    ("at_once", "Immediately"),
                    ("hourly", "At most hourly"),
                    ("daily", "Daily"),
                    ("off", "Never"),
                ],
                max_length=10,
                verbose_name="Frequency",
            ),
        ),
        migrations.AlterField(
            model_name="followingevent",
            name="pace",
            field=models.CharField(
                choices=[
                    ("at_once", "Immediately"),
                    ("hourly", "At most hourly"),
                    ("daily", "Daily"),
                    ("off", "Never"),
                ],
                max_length=10,
                verbose_name="Frequency",
            ),
        ),
        migrations.AlterField(
            model_name="mailboxrules",
            name="believes",
            field=models.BooleanField(default=False, verbose_name="Trust unauthenticated senders"),
        ),
        migrations.AlterField(
            model_name="mailboxrulesevent",
            name="believes",
            field=models.BooleanField(default=False, verbose_name="Trust unauthenticated senders"),
        ),
        migrations.AlterField(
            model_name="ownership",
            name="reason",
            field=models.CharField(
                choices=[
                    ("received", "on triage duty"),
                    ("received_by_lead", "shift lead, no one on triage duty"),
                    ("received_by_manager", "manager, no one on duty"),
                    ("taken", "taken"),
                    ("given", "reassigned"),
                    ("handed_over", "handover"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="participant",
            name="state",
            field=models.CharField(
                choices=[("new", "Pending"), ("accepted", "Participant"), ("removed", "Removed")],
                default="new",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="participantevent",
            name="state",
            field=models.CharField(
                choices=[("new", "Pending"), ("accepted", "Participant"), ("removed", "Removed")],
                default="new",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="proposedlink",
            name="state",
            field=models.CharField(
                choices=[("open", "Proposed"), ("joined", "Merged"), ("refused", "Rejected")],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="proposedlinkevent",
            name="state",
            field=models.CharField(
                choices=[("open", "Proposed"), ("joined", "Merged"), ("refused", "Rejected")],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="receivedmail",
            name="proof",
            field=models.CharField(
                choices=[
                    ("proven", "Sender verified"),
                    ("believed", "Sender trusted"),
                    ("unproven", "Sender not verified"),
                    ("forged", "Sender forged"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="requestdetails",
            name="override",
            field=models.CharField(
                blank=True,
                choices=[
                    ("known_procedure", "Standard procedure without risk"),
                    ("risk", "May interrupt a service"),
                    ("needs_project", "Requires a project"),
                    ("customer_asked", "Requested by the customer"),
                    ("incomplete_rule", "Case not covered by the rules"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="requestdetailsevent",
            name="override",
            field=models.CharField(
                blank=True,
                choices=[
                    ("known_procedure", "Standard procedure without risk"),
                    ("risk", "May interrupt a service"),
                    ("needs_project", "Requires a project"),
                    ("customer_asked", "Requested by the customer"),
                    ("incomplete_rule", "Case not covered by the rules"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="requesttype",
            name="authority",
            field=models.CharField(
                choices=[
                    ("open", "Open requests"),
                    ("order", "Place orders"),
                    ("approve", "Approve"),
                    ("enter", "Enter a datacentre"),
                ],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="requesttypeevent",
            name="authority",
            field=models.CharField(
                choices=[
                    ("open", "Open requests"),
                    ("order", "Place orders"),
                    ("approve", "Approve"),
                    ("enter", "Enter a datacentre"),
                ],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="streamsettings",
            name="engineer_answers",
            field=models.CharField(
                choices=[
                    ("owner_sends", "The ticket owner sends them"),
                    ("standing_consent", "They are sent at once and the ticket owner is notified"),
                ],
                default="owner_sends",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="streamsettingsevent",
            name="engineer_answers",
            field=models.CharField(
                choices=[
                    ("owner_sends", "The ticket owner sends them"),
                    ("standing_consent", "They are sent at once and the ticket owner is notified"),
                ],
                default="owner_sends",
                max_length=20,
            ),
        ),
    ]
