"""Cities that have these roles already get the new permission in them; new ones start with it."""

from django.db import migrations

PERMISSION = "work_orders.manage"


def give(apps, editor):
    for role in apps.get_model("identity", "Role").objects.filter(code__in=["supervisor", "administrator"]):
        if PERMISSION not in role.permissions:
            role.permissions = [*role.permissions, PERMISSION]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("work_orders", "0001_initial"), ("identity", "0004_phone_sign_in")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
