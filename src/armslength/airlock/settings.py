"""Django settings of the review site: what both sites share, and what ARMSLENGTH_AIRLOCK_… says."""

from __future__ import annotations

from pathlib import Path

from armslength.airlock.configuration import PREFIX, configuration_from
from armslength.web.settings import Zone, site_settings

AIRLOCK = configuration_from()
_common = site_settings(PREFIX, zone=Zone.INSIDE, name="Airlock")
globals().update(_common)

AUTH_USER_MODEL = "airlock.Person"
AUTHENTICATION_BACKENDS = ["armslength.airlock.features.sign_in.provider.PersonBackend"]
ARMSLENGTH_IDENTITY_PROVIDERS = ["armslength.airlock.features.sign_in.provider.TokenFromTheServer"]
INSTALLED_APPS = [*_common["INSTALLED_APPS"], "armslength.airlock"]
MIDDLEWARE = [*_common["MIDDLEWARE"], "armslength.airlock.features.sign_in.middleware.PeopleOnly"]
ROOT_URLCONF = "armslength.airlock.urls"
WSGI_APPLICATION = "armslength.airlock.wsgi.application"
FEATURES = Path(__file__).parent / "features"
TEMPLATES = _common["TEMPLATES"]
TEMPLATES[0]["DIRS"] = [FEATURES.parent / "templates", *sorted(FEATURES.glob("*/templates"))]
TEMPLATES[0]["OPTIONS"]["builtins"].append("armslength.airlock.templatetags.names")
