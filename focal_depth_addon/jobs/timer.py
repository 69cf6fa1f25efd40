"""Functions that Blender calls after a while."""

from collections.abc import Callable

import bpy


class Timer:
    """A function that Blender calls after a while, and again as many seconds later as it returns.

    Blender recognises a function by its identity, and a method is a new object each time it is named: this
    keeps one.
    """

    def __init__(self, function: Callable[[], float | None]) -> None:
        self._function = function

    @property
    def is_running(self) -> bool:
        """Whether the function will be called."""
        return bpy.app.timers.is_registered(self._function)

    def start(self, delay: float) -> None:
        """Call the function in `delay` seconds, no earlier call being due."""
        self.stop()
        bpy.app.timers.register(self._function, first_interval=delay)

    def stop(self) -> None:
        """Call the function no more."""
        if self.is_running:
            bpy.app.timers.unregister(self._function)
