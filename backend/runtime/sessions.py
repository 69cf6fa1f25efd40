"""Networks under ONNX Runtime: opened once, beside other work, and released when they have run."""

import functools
import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, cast

from ..contract.errors import InputError
from ..contract.limits import MAX_WEIGHTS_BYTES, read_whole
from .device_check import is_alike
from .devices import (
    CPU,
    GPU,
    describe_device,
    is_gpu,
    providers,
    refuse_provider,
    torch_device,
    torch_sessions,
)
from .resources import Resources

TORCH_WEIGHTS = "focal_depth.safetensors"  # beside our .onnx files
# A tensor kept in another file has this key (onnx.proto, TensorProto.external_data), whatever the length of
# the number of its letters. Nothing but the network is read.
EXTERNAL_DATA = re.compile(rb"(?:\x08|\x88\x80*\x00)location")


class Session(Protocol):
    """A network that is open."""

    def get_inputs(self) -> list[Any]:
        """Return its inputs, each with a `name`."""
        ...

    def run(self, outputs: Any, feed: Any, /) -> list[Any]:
        """Return the outputs of the network, by the names of its file, or all."""
        ...


class _OneAtATime:
    """A network on a graphics processor: ONNX Runtime's WebGPU (1.27) fails where two threads use it."""

    lock = threading.RLock()  # of all of them

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_inputs(self) -> list[Any]:
        return self._session.get_inputs()

    def run(self, outputs: Any, feed: Any, /) -> list[Any]:
        with self.lock:
            return self._session.run(outputs, feed)


class Sessions:
    """The open networks of one choice of threads and device, each opened once.

    Parameters
    ----------
    threads
        That a network may use.
    device
        One of `devices.DEVICES`.
    """

    def __init__(self, threads: int, device: str) -> None:
        self._threads, self._device = threads, device
        self._opened: dict[Path, Future[Session]] = {}
        self._lock = threading.Lock()

    def begin_opening(self, *models: Path) -> None:
        """Open networks in this order, beside whatever else is done until they are used."""
        opener = ThreadPoolExecutor(1, "open networks")
        with self._lock:
            for model in models:
                if model not in self._opened:
                    self._opened[model] = opener.submit(self._open, model)
        opener.shutdown(wait=False)

    def get(self, model: Path) -> Session:
        """Return a network that is open, once it is.

        On a graphics processor it has been seen to give what it gives on the CPU. A graphics processor where
        it does not is left out, unless it was asked for.

        Raises
        ------
        InputError
            Where the graphics processor that was asked for does not, and as `open_session` does.
        OSError, Exception
            As `open_session` does.
        """
        self.begin_opening(model)
        with self._lock:
            session = self._opened[model]
        try:
            return session.result()
        except BaseException:
            self.release(model)
            raise

    def release(self, *models: Path) -> None:
        """Give back the memory of networks: the engine keeps what it needed at most."""
        with _OneAtATime.lock, self._lock:
            for model in models:
                self._opened.pop(model, None)

    def _open(self, model: Path) -> Session:
        on_cpu = open_session(model, self._threads, CPU)
        while is_gpu(self._device):
            # Each library that drives a graphics processor raises its own.
            with suppress(Exception), _OneAtATime.lock:
                session = self._open_on_gpu(model)
                if is_alike(session, on_cpu):
                    return _OneAtATime(session)
            if self._device == GPU:
                raise InputError(
                    f"{describe_device(GPU)} does not run {model.name} as the CPU does: update the driver of "
                    "the graphics processor, or choose --device cpu"
                )
            refuse_provider(self._device)
        return on_cpu

    def _open_on_gpu(self, model: Path) -> Session:
        weights = model.with_name(TORCH_WEIGHTS)
        if (device := torch_device(self._device)) and weights.is_file():
            return torch_sessions()(weights, model.stem, device)  # type: ignore[misc]
        return open_session(model, self._threads, self._device)


@functools.cache
def _shared(threads: int, device: str) -> Sessions:
    return Sessions(threads, device)


def sessions_for(resources: Resources) -> Sessions:
    """Return this process's sessions for such resources: what has been opened before is open still."""
    return _shared(resources.threads, resources.device)


def open_session(model: Path, threads: int, device: str) -> Session:
    """Open a network under ONNX Runtime.

    Raises
    ------
    InputError
        For one that is too large, or that keeps its weights in other files.
    OSError
        Where it cannot be read.
    Exception
        ONNX Runtime's own for a bad model, and where the device cannot be used.
    """
    import onnxruntime

    network = read_whole(model, MAX_WEIGHTS_BYTES)
    if EXTERNAL_DATA.search(network):
        raise InputError(f"{model} keeps its weights in another file: use one that `import-weights` exported")

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait by spinning take the core of whatever else runs, be it Blender's window.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False  # it would keep memory for every size of a tile
    options.enable_mem_reuse = False  # its plan takes most of the time to open a network, and saves nothing
    # Bytes, since ONNX Runtime does not open every path that Python does.
    wanted = providers(device)
    session = onnxruntime.InferenceSession(network, options, providers=wanted, enable_fallback=False)
    if session.get_providers()[0] != wanted[0]:  # some are left out without an error
        raise RuntimeError(f"{wanted[0]} cannot be used here")
    return cast(Session, session)
