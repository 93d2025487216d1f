"""What both sites share before Django starts: settings that are closed by default, looks, words for spans."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from armslength.web.icons import SHAPES
from armslength.web.looks import KINDS, look_of
from armslength.web.settings import Environment, Zone, database_from, site_settings

SECRET = "x" * 40
COMPLETE = {"T_SECRET_KEY": SECRET, "T_HOSTS": "jobs.example.org", "T_FOLDER": "/srv/x"}


def build(**more: str):
    environ = {name: value for name, value in (COMPLETE | more).items() if value}
    return site_settings("T_", zone=Zone.OUTSIDE, name="Site", environ=environ)


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_a_site_does_not_start_without_what_makes_it_safe(missing):
    with pytest.raises(ImproperlyConfigured, match=missing):
        build(**{missing: ""})


def test_a_short_secret_is_no_secret():
    with pytest.raises(ImproperlyConfigured, match="32"):
        build(T_SECRET_KEY="short")


def test_production_is_closed_by_default():
    settings = build()
    assert not settings["DEBUG"] and settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"] and settings["SECURE_HSTS_SECONDS"] > 0
    assert settings["SECURE_PROXY_SSL_HEADER"] is None


def test_the_two_sites_never_share_a_cookie_on_one_host():
    inside = site_settings("T_", zone=Zone.INSIDE, name="Site", environ=COMPLETE)
    assert inside["SESSION_COOKIE_NAME"] != build()["SESSION_COOKIE_NAME"]


def test_a_secret_may_lie_in_a_file(tmp_path: Path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    assert build(T_SECRET_KEY="", T_SECRET_KEY_FILE=str(tmp_path / "secret"))["SECRET_KEY"] == SECRET
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        build(T_SECRET_KEY="", T_SECRET_KEY_FILE=str(tmp_path / "absent"))


@pytest.mark.parametrize("value", ["maybe", "2"])
def test_a_switch_is_on_or_off_and_nothing_between(value):
    with pytest.raises(ImproperlyConfigured, match="on or off"):
        Environment("T_", environ={"T_X": value}).flag("X")


def test_databases_are_named_by_address(tmp_path: Path):
    found = database_from("postgresql://us%40er:p%2Fw@db:5433/jobs", folder=tmp_path)
    assert (found["USER"], found["PASSWORD"], found["PORT"], found["NAME"]) == (
        "us@er",
        "p/w",
        "5433",
        "jobs",
    )
    assert database_from("", folder=tmp_path)["NAME"] == str(tmp_path / "site.sqlite3")
    with pytest.raises(ImproperlyConfigured):
        database_from("mysql://x/y", folder=tmp_path)


def test_states_of_one_kind_differ_by_more_than_colour():
    for kind, looks in KINDS.items():
        assert all(look.shape in SHAPES for look in looks.values())
        assert len({look.label for look in looks.values()}) == len(looks), kind


def test_an_unknown_state_is_shown_plainly():
    assert look_of("job", "brand_new").label == "Brand new"


def test_spans_are_told_in_two_units():
    from armslength.web.templatetags.components import ago, bytes_in_words, duration

    assert duration(timedelta(seconds=192)) == "3 min 12 s"
    assert duration(timedelta(hours=2)) == "2 h" and duration(None) == ""
    assert ago(timedelta(hours=3)) == "3 hours ago" and bytes_in_words(1) == "1 byte"


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_on_its_ground_in_every_theme():
    """WCAG 2.2 AA: 4.5 to 1 for text, light and dark, outside and inside."""
    import re

    import armslength.web

    sheet = (Path(armslength.web.__file__).parent / "static/web/css/tokens.css").read_text()
    light, dark = sheet.split("@media", 1)

    def tokens(text: str, selector: str) -> dict[str, str]:
        blocks = re.findall(re.escape(selector) + r" \{(.*?)\}", text, re.DOTALL)
        return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", "".join(blocks)))

    day = tokens(light, ":root")
    night = day | tokens(dark, ":root")
    inside, inside_night = day | tokens(light, ".zone-inside"), night | tokens(dark, ".zone-inside")
    pairs = [
        ("ink", "paper"),
        ("ink", "surface"),
        ("ink-2", "surface"),
        ("ink-3", "surface"),
        ("ink-3", "paper"),
    ]
    pairs += [
        ("accent", "surface"),
        ("accent", "paper"),
        ("on-accent", "accent"),
        ("band-ink", "band"),
        ("band-soft", "band"),
    ]
    pairs += [
        (tone, f"{tone}-wash") for tone in ("neutral", "wait", "active", "good", "bad", "warn", "quiet")
    ]
    for name, theme in {"day": day, "night": night, "inside": inside, "inside, night": inside_night}.items():
        for front, ground in pairs:
            assert _contrast(theme[front], theme[ground]) >= 4.5, f"{name}: {front} on {ground}"
