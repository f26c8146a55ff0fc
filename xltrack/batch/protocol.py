"""What a worker process and its parent say to each other: pickles with their length in front."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Failed:
    """Work that raised what nobody expected; ``memory`` where that was the lack of it."""

    kind: str
    memory: bool = False


@dataclass(frozen=True)
class Other:
    """Work other than the usual, for a process that is there anyway."""

    work: Callable[[Any], object]
    argument: object


def send(stream: IO[bytes], message: object) -> None:
    """Write a message that :func:`receive` reads."""
    send_data(stream, pickled(message))
    stream.flush()


def pickled(message: object) -> bytes:
    """A message as it goes over a pipe."""
    return pickle.dumps(message, pickle.HIGHEST_PROTOCOL)


def send_data(stream: IO[bytes], data: bytes) -> None:
    """Write a message that is pickled already."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)


def receive(stream: IO[bytes]) -> Any:
    """The next message of a stream.

    Raises: EOFError where the other side is gone.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301  # from our own process
