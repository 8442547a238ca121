from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("identity", "0005_records_role"),
        ("service_requests", "0009_likeness"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="servicerequest",
            name="request_mine",
        ),
        migrations.AddIndex(
            model_name="abusereport",
            index=models.Index(condition=models.Q(("settled_at__isnull", True)), fields=["request"], name="abuse_open"),
        ),
        migrations.AddIndex(
            model_name="requestphoto",
            index=models.Index(condition=models.Q(("showing", "waiting")), fields=["request"], name="photo_waiting"),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True), fields=["queue_at", "id"], name="request_open"
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(models.Q(("state", "closed"), _negated=True), ("assignee__isnull", False)),
                fields=["assignee", "queue_at", "id"],
                name="request_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True), ("assignee__isnull", True), ("team__isnull", True)
                ),
                fields=["department", "id"],
                name="request_unassigned",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(condition=models.Q(("showing", "waiting")), fields=["id"], name="request_waiting"),
        ),
    ]
