from django.db import migrations, models

GUARD = """
create function kernel_audit_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'kernel_auditentry' then
        if old.waiting and not new.waiting then
            old.waiting := false;
            if old is not distinct from new then
                return new;
            end if;
        end if;
    end if;
    raise exception 'the audit log is append-only';
end $$;
create trigger kernel_audit_guard before update or delete on kernel_auditentry
    for each row execute function kernel_audit_guard();
create trigger kernel_audit_guard before update or delete on kernel_auditseal
    for each row execute function kernel_audit_guard();
"""
UNGUARD = """
drop trigger kernel_audit_guard on kernel_auditseal;
drop trigger kernel_audit_guard on kernel_auditentry;
drop function kernel_audit_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="waiting",
            field=models.BooleanField(
                db_default=True, default=True, help_text="For the sealer; the one field that changes."
            ),
        ),
        migrations.RunSQL(
            "update kernel_auditentry set waiting = false where id in (select entry_id from kernel_auditseal)",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(condition=models.Q(("waiting", True)), fields=["id"], name="audit_waiting"),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
