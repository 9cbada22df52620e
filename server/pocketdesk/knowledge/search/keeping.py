"""What each process repeats for as long as it runs, in a thread beside the event loop."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from pocketdesk.storage import StorageFailure

_log = logging.getLogger(__name__)


async def keep(work: Callable[[], None], every_s: float) -> None:
    """Does it again and again, until cancelled; then it ends what it has begun. A failing database is tried again."""
    while True:
        begun = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            await asyncio.shield(begun)
        except StorageFailure as failure:
            _log.warning("search cannot follow the database: %s", failure)
        except asyncio.CancelledError:
            with suppress(Exception):
                await begun
            raise
        await asyncio.sleep(every_s)
