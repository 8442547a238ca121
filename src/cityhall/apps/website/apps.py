"""Registers the website room with Django and offers its permission and its entrance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from cityhall.kernel.offers import NavItem, NotBuilt, Permission, nav_items, not_built, permissions


class WebsiteConfig(AppConfig):
    """The website room."""

    name = "cityhall.apps.website"
    label = "website"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what the room has."""
        permissions.register(Permission("website.edit", _("Edit and publish the city's public pages")))
        not_built.register(
            NotBuilt(
                "website", _("Website"), _("Services, news, meetings, directories and alerts: there is a front page.")
            )
        )
        not_built.register(
            NotBuilt(
                "systems",
                _("Other systems"),
                _(
                    "Permits and plan review, voice and assistants, apps for residents and crews, the"
                    " scorecard and survey, cybersecurity, the innovation academy, organization, work against poverty,"
                    " and fiber."
                ),
            )
        )
        nav_items.register(NavItem("website", "desk", _("Website"), "wagtailadmin_home", "website.edit", order=60))
        from cityhall.apps.website.web.menu import way_out

        hooks.register("register_admin_menu_item", way_out)
