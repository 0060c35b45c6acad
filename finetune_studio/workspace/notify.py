"""Who wants to know what changed. Published in the face's thread, in order."""

from collections.abc import Callable

from finetune_studio.domain.changes import Changes

Listener = Callable[[Changes], None]


class Notifier:
    """One list of listeners; one that fails does not keep the others from hearing."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(changes)` after every change; returns how to stop that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, changes: Changes) -> None:
        """Tell everyone; the first listener's exception is raised after all have heard."""
        if not changes:
            return
        first_error: Exception | None = None
        for listener in list(self._listeners):
            try:
                listener(changes)
            except Exception as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error
