"""A record of an import is found by its request; nobody looks for all of a run."""

import django.db.models.deletion
from django.db import migrations, models

_BY_REQUEST = "service_requests_importedrecord_request_id_981f61e1"
_BY_RUN = "service_requests_importedrecord_run_id_8ab524fa"


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0020_supporters_come_with")]
    operations = [
        migrations.SeparateDatabaseAndState(
            # To rename the one that is there is a moment's work; to make it anew takes long where there are millions.
            database_operations=[
                migrations.RunSQL(
                    f"alter index {_BY_REQUEST} rename to imported_request; drop index {_BY_RUN}",
                    f"alter index imported_request rename to {_BY_REQUEST};"
                    f" create index {_BY_RUN} on service_requests_importedrecord (run_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="importedrecord",
                    name="request",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_from",
                        to="service_requests.servicerequest",
                    ),
                ),
                migrations.AlterField(
                    model_name="importedrecord",
                    name="run",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="service_requests.importrun",
                    ),
                ),
                migrations.AddIndex(
                    model_name="importedrecord",
                    index=models.Index(fields=["request"], name="imported_request"),
                ),
            ],
        )
    ]
