from django.db import migrations

from cityhall.kernel.ids import new_id


def give(apps, schema_editor):
    """Cities that run already get the new role, and their administrators the permission; a new one has no roles yet."""
    role = apps.get_model("identity", "Role")
    for administrator in role.objects.filter(code="administrator"):
        administrator.permissions = sorted({*administrator.permissions, "opendata.publish"})
        administrator.save(update_fields=["permissions"])
        role.objects.get_or_create(
            code="data-steward",
            defaults={
                "id": new_id(),
                "name": {"en": "Data steward", "es": "Gestión de datos"},
                "permissions": ["opendata.publish"],
            },
        )


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_routing_permission")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
