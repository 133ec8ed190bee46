"""The signature library computes in coroutines, though nothing here waits for anything outside."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def settled(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """The result of a coroutine; also for a caller whose thread runs an event loop already, as some servers do."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(max_workers=1) as beside:
        return beside.submit(asyncio.run, coroutine).result()
