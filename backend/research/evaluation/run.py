"""Many scenes, several at a time, each measured once."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from ...runtime.progress import Reporter
from . import record
from .compare import Asked, Measured, compare
from .data.scene import Scene
from .methods import fingerprint

Sets = dict[tuple[str, str], dict[str, Measured]]  # by data set and split, then by scene


def measure_scenes(scenes: list[Scene], asked: Asked, output: Path, workers: int, reporter: Reporter) -> Sets:
    """Measure what `output` does not hold yet; `workers` processes share the cores.

    Scenes are told in their own order, whichever is done first. Raises InputError of the first scene that
    cannot be measured; those that were stay.
    """
    print_of_asked = _fingerprint(asked)
    folders = {scene: record.folder_of(output, scene) for scene in scenes}
    measured = {scene: record.read(folder, print_of_asked) for scene, folder in folders.items()}
    missing = [scene for scene in scenes if measured[scene] is None]
    reporter.plan({"evaluate": 1})
    reporter.progress("evaluate", 0, len(missing))
    for done, (scene, told) in enumerate(_measured(missing, folders, asked, print_of_asked, workers), 1):
        measured[scene] = told
        reporter.progress("evaluate", done, len(missing))
    sets: Sets = {}
    for scene in scenes:
        sets.setdefault((scene.data_set, scene.split), {})[scene.name] = measured[scene]
    return sets


def _fingerprint(asked: Asked) -> str:
    told = asdict(asked) | {"methods": [fingerprint(method) for method in asked.methods]}
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _measured(
    scenes: list[Scene], folders: dict[Scene, Path], asked: Asked, print_of_asked: str, workers: int
) -> Iterator[tuple[Scene, Measured]]:
    if workers == 1:
        for scene in scenes:
            yield scene, _measure(scene, folders[scene], asked, print_of_asked)
        return
    threads = max(1, (os.cpu_count() or 1) // workers)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _share_cores, (threads,)) as pool:
        running = {
            pool.submit(_measure, scene, folders[scene], asked, print_of_asked): scene for scene in scenes
        }
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _share_cores(threads: int) -> None:
    import cv2

    os.environ["OMP_NUM_THREADS"] = str(threads)
    cv2.setNumThreads(threads)


def _measure(scene: Scene, folder: Path, asked: Asked, print_of_asked: str) -> Measured:
    measured, shown = compare(scene, asked)
    record.write(folder, print_of_asked, measured, shown)
    return measured
