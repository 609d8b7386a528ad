"""[workload.jobs]: what a scenario with streams says about itself."""

from __future__ import annotations

import tomllib
from typing import Any

from twin.scenario.assumptions import assumptions
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.scenario.toml import scenario_text

STREAMS = {
    "shop": {"kind": "interactive", "per_day": 5000.0},
    "night": {"kind": "batch", "per_day": 300.0, "slack_h": 12.0, "burst_factor": 2.0},
}
#: Keys of its one stream that the shipped hall sets.
SHIPPED = (
    "per_day", "size_median_servers", "duration_median_h", "burst_factor", "burst_share_frac", "burst_mean_h",
)


def scenario(**jobs: Any) -> Scenario:
    return load_scenario({"extends": "chilled-water-greensboro", "workload": {"jobs": jobs}})


def test_streams_survive_being_written_and_read() -> None:
    first = scenario(stream=STREAMS, defer_hours=[10, 20], engine="fluid")
    assert load_scenario(tomllib.loads(scenario_text(first))) == first


def test_one_line_sums_streams_up() -> None:
    assert ("jobs", "5300 a day in 2 streams") in outline(scenario(stream=STREAMS)).lines
    assert ("jobs", "25 a day") in outline(scenario()).lines
    assert ("jobs", "5000 a day in 1 stream") in outline(scenario(stream={"shop": STREAMS["shop"]})).lines


def test_keys_of_the_one_stream_beside_streams_are_named() -> None:
    said = [text for text in outline(scenario(stream=STREAMS)).warnings if "only where no stream is given" in text]
    assert len(said) == 1
    assert all(name in said[0] for name in SHIPPED)
    clean = outline(scenario(stream=STREAMS, **dict.fromkeys(SHIPPED, "none"))).warnings
    assert not [text for text in clean if "only where no stream is given" in text]
    assert not [text for text in outline(scenario()).warnings if "only where no stream is given" in text]


def test_more_work_than_servers_is_said() -> None:
    many = {"train": {"kind": "training", "per_day": 4000.0}}
    said = [text for text in outline(scenario(stream=many)).warnings if "without end" in text]
    assert len(said) == 1
    assert not [text for text in outline(scenario(stream=STREAMS)).warnings if "without end" in text]
    assert not [text for text in outline(scenario()).warnings if "without end" in text]


def test_usual_values_that_nobody_measured_are_listed() -> None:
    told = "\n".join(assumptions(scenario(stream=STREAMS)))
    assert "workload.jobs.stream.night.duration_median_h = 0.5 h" in told
    assert "workload.jobs.stream.shop.peak_hour = 14.0 h" in told
    assert "stream.night.slack_h" not in told  # given
    assert "stream.night.burst_factor" not in told  # given
    assert "stream.shop.daily_amplitude_frac" not in told  # measured
    assert "size_median_servers" not in told  # does not act
    sized = assumptions(scenario(stream={"night": {**STREAMS["night"], "size_law": "lognormal"}}))
    assert "workload.jobs.stream.night.size_median_servers = 4.0" in "\n".join(sized)
