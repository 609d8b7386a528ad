"""Ask a policy within a time: what takes too long is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from twin.policies.contract import Policy, Rollout

__all__ = ["SlowPolicyError", "ask_within", "reset_policy"]


class SlowPolicyError(Exception):
    """A decision took longer than it may."""


def ask_within(limit_s: float, ask: Callable[[], Any]) -> Any:
    """Answer of a call that may take so long, and no longer.

    The call runs in a thread of its own. A thread cannot be stopped: one that takes too long is left behind, so whoever
    asked must not use again what it works on.

    Parameters
    ----------
    limit_s : float
        Wall-clock time, s.
    ask : callable
        Without arguments.

    Returns
    -------
    object
        What the call returns; what it raises is raised here.

    Raises
    ------
    SlowPolicyError
        If it has not answered in time.
    """
    answer: list[Any] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            answer.append(ask())
        except BaseException as error:  # handed to the caller, whatever it is
            raised.append(error)

    thread = threading.Thread(target=work, daemon=True, name="policy")
    thread.start()
    thread.join(limit_s)
    if raised:
        raise raised[0]
    if not answer:
        raise SlowPolicyError(f"took longer than {limit_s:g} s for one decision")
    return answer[0]


def reset_policy(policy: Policy, seed: int, rollout: Rollout | None) -> None:
    """Reset a policy, with a rollout if it plans: one that does not need not know the word.

    Parameters
    ----------
    policy : Policy
    seed : int
        For its randomness.
    rollout : Rollout or None
    """
    if getattr(policy, "looks_ahead_s", 0) > 0:
        policy.reset(seed, rollout)
    else:
        policy.reset(seed)
