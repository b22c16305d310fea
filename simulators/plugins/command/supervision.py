"""Runs one asynchronous operation inside a plugin call, under the call's deadline and the user's cancellation."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from providers.common.errors import PluginError
from providers.common.resource import Call

POLL_S = 0.1
Result = TypeVar("Result")


def supervised(operation: Coroutine[Any, Any, Result], call: Call) -> Result:
    """The operation's result. Raises PluginError when the user cancels or the resource's own time limit passes.

    The operation is cancelled then, and has ended when this raises; what it holds open is closed by it.
    """
    return asyncio.run(_supervised(operation, call))


async def _supervised(operation: Coroutine[Any, Any, Result], call: Call) -> Result:
    task = asyncio.ensure_future(operation)
    watch = asyncio.ensure_future(_cancelled(call))
    try:
        done, _ = await asyncio.wait((task, watch), timeout=call.timeout, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            return task.result()
        task.cancel()
        await asyncio.wait((task,))
    finally:
        watch.cancel()
    cause = "cancelled" if done else f"not done within its time limit of {call.timeout:.0f} s"
    raise PluginError(f"{call.urn}: {cause}; the command was stopped")


async def _cancelled(call: Call) -> None:
    while not call.cancelled.is_set():
        await asyncio.sleep(POLL_S)
