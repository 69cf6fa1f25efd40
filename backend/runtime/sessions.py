"""Networks under ONNX Runtime: opened once, beside other work, and released when they have run."""

import functools
import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, cast

from ..contract.errors import InputError
from ..contract.limits import MAX_WEIGHTS_BYTES, read_whole
from .devices import CPU_ENGINE, GPU, ON_CPU, TORCH, Engine, engine_for, leave_out, torch_sessions
from .faults import explain_machine_fault
from .gpu import GpuSession, Trial
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
        self._engines: dict[Path, Engine] = {}  # by which networks were opened, released ones too
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

        On a graphics processor it has been seen to give what it gives on the CPU, where it takes what our
        networks take. A graphics processor where it does not is left out, unless it was asked for.

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
        """Give back the memory of networks: what runs them keeps what it needed at most."""
        with self._lock:
            for model in models:
                self._opened.pop(model, None)

    def engines(self, *models: Path) -> str:
        """Return what ran such of these networks as have been opened, as result.json has it."""
        with self._lock:
            names = {str(self._engines[model]) for model in models if model in self._engines}
        return " and ".join(sorted(names))

    def _open(self, model: Path) -> Session:
        engine, session = self._open_somewhere(model)
        with self._lock:
            self._engines[model] = engine
        return session

    def _open_somewhere(self, model: Path) -> tuple[Engine, Session]:
        weights = model.with_name(TORCH_WEIGHTS)
        while (engine := engine_for(self._device, weights)).is_gpu:
            if session := self._open_on_gpu(model, engine):
                return engine, session
            leave_out(engine.place)
        return engine, open_session(model, self._threads)

    def _open_on_gpu(self, model: Path, engine: Engine) -> Session | None:
        """Open a network there, and try it the first time; None where it fails and was not asked for."""
        was_tried = self._engines.get(model) == engine
        trial = None if was_tried else Trial.of(open_session(model, self._threads))
        try:
            session = GpuSession(lambda: open_session(model, self._threads, engine))
            if trial is None or trial.agrees(session):
                return session
        except Exception as error:  # each library that drives a graphics processor raises its own
            if self._device != GPU:
                return None
            if explain_machine_fault(error):
                raise
            raise InputError(
                f"{engine} fails with {model.name}: update the driver of the graphics processor, or choose "
                "--device cpu"
            ) from error
        if self._device != GPU:
            return None
        raise InputError(f"{engine} computes {model.name} differently from the CPU: choose --device cpu")


@functools.cache
def _shared(threads: int, device: str) -> Sessions:
    return Sessions(threads, device)


def sessions_for(resources: Resources) -> Sessions:
    """Return this process's sessions for such resources: what has been opened before is open still."""
    return _shared(resources.threads, resources.device)


def open_session(model: Path, threads: int, engine: Engine = CPU_ENGINE) -> Session:
    """Open a network.

    Parameters
    ----------
    model
        Its .onnx file. Torch reads the weights beside it.
    threads
        That it may use.
    engine
        What runs it.

    Raises
    ------
    InputError
        For one that is too large, or that keeps its weights in other files.
    OSError
        Where it cannot be read.
    Exception
        The library's own for a bad model, and where the device cannot be used.
    """
    if engine.library == TORCH:
        return torch_sessions()(model.with_name(TORCH_WEIGHTS), model.stem, engine.place)  # type: ignore[misc]
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
    places = list(dict.fromkeys((engine.place, ON_CPU)))
    session = onnxruntime.InferenceSession(network, options, providers=places, enable_fallback=False)
    if session.get_providers()[0] != engine.place:  # some are left out without an error
        raise RuntimeError(f"{engine} cannot be used here")
    return cast(Session, session)
