"""The scenario: what is asked, as a frozen and checked tree. Units are in the key names."""

from __future__ import annotations

from pydantic import PrivateAttr

from twin.scenario.base import Part, key
from twin.scenario.events import AnyEvent
from twin.scenario.hall import Envelope, Hall
from twin.scenario.it import Workload
from twin.scenario.plant import Plant, Power
from twin.scenario.policy_choice import PolicyChoice
from twin.scenario.run import Run, Site
from twin.scenario.seen import Forecast, Sensors

__all__ = ["PolicyChoice", "Scenario"]


class Scenario(Part):
    """A complete scenario. Hall, plant, weather and workload must be named or inherited."""

    _notes: tuple[str, ...] = PrivateAttr(default=())

    name: str = key("", text="name of the scenario; the file's if left out", max_length=100)
    description: str = key("", text="one or two sentences", max_length=2000)
    run: Run = key(default_factory=Run, text="clock, seed, length")
    site: Site = key(text="weather, place, prices")
    hall: Hall = key(text="room, racks, air handlers")
    envelope: Envelope = key(default_factory=Envelope, text="building")
    workload: Workload = key(text="how busy the servers are")
    plant: Plant = key(text="cooling plant")
    power: Power = key(default_factory=Power, text="power chain")
    policy: PolicyChoice = key(default_factory=PolicyChoice, text="supervisory policy")
    sensors: Sensors | None = key(None, text="how well the policy sees; perfectly if left out")
    forecast: Forecast | None = key(
        None, text="what the policy is told of the hours ahead; nothing if left out, defaults for policies that plan"
    )
    events: list[AnyEvent] = key(default_factory=list, text="what goes wrong or changes during the run", max_length=1000)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was given beside something that takes its place, as it was read."""
        return self._notes

    def noted(self, notes: tuple[str, ...]) -> Scenario:
        """The same scenario with notes.

        Parameters
        ----------
        notes : tuple of str

        Returns
        -------
        Scenario
        """
        copy = self.model_copy()
        copy._notes = notes
        return copy
