"""What happens in a sandbox, as it happens."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal, Self

from mockserver.client.errors import Unreachable
from mockserver.client.exchanges import Exchange, Gap, StateChanged
from mockserver.client.results import Delivery, read
from mockserver.client.stream import Stream

Kind = Literal["exchange", "delivery", "state"]
Event = Exchange | Delivery | StateChanged | Gap
_KINDS: dict[str, type[Any]] = {"exchange": Exchange, "delivery": Delivery, "state": StateChanged, "gap": Gap}


class Events:
    """Events of one sandbox, awaited one after the other. End it with `close`, or use it in a `with`.

    `last_id` is the newest exchange that was told, after which a new stream may begin.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.last_id: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        """The next event. Raises Unreachable when the server cuts the stream off."""
        told = next(self._stream)
        while told.kind not in _KINDS:
            if told.kind == "overflow":
                raise Unreachable("the stream of events was read too slowly, and the server has cut it off")
            told = next(self._stream)
        if told.id:
            self.last_id = int(told.id)
        event: Event = read(_KINDS[told.kind], told.data)
        return event

    def close(self) -> None:
        """End the stream."""
        self._stream.close()
