"""Keys of [site] that act through the engine."""

from __future__ import annotations

import twin


def test_terrain_wind_acts_on_the_roof() -> None:
    """With an outside film that follows the wind, a sheltered roof gets hotter in the sun."""
    base = {"run.duration_days": 1, "run.start_day": 190, "workload.jobs": "none", "envelope.outside_film_w_m2k": 5.7,
            "envelope.outside_film_wind_w_s_m3k": 3.8}
    changes = [f"{k}={v}" for k, v in base.items()]
    open_site = twin.run("chilled-water-greensboro", overrides=changes)
    sheltered = twin.run("chilled-water-greensboro", overrides=[*changes, "site.terrain_wind_frac=0.2"])
    assert sheltered.column("envelope.roof_outer_c").max() > open_site.column("envelope.roof_outer_c").max() + 3.0
