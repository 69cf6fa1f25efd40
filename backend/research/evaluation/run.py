"""Many scenes, several at a time, each measured once."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...runtime.progress import Reporter
from . import record
from .compare import EvaluationConfig, SceneMeasures, compare_methods
from .data.scene import Scene
from .methods import fingerprint

DataSetMeasures = dict[tuple[str, str], dict[str, SceneMeasures]]  # by data set and split, then by scene


def measure_scenes(
    scenes: list[Scene], config: EvaluationConfig, output: Path, workers: int, reporter: Reporter
) -> DataSetMeasures:
    """Measure the scenes that are not yet in `output`.

    Parameters
    ----------
    scenes
        In the order of the result.
    config
        What is measured.
    output
        Folder of the records.
    workers
        Processes, which share the cores.
    reporter
        Receives progress.

    Raises
    ------
    InputError
        Of the first scene that cannot be measured; the records of others stay.
    """
    fields = asdict(config) | {
        "methods": [fingerprint(method) for method in config.methods],
        "all_in_focus": [fingerprint(folder) for folder in config.all_in_focus],
    }
    digests = {scene: _fingerprint(fields | {"surfaces": repr(scene.surfaces)}) for scene in scenes}
    folders = {
        scene: record.scene_folder(output, scene.data_set, scene.split, scene.name) for scene in scenes
    }
    measures = {scene: record.read_record(folder, digests[scene]) for scene, folder in folders.items()}
    missing = [scene for scene in scenes if measures[scene] is None]
    reporter.plan({"evaluate": 1})
    reporter.progress("evaluate", 0, len(missing))
    for done, (scene, result) in enumerate(_measure_all(missing, folders, config, digests, workers), 1):
        measures[scene] = result
        reporter.progress("evaluate", done, len(missing))
    sets: DataSetMeasures = {}
    for scene in scenes:
        if (result := measures[scene]) is not None:
            sets.setdefault((scene.data_set, scene.split), {})[scene.name] = result
    return sets


def _fingerprint(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:16]


def _measure_all(
    scenes: list[Scene],
    folders: dict[Scene, Path],
    config: EvaluationConfig,
    digests: dict[Scene, str],
    workers: int,
) -> Iterator[tuple[Scene, SceneMeasures]]:
    """Yield scenes with their measures, as they are done."""
    if workers == 1:
        for scene in scenes:
            yield scene, _measure_and_record(scene, folders[scene], config, digests[scene])
        return
    threads = max(1, (os.cpu_count() or 1) // workers)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _limit_threads, (threads,)) as pool:
        running = {
            pool.submit(_measure_and_record, scene, folders[scene], config, digests[scene]): scene
            for scene in scenes
        }
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _limit_threads(threads: int) -> None:
    import cv2

    os.environ["OMP_NUM_THREADS"] = str(threads)
    cv2.setNumThreads(threads)


def _measure_and_record(scene: Scene, folder: Path, config: EvaluationConfig, digest: str) -> SceneMeasures:
    measures, maps = compare_methods(scene, config)
    record.write_record(folder, digest, measures, maps)
    return measures
