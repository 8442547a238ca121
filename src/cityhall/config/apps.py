"""Puts the chosen engines into the kernel's ports when Django starts."""

from django.apps import AppConfig

from cityhall.kernel import ports
from cityhall.kernel.analytics.port import analytics
from cityhall.kernel.comparing import snapshot_comparer
from cityhall.kernel.downloads import downloader
from cityhall.kernel.offers import HealthCheck, SetupCheck, health_checks, retained, setup_checks
from cityhall.kernel.snapshots import snapshot_writer


class ConfigConfig(AppConfig):
    """The configuration as a Django app, so that it runs once at start."""

    name = "cityhall.config"
    label = "config"

    def ready(self) -> None:
        """Fill the ports."""
        from django.conf import settings

        from cityhall.config import backups, checks, engines, upgrade

        ports.blob_store.fill(engines.blobs)
        ports.mail_engine.fill(engines.mail)
        ports.sms_engine.fill(engines.sms)
        ports.web_fetcher.fill(engines.web)
        downloader.fill(engines.downloads)
        ports.other_systems.fill(engines.other_systems)
        ports.route_solver.fill(engines.routes)
        analytics.fill(engines.analytics)
        snapshot_writer.fill(engines.snapshots)
        snapshot_comparer.fill(engines.comparer)
        ports.installation.fill(engines.installation)
        ports.erasure_lists.fill(backups.erasure_lists)
        retained.register(backups.kept_kind())
        health_checks.register(HealthCheck("database", checks.database_problem))
        setup_checks.register(SetupCheck("background work", checks.standing_work))
        setup_checks.register(SetupCheck("database role", checks.almighty_role))
        setup_checks.register(SetupCheck("standby", checks.missing_standby))
        setup_checks.register(SetupCheck("open data", checks.analytics_trouble))
        if not settings.CITYHALL_DEMO:
            setup_checks.register(SetupCheck("backups", backups.missing))
            setup_checks.register(SetupCheck("upgrades", upgrade.kept_long))
