"""Puts a home page in each interface language where Wagtail's welcome page stood."""

from django.db import migrations

TEXTS = {
    "en": ("City hall", "What do you need?", "Report a problem, see what was fixed, look up an address."),
    "es": ("Ayuntamiento", "¿Qué necesita?", "Reporte un problema, vea qué se arregló, busque una dirección."),
}


def make_home(apps, schema_editor):
    import uuid

    Locale = apps.get_model("wagtailcore", "Locale")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("website", "HomePage")
    ContentType = apps.get_model("contenttypes", "ContentType")
    kind, _ = ContentType.objects.get_or_create(app_label="website", model="homepage")
    root = Page.objects.get(depth=1)
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    key = uuid.UUID("0195b7c0-0000-7000-8000-000000000001")
    homes = {}
    for number, (language, (title, question, lead)) in enumerate(TEXTS.items(), start=1):
        locale, _ = Locale.objects.get_or_create(language_code=language)
        slug = "home" if language == "en" else f"home-{language}"
        homes[language] = HomePage.objects.create(
            title=title, draft_title=title, slug=slug, url_path=f"/{slug}/", question=question, lead=lead,
            content_type=kind, path=f"{root.path}{number:04d}", depth=2, numchild=0, locale=locale,
            translation_key=key, live=True,
        )  # fmt: skip
    root.numchild = len(homes)
    root.save(update_fields=["numchild"])
    Site.objects.create(hostname="localhost", port=80, is_default_site=True, root_page_id=homes["en"].pk)


class Migration(migrations.Migration):
    dependencies = [("website", "0001_initial"), ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes")]
    operations = [migrations.RunPython(make_home, migrations.RunPython.noop)]
