"""Several actions at once, on one engine or on several."""

import threading
from collections.abc import Callable
from typing import Any

from pocketdesk.storage import Engine, Outcome, UnitOfWork

Act = Callable[[UnitOfWork], Any]


def submit_all(*acts: tuple[Engine, Act]) -> list[Outcome[Any]]:
    """Submits every action to its engine without waiting in between; their outcomes in the order given."""
    outcomes: dict[int, Outcome[Any]] = {}
    heard = threading.Semaphore(0)

    def listen(place: int) -> Callable[[Outcome[Any]], None]:
        def done(outcome: Outcome[Any]) -> None:
            outcomes[place] = outcome
            heard.release()

        return done

    for place, (engine, act) in enumerate(acts):
        engine.submit(act, listen(place))
    for _ in acts:
        assert heard.acquire(timeout=30)
    return [outcomes[place] for place in range(len(acts))]


def submit_group(engine: Engine, acts: list[Act]) -> list[Any]:
    """Actions that share a group, because they wait together; what they returned or raised."""
    held, go_on = threading.Event(), threading.Event()

    def hold(_: UnitOfWork) -> None:
        held.set()
        go_on.wait()

    engine.submit(hold, lambda _: None)
    held.wait()
    outcomes: list[Any] = []
    for act in acts:
        engine.submit(act, lambda outcome: outcomes.append(outcome.error or outcome.value))
    go_on.set()
    engine.write_and_wait(lambda _: None)
    return outcomes
