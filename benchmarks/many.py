"""What a thousand stacks cost beside estimating them: to be found, remembered, handed out and reported.

    PYTHONPATH=. .venv/bin/python benchmarks/many.py [--stacks 1000]

Prints milliseconds and kilobytes a stack; docs/farm.md reckons with them.
"""

import argparse
import tempfile
import time
import tracemalloc
from pathlib import Path

from focal_depth.batch import task
from focal_depth.batch.find import Found, find_stacks
from focal_depth.batch.report import PAGE, TABLE, write_report
from focal_depth.batch.run import run_stacks
from focal_depth.pipeline import Choices
from focal_depth.runtime.cache import package_fingerprint
from focal_depth.runtime.progress import SilentReporter
from focal_depth.stack.overrides import Overrides

from farm import METRES, make_stacks


def told_of(stack: Found) -> task.Outcome:
    return task.outcome(
        stack, task.DONE, warnings=("W" * 80,), near=0.7, far=2.5, unit="m", seconds=7.0, worker="tcp://farm"
    )


def handed_out(folder: Path, count: int) -> tuple[float, float]:
    """Seconds of a stack from the list to a worker and back, and those of them that the command works; none
    can be read, so nothing else takes long."""
    stacks = [Found(f"s{n}", (folder / f"{n}.1.jpg", folder / f"{n}.2.jpg"), None) for n in range(count)]
    asked = task.Asked(Choices(), Overrides(), "cpu", version())
    began, worked = time.perf_counter(), time.process_time()
    outcomes = run_stacks(stacks, folder, asked, None, 1, SilentReporter())
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
        found = time.perf_counter() - began
        tracemalloc.start()
        stacks = find_stacks([photographs], output)
        remembered, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        output.mkdir()
        handed, worked = handed_out(photographs, count)
        began = time.perf_counter()
        write_report([told_of(stack) for stack in stacks], output)
        reported = time.perf_counter() - began
        written = sum((output / name).stat().st_size for name in (PAGE, TABLE))
    of = len(stacks)
    print(f"{of} stacks of {len(METRES)} photographs; of one stack:")
    print(f"found       {1e3 * found / of:.2f} ms")
    print(f"remembered  {remembered / of / 1e3:.2f} kB")
    print(f"handed out  {1e3 * handed:.2f} ms, {1e3 * worked:.2f} of the command's own")
    print(f"reported    {1e3 * reported / of:.3f} ms, {written / of / 1e3:.2f} kB")


if __name__ == "__main__":
    main()
