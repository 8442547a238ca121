from django.db import migrations


def give(apps, schema_editor):
    """Cities that run already: their supervisors and administrators may say how requests are routed."""
    for role in apps.get_model("identity", "Role").objects.filter(code__in=["supervisor", "administrator"]):
        role.permissions = sorted({*role.permissions, "routing.manage"})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_records_role")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
