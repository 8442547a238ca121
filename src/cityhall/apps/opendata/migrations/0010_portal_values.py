from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("opendata", "0009_look_values"),
    ]

    operations = [
        migrations.AddField(
            model_name="portal",
            name="values",
            field=models.JSONField(default=dict, help_text="What stands in the reason."),
        ),
        migrations.AlterField(
            model_name="portal",
            name="reason",
            field=models.TextField(
                blank=True, help_text="Why the last look failed, in English, as the catalogues know it."
            ),
        ),
    ]
