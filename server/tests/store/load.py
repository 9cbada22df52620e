"""A process that writes notes and prints each one that is acknowledged: `python -m tests.store.load URL PAD COUNT`."""

import os
import sys
import threading
from pathlib import Path

from pocketdesk.storage import Engine, Outcome, UnitOfWork
from tests.store.notes import NoteWritten, write_note

_SERVER = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_SERVER)}


def main(url: str, pad_id: int, count: int) -> None:
    engine = Engine.open(url, clock=lambda: 0, group_limit=7)
    waiting = threading.Semaphore(20)

    def act(unit: UnitOfWork, number: int) -> int:
        seq = write_note(unit, 1, pad_id, f"{pad_id}:{number}")
        unit.record(2, NoteWritten(pad_id, number))
        return seq

    for number in range(1, count + 1):
        waiting.acquire()

        def done(outcome: Outcome[int], number: int = number) -> None:
            if outcome.error is not None:
                sys.stderr.write(f"{outcome.error}\n")
                os._exit(1)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            waiting.release()

        engine.submit(lambda unit, number=number: act(unit, number), done)
    engine.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
