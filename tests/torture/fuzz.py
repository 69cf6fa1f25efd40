"""Mutated files for the parsers of photographs, metadata and results, in children that may crash or hang.

    python tests/torture/fuzz.py [--executions 10000] [--seed 1] [--output build/fuzz]

Files are changed as libFuzzer changes them: bytes set, bits flipped, pieces cut, doubled, swapped between
files, numbers made as large as they get. What ends in anything but a result or an InputError is saved in the
output folder. Exits with 1 where there was any.
"""

import argparse
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "backend")]
STARTING = 10  # seconds, of a child
SECONDS = 10  # for one file; more is a hang
MEMORY = 3 * 2**30  # bytes of address space beyond what the libraries take
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LARGEST = 60_000  # bytes of a file: headers are what is parsed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "fuzz")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = originals(Path(folder))
        done, failures = run(files, options, Path(folder))
    print(f"{sum(done.values())} executions: " + ", ".join(f"{n} {kind}" for kind, n in sorted(done.items())))
    print(f"{len(failures)} failures" + "".join(f"\n  {failure}" for failure in failures))
    return bool(failures)


def originals(folder: Path) -> dict[str, bytes]:
    """Whole files by a name that tells which parser is meant."""
    import cv2
    import numpy as np
    from focal_depth.contract.files import CACHE, DEPTH_EXR, RESULT_JSON
    from focal_depth.runtime.cache import analysis_fingerprint
    from photographs import STACKS, dng, heic, quadrants, write_photograph
    from results import description, write_result
    from test_hostile_results import cached_arrays, job

    tags = {
        "Exif.Photo.FocalLength": "50/1",
        "Exif.Photo.SubjectDistance": "15/10",
        "Exif.Image.Orientation": 6,
    }
    tags |= {
        "Exif.Image.Make": "Canon",
        "Exif.CanonFi.FocusDistanceUpper": 300,
        "Exif.Photo.FNumber": "28/10",
    }
    xmp = {"Xmp.aux.ApproximateFocusDistance": "126/100"}
    files = {}
    for suffix in (".jpg", ".png", ".tif", ".webp"):
        path = write_photograph(folder / f"made{suffix}", exif=tags, xmp=xmp)
        files[path.name] = path.read_bytes()
    files["floats.tif"] = cv2.imencode(".tif", np.float32(quadrants()) / 255)[1].tobytes()
    files["deep.png"] = cv2.imencode(".png", np.uint16(quadrants()) * 257)[1].tobytes()
    files["progressive.jpg"] = cv2.imencode(".jpg", quadrants(), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[
        1
    ].tobytes()
    files |= of_many_sorts(folder)
    for stack in sorted(STACKS.glob("nikon*")):  # with the maker notes of a real camera
        photograph = next(path for path in sorted(stack.iterdir()) if path.suffix.lower() == ".jpg")
        files[f"{stack.name}.jpg"] = shrunk(
            photograph.read_bytes(), cv2.imencode(".jpg", quadrants())[1].tobytes()
        )
    files["raw.dng"], files["phone.heic"] = dng(quadrants()), heic(quadrants(96, 64))
    depth = np.ones((32, 48), np.float32)
    picture = np.ones((32, 48, 3), np.float32)
    described = description(["0.png", "1.png", "2.png"])
    cache = cached_arrays(analysis_fingerprint(job(folder)))
    write_result(folder / "result", depth, depth, picture, described, cache=cache)
    for name in (DEPTH_EXR, RESULT_JSON, CACHE):
        files[f"result/{name}"] = (folder / "result" / name).read_bytes()
    files["picture.exr"] = files[f"result/{DEPTH_EXR}"].replace(
        b"FocalDepth.Combined", b"focaldepth.combined"
    )
    files["focus.csv"] = b"file,focus_distance_m,focal_length_mm\n1.jpg,1.5,50\n2.jpg,0.7,50\n"
    files["focus_distance.txt"] = b"1.5\n0.7\n"
    return files


def of_many_sorts(folder: Path) -> dict[str, bytes]:
    """TIFF, EXR, PNG and BMP as other programs write them."""
    import numpy as np
    import OpenEXR
    import tifffile
    from photographs import quadrants
    from PIL import Image

    picture, deep = quadrants(), quadrants().astype(np.uint16) * 257
    with tifffile.TiffWriter(folder / "pages.tif") as file:
        file.write(picture[::4, ::4].copy(), photometric="rgb", subfiletype=1)
        for _ in range(3):
            file.write(picture, photometric="rgb", compression="zlib")
    tifffile.imwrite(
        folder / "planar.tif", np.moveaxis(deep, -1, 0), photometric="rgb", planarconfig="separate"
    )
    tifffile.imwrite(folder / "white.tif", 65535 - deep[..., 0], photometric="miniswhite", bigtiff=True)
    tifffile.imwrite(folder / "signed.tif", deep[..., 0].astype(np.int16), tile=(16, 16))
    alpha = np.dstack([picture, picture[..., 0]])
    Image.fromarray(alpha).save(folder / "alpha.png")
    Image.fromarray(picture).save(folder / "made.bmp")
    light = np.float32(picture) / 255
    whole = {
        "dataWindow": (np.int32([4, 2]), np.int32([51, 33])),
        "displayWindow": (np.int32([0, 0]), np.int32([63, 47])),
    }
    OpenEXR.File(whole, {"ViewLayer.Combined": light}).write(str(folder / "layers.exr"))
    parts = [
        OpenEXR.Part({"type": OpenEXR.scanlineimage}, channels, name=name)
        for name, channels in (("depth", {"Z": light[..., 0].copy()}), ("beauty", {"RGB": light}))
    ]
    OpenEXR.File(parts).write(str(folder / "parts.exr"))
    names = "pages.tif planar.tif white.tif signed.tif alpha.png made.bmp layers.exr parts.exr"
    return {name: (folder / name).read_bytes() for name in names.split()}


def shrunk(photograph: bytes, small: bytes) -> bytes:
    """The metadata of a photograph before the pixels of a small one."""
    at = 2
    while photograph[at + 1] in range(0xE0, 0xF0):
        at += 2 + int.from_bytes(photograph[at + 2 : at + 4], "big")
    return photograph[:at] + small[2:]


def mutated(files: dict[str, bytes], number: int, seed: int) -> tuple[str, bytes]:
    chance = random.Random(seed * 1_000_000_007 + number)
    names = sorted(files)
    name = names[number % len(names)]
    data = bytearray(files[name])
    for _ in range(chance.choice((1, 1, 2, 3, 6, 20))):
        at = chance.choice((chance.randrange(len(data) + 1), min(chance.randrange(1024), len(data))))
        length = chance.choice((1, 2, 4, 8, chance.randrange(1, 256)))
        match chance.randrange(7):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                if at < len(data):
                    data[at] ^= 1 << chance.randrange(8)
            case 2:
                size = chance.choice((1, 2, 4))
                value = chance.choice(NUMBERS) % 256**size
                data[at : at + size] = value.to_bytes(size, chance.choice(("big", "little")))
            case 3:
                del data[at : at + length]
            case 4:
                data[at:at] = data[at : at + length]
            case 5:
                other = files[chance.choice(names)]
                start = chance.randrange(len(other))
                data[at : at + length] = other[start : start + length]
            case 6:
                if chance.randrange(8) == 0:
                    del data[at:]
        if not data:
            data = bytearray(b"\0")
    return name, bytes(data[:LARGEST])


def run(files: dict[str, bytes], options: argparse.Namespace, folder: Path) -> tuple[Counter, list[str]]:
    """What came of how many, and what of it is a failure."""
    done, failures, number = Counter(), [], 0
    context = multiprocessing.get_context("spawn")  # a fork would lose the threads of OpenEXR
    while number < options.executions:
        receiver, sender = context.Pipe()
        child = context.Process(target=work, args=(sender, files, number, options, folder))
        child.start()
        sender.close()
        while True:
            if not receiver.poll(SECONDS + STARTING):
                child.kill()
                outcome = "hang"
            else:
                try:
                    outcome = receiver.recv()
                except EOFError:
                    outcome = "crash"
            if outcome == "end":
                break
            kind = outcome.split(":")[0]
            done[kind] += 1
            if kind not in ("result", "sentence"):
                name, data = mutated(files, number, options.seed)
                saved = options.output / f"{options.seed}_{number}_{Path(name).name}"
                saved.write_bytes(data)
                child.join(1)
                failures.append(f"{saved}: {outcome}, status {child.exitcode}")
            number += 1
            if kind in ("hang", "crash"):
                break
        child.join()
    return done, failures


def work(pipe, files: dict[str, bytes], first: int, options: argparse.Namespace, folder: Path) -> None:
    """In a child: one file after the other, until one ends it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.dup2(2, 1)  # the libraries' chatter
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for number in range(first, options.executions):
        name, data = mutated(files, number, options.seed)
        pipe.send(outcome(folder, name, data))
    pipe.send("end")


def outcome(folder: Path, name: str, data: bytes) -> str:
    from focal_depth.contract.errors import InputError
    from focal_depth.contract.files import DEPTH_EXR, RESULT_JSON
    from focal_depth.io import result_folder
    from focal_depth.io.header import read_header
    from focal_depth.io.photograph_file import read_file
    from focal_depth.io.photographs import brightest_value, read_pixels, read_thumbnail
    from focal_depth.io.png_tiff import count_pages
    from focal_depth.stack.metadata import read_metadata
    from focal_depth.stack.sidecars import read_sidecars
    from test_hostile_results import is_reused, job

    path = folder / "mutated" / Path(name).name
    path.parent.mkdir(exist_ok=True)
    for other in path.parent.iterdir():
        other.unlink()
    path.write_bytes(data)
    started = time.monotonic()
    try:
        if name.startswith("result/"):
            readers = {DEPTH_EXR: result_folder.read_depth, RESULT_JSON: result_folder.read_description}
            readers.get(path.name, lambda where: is_reused(where, job(folder)))(path.parent)
        elif path.suffix in (".csv", ".txt"):
            read_sidecars(path.parent, ("1.jpg", "2.jpg"), ("1.jpg", "2.jpg"))
        else:
            whole = read_file(path)
            header = read_header(path, whole)
            read_metadata(whole, header)
            read_thumbnail(path, 64)
            read_pixels(path)
            if path.suffix == ".tif":
                count_pages(path)
            if header.has_codes:
                brightest_value(path)
    except InputError as fault:
        return "sentence" if "\n" not in str(fault) else f"lines: {fault}"
    except BaseException:
        return "traceback: " + json.dumps(traceback.format_exc()[-400:])
    return "result" if time.monotonic() - started < SECONDS else "slow"


if __name__ == "__main__":
    sys.exit(main())
