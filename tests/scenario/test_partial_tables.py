"""One key of a table changes that key only; its neighbours keep their defaults."""

from __future__ import annotations

import pytest

from twin.scenario.hall import Envelope
from twin.scenario.plant import Power


@pytest.mark.parametrize("stage", ["ups", "pdu", "transformer"])
def test_a_rating_does_not_take_the_loss_away(stage):
    changed = getattr(Power.model_validate({stage: {"rated_kw": 500.0}}), stage)
    assert changed.rated_kw == 500.0
    assert changed.loss == getattr(Power(), stage).loss
    assert changed.loss[0] > 0.0


@pytest.mark.parametrize("surface", ["roof", "wall"])
def test_an_emissivity_does_not_change_the_resistance(surface):
    changed = getattr(Envelope.model_validate({surface: {"emissivity_frac": 0.5}}), surface)
    before = getattr(Envelope(), surface)
    assert changed.emissivity_frac == 0.5
    assert changed.model_copy(update={"emissivity_frac": before.emissivity_frac}) == before
