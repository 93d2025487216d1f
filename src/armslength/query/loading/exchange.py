"""Talking with the child: read its answer and its chatter, within limits of time and size, then see it end."""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO

from armslength.kernel import bubblewrap
from armslength.kernel.bubblewrap import Jail, Outcome, Running
from armslength.query.loading.isolation import LoadLimits, child_environment

PIECE = 1 << 16
GRACE_SECONDS = 0.5  # what is still in a pipe after the program ended is read this long
# Kept from a stranger's text: line breaks and tabs. Terminals obey the other control characters.
CONTROLS = {code: "�" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """What the child wrote to its result descriptor, and how it ended."""

    content: bytes
    too_large: bool
    outcome: Outcome


def ask(argv: Callable[[int], list[str]], jail: Jail | None, *, limits: LoadLimits, say: Say) -> Answer:
    """Start the child (in a jail, or plainly when there is none), read its answer and wait for its end.

    `argv` is given the descriptor that the answer is to be written to; `say` gets what the program prints.
    """
    with _pipe() as (result, answering), _pipe() as (chatter, chatting):
        running = _start(argv(answering.fileno()), jail, limits, answering.fileno(), chatting.fileno())
        try:
            answering.close()
            chatting.close()
            deadline = time.monotonic() + limits.clock_seconds
            content, too_large = _read(running, result.fileno(), chatter.fileno(), deadline, limits, say)
            if too_large:
                running.kill()
        except BaseException:
            running.kill()
            running.wait()
            raise
        outcome = running.wait(max(0.0, deadline - time.monotonic()))
        if jail is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.process.pid, signal.SIGKILL)
        return Answer(content, too_large, outcome)


def _start(argv: list[str], jail: Jail | None, limits: LoadLimits, answering: int, chatting: int) -> Running:
    if jail is not None:
        return bubblewrap.start(jail, argv, stdout=chatting, stderr=chatting, pass_descriptors=(answering,))
    # Without a jail the kernel still limits each process by itself, where this program is installed.
    # The hard limit lies a second higher, so that SIGXCPU says why it ended: SIGKILL has many reasons.
    seconds = limits.processor_seconds
    memory, processor = f"--as={limits.memory_bytes}", f"--cpu={seconds}:{seconds + 1}"
    prefix = ["prlimit", memory, processor, "--core=0", "--"] if shutil.which("prlimit") else []
    process = subprocess.Popen(
        [*prefix, *argv],
        stdin=subprocess.DEVNULL,
        stdout=chatting,
        stderr=chatting,
        env=child_environment(),
        pass_fds=(answering,),
        start_new_session=True,
    )
    return Running(process, None, time.monotonic())


def _read(
    running: Running, result: int, chatter: int, deadline: float, limits: LoadLimits, say: Say
) -> tuple[bytes, bool]:
    """Read both pipes until they close, the program ends, time runs out, or the answer is too large."""
    answer = bytearray()
    told = _Chatter(say, limits.output_bytes)
    watch = os.pidfd_open(running.process.pid)
    try:
        with selectors.DefaultSelector() as selector:
            for descriptor in (result, chatter, watch):
                selector.register(descriptor, selectors.EVENT_READ)
            # The watch alone left means that both pipes are closed.
            while len(selector.get_map()) > (watch in selector.get_map()):
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    break
                for key, _ in ready:
                    if key.fd == watch:
                        selector.unregister(watch)
                        deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
                        continue
                    piece = os.read(key.fd, PIECE)
                    if not piece:
                        selector.unregister(key.fd)
                    elif key.fd == chatter:
                        told.hear(piece)
                    else:
                        answer += piece
                if len(answer) > limits.result_bytes:
                    return b"", True
    finally:
        os.close(watch)
        told.end()
    return bytes(answer), False


class _Chatter:
    """What the program prints, passed on as it comes: as text, without control characters, up to a limit."""

    def __init__(self, say: Say, limit: int) -> None:
        self.say, self.left = say, limit
        self.decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode

    def hear(self, piece: bytes) -> None:
        if self.left <= 0:
            return
        text = self.decode(piece[: self.left])
        self.left -= len(piece)
        self.say(plain(text))
        if self.left <= 0:
            self.say("\n… (the definition prints more than is shown)\n")

    def end(self) -> None:
        self.say(plain(self.decode(b"", True)))


def plain(text: str) -> str:
    """A stranger's text without what a terminal would obey."""
    return text.translate(CONTROLS)


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[FileIO, FileIO]]:
    """A pipe: its reading and its writing end. Either may be closed early."""
    reading, writing = os.pipe()
    with FileIO(reading, "rb") as reader, FileIO(writing, "wb") as writer:
        yield reader, writer
