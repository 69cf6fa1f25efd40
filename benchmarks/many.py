"""What a thousand stacks cost beside estimating them: to be listed, remembered, handed out and reported.

    PYTHONPATH=. .venv/bin/python benchmarks/many.py [--stacks 1000]

Prints milliseconds and kilobytes a stack; docs/farm.md reckons with them.
"""

import argparse
import tempfile
import time
import tracemalloc
from pathlib import Path

from focal_depth.batch import task
from focal_depth.batch.find import StackFolder, find_stacks
from focal_depth.batch.report import PAGE, TABLE, write_report
from focal_depth.batch.run import run_stacks
from focal_depth.batch.single import Request
from focal_depth.runtime.cache import package_fingerprint
from focal_depth.runtime.config import Config
from focal_depth.runtime.progress import SilentReporter
from focal_depth.runtime.resources import Resources
from focal_depth.stack.overrides import Overrides

from farm import METRES, make_stacks


def outcome_of(stack: StackFolder) -> task.Outcome:
    return task.outcome_of(
        stack, task.DONE, warnings=("W" * 80,), near=0.7, far=2.5, unit="m", seconds=7.0, worker="tcp://farm"
    )


def handed_out(folder: Path, count: int) -> tuple[float, float]:
    """Seconds of a stack from the list to a worker and back, and those of them that the command works; none
    can be read, so nothing else takes long."""
    stacks = [
        StackFolder(f"s{n}", (folder / f"{n}.1.jpg", folder / f"{n}.2.jpg"), None) for n in range(count)
    ]
    batch = task.BatchRequest(Request(Config(), Resources()), Overrides(), package_fingerprint())
    began, worked = time.perf_counter(), time.process_time()
    outcomes = run_stacks(stacks, folder, batch, None, 1, SilentReporter())
    assert {outcome.status for outcome in outcomes} == {task.BAD}
    return (time.perf_counter() - began) / count, (time.process_time() - worked) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stacks", type=int, default=1000)
    count = parser.parse_args().stacks
    with tempfile.TemporaryDirectory() as folder:
        photographs, output = Path(folder, "photographs"), Path(folder, "results")
        make_stacks(photographs, count, 160)
        began = time.perf_counter()
        stacks = find_stacks([photographs], output)
        listed = time.perf_counter() - began
        tracemalloc.start()
        stacks = find_stacks([photographs], output)
        remembered, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        output.mkdir()
        handed, worked = handed_out(photographs, count)
        began = time.perf_counter()
        write_report([outcome_of(stack) for stack in stacks], output)
        reported = time.perf_counter() - began
        written = sum((output / name).stat().st_size for name in (PAGE, TABLE))
    of = len(stacks)
    print(f"{of} stacks of {len(METRES)} photographs; of one stack:")
    print(f"listed      {1e3 * listed / of:.2f} ms")
    print(f"remembered  {remembered / of / 1e3:.2f} kB")
    print(f"handed out  {1e3 * handed:.2f} ms, {1e3 * worked:.2f} of the command's own")
    print(f"reported    {1e3 * reported / of:.3f} ms, {written / of / 1e3:.2f} kB")


if __name__ == "__main__":
    main()
