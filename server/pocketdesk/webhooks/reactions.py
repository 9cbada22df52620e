"""Webhooks hear of what this process commits. What nobody hears of is found within a minute."""

from collections.abc import Callable, Mapping, Sequence

from pocketdesk.jobs.hearing import hear
from pocketdesk.kernel.events import Recorded
from pocketdesk.storage import Engine
from pocketdesk.webhooks import actions, rules


def react(engine: Engine) -> Callable[[Mapping[int, Sequence[Recorded]]], None]:
    """What listens to an engine's commits. To be called in the event loop that the process runs in."""
    return hear(engine, lambda event: rules.told(event) is not None, actions.notice)
