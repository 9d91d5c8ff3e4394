"""What runs on every machine: a process of `otmix worker`, and the actor that owns it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pickle import PickleBuffer
from typing import IO, Any, Callable, NoReturn, Optional, Sequence

from .frames import HEAD, Bytes

#: Bytes of a pipe to or from a worker, where the machine allows as many.
PIPE = 1 << 20
#: Seconds that a process may take to end.
LAST = 5.0
#: Seconds between two looks at whether the raylet still runs.
LOOKS = 1.0


class WorkerLost(Exception):
    """A worker's process has ended, or said nothing for too long."""


def command_on_this_machine(command: Sequence[str], version: str) -> list[str]:
    """How to start a worker here: as the master does where its files are here too, else by `otmix` on the PATH."""
    if all(os.path.exists(part) for part in command if os.path.isabs(part)) and shutil.which(command[0]):
        return list(command)
    found = shutil.which("otmix")
    if found:
        return [found, "worker"]
    host = socket.gethostname()
    raise FileNotFoundError(
        f"{host}: expected otmix {version}, got none on its PATH nor at {command[-2] if len(command) > 1 else command[0]}; "
        f"install it there: npm install -g otmix@{version}"
    )


def _ends_with_parent() -> Optional[Callable[[], None]]:
    """On Linux: what has a process end with the one that started it, even one that stands still."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, signal.SIGKILL)


def end_with_raylet() -> None:
    """Has this process end within a second of the raylet that started it.

    Ray's own look takes a raylet that was killed, and that nobody has waited for, for one that runs.
    """
    raylet = os.getppid()
    if os.environ.get("RAY_RAYLET_PID") != str(raylet):
        return  # something stands between the two

    def look() -> None:
        while os.getppid() == raylet:
            time.sleep(LOOKS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


class Process:
    """A process of `otmix worker`."""

    def __init__(self, command: Sequence[str], deadline: float, gpus: Sequence[Any] = ()) -> None:
        self.deadline = deadline
        self.kept: set[str] = set()
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=_ends_with_parent(),
            env={**os.environ, **({"OTMIX_GPU": str(gpus[0])} if gpus else {})},
        )
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            _widen(stream)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> Optional[int]:
        """Its exit status; None of one that runs."""
        return self._process.poll()

    def answers(self, pieces: Sequence[Bytes], count: int) -> list[bytearray]:
        """Writes frames, and reads as many answers, without the bytes that say how long each is. Raises WorkerLost."""
        writer = threading.Thread(target=self._write, args=(pieces,), daemon=True)
        writer.start()
        bodies: list[bytearray] = []
        while len(bodies) < count:
            body = self._take(int.from_bytes(self._take(HEAD), "little"))
            if body:  # an empty one says that it is alive
                bodies.append(body)
        writer.join()
        return bodies

    def end(self) -> None:
        """Lets it end by itself, so that it tidies up, and sees to it that it does."""
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.close()
            self._process.wait(LAST)
        except (OSError, subprocess.TimeoutExpired):
            self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _write(self, pieces: Sequence[Bytes]) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
        except OSError:
            pass  # its end is told where answers are read

    def _take(self, count: int) -> bytearray:
        stream = self._process.stdout
        assert stream is not None
        taken = bytearray(count)
        view = memoryview(taken)
        filled = 0
        while filled < count:
            ready, _, _ = select.select([stream], [], [], self.deadline)
            if not ready:
                raise WorkerLost(f"it said nothing for {self.deadline:g} s")
            some = os.readv(stream.fileno(), [view[filled:]])
            if not some:
                raise WorkerLost(f"it ended with status {self._process.wait()}")
            filled += some
        return taken


def _widen(stream: IO[bytes]) -> None:
    """Has a pipe hold more than the 64 KiB of Linux, so that both ends wait less often for each other."""
    try:
        fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE)
    except (AttributeError, OSError):
        pass  # elsewhere than on Linux, or beyond what pipes of one user may hold


class Worker:
    """Owns one process. Ray restarts the actor where the process is lost, and asks the new one what it asked before."""

    def __init__(self, command: Sequence[str], deadline: float, version: str) -> None:
        self._command = command
        self._deadline = deadline
        self._version = version
        self._process: Optional[Process] = None
        end_with_raylet()

    def start(self) -> dict[str, Any]:
        """Starts the process, and says where it is, or why it can't be started."""
        try:
            process = self._running()
        except OSError as error:
            return {"error": str(error)}
        return {"host": socket.gethostname(), "pid": os.getpid(), "node": process.pid}

    def call(self, questions: Bytes, count: int, kept: Sequence[tuple[str, Any]], *part: Bytes) -> list[PickleBuffer]:
        """The process's answers to questions: of `kept`, references, it is told first what it has not been told.

        Buffers go to Ray's object store, and come out of it, without a copy besides.
        """
        import ray

        try:
            process = self._running()
            missing = [(name, reference) for name, reference in kept if name not in process.kept]
            values = ray.get([reference for _, reference in missing])
            answers = process.answers([*values, *part, questions], count)
            process.kept.update(name for name, _ in missing)
            return [PickleBuffer(answer) for answer in answers]
        except WorkerLost as lost:
            self._give_up(lost)

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.end()

    def _running(self) -> Process:
        if self._process is None:
            import ray

            command = command_on_this_machine(self._command, self._version)
            self._process = Process(command, self._deadline, ray.get_gpu_ids())
        return self._process

    def _give_up(self, lost: WorkerLost) -> NoReturn:
        """Ends this actor as a crash does, so that Ray starts it again, here or elsewhere."""
        print(f"otmix: a worker on {socket.gethostname()} was lost: {lost}", file=sys.stderr, flush=True)
        if self._process is not None:
            self._process.kill()
        os._exit(1)
