"""Makes wheels smaller for the zip: one for several Pythons, without what nothing loads, packed by LZMA.

What they hold is theirs to the byte, but for the lists of tags and files, which say what was done.
"""

import base64
import csv
import fnmatch
import hashlib
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

UNUSED = (
    "onnxruntime/capi/libonnxruntime.*",  # for programs in C: the extension module holds the same
    "onnxruntime/capi/onnxruntime.dll",
    "onnxruntime/[!c]*/*",  # tools for networks: a session is made of capi/
    "cv2/opencv_videoio_ffmpeg*.dll",  # clips are decoded by PyAV
    "rawpy/libraw_r.so",  # the same as libraw_r.so.25, which _rawpy names
    "rawpy/libraw_r.so.25.*",
)
LISTS = re.compile(r"[^/]+\.dist-info/(WHEEL|RECORD)")
ABOUT = re.compile(r"[^/]+\.dist-info/.*")  # how it was built, which differs from Python to Python
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same wheels are packed alike, to the byte
EXECUTABLE = 0o755 << 16  # what libraries are in wheels


def pack_wheels(wheels: Iterable[Path], folder: Path) -> None:
    """Write packed wheels into a folder that exists.

    Wheels of one version for several Pythons become one where no file of theirs differs by content alone.
    """
    alike = defaultdict(list)
    for wheel in sorted(wheels):
        name, version, _, _, platform = wheel.stem.split("-")
        alike[name, version, platform].append(wheel)
    with ProcessPoolExecutor() as pool:
        list(pool.map(_pack, alike.values(), [folder] * len(alike)))


def _pack(wheels: Sequence[Path], folder: Path) -> None:
    contents = [_read(wheel) for wheel in wheels]
    if _agree(contents):
        _write([wheel.stem for wheel in wheels], {k: v for each in contents for k, v in each.items()}, folder)
    else:
        for wheel, content in zip(wheels, contents, strict=True):
            _write([wheel.stem], content, folder)


def _read(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if _is_used(name)}


def _is_used(name: str) -> bool:
    return not name.endswith("/") and not any(fnmatch.fnmatch(name, unused) for unused in UNUSED)


def _agree(contents: Sequence[dict[str, bytes]]) -> bool:
    first = contents[0]
    return all(
        first[name] == other[name] or ABOUT.fullmatch(name)
        for other in contents[1:]
        for name in first.keys() & other.keys()
    )


def _write(stems: Sequence[str], content: dict[str, bytes], folder: Path) -> None:
    """Write the wheel that has these names, which differ in their Pythons."""
    name, version, _, _, platform = stems[0].split("-")
    pythons, abis = (".".join(dict.fromkeys(stem.split("-")[part] for stem in stems)) for part in (2, 3))
    tags, record = sorted(path for path in content if LISTS.fullmatch(path))[::-1]
    content[tags] = _with_tags(content[tags], pythons, abis, platform)
    content[record] = _record(record, content)
    wheel = folder / f"{name}-{version}-{pythons}-{abis}-{platform}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_LZMA) as archive:
        for path, data in sorted(content.items()):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = EXECUTABLE
            archive.writestr(entry, data, zipfile.ZIP_LZMA)


def _with_tags(wheel: bytes, pythons: str, abis: str, platform: str) -> bytes:
    """The file WHEEL, for all Pythons that the wheel is for."""
    lines = [line for line in wheel.decode().splitlines() if line and not line.startswith("Tag:")]
    every = [(p, a, s) for p in pythons.split(".") for a in abis.split(".") for s in platform.split(".")]
    return "\n".join([*lines, *(f"Tag: {'-'.join(tag)}" for tag in every), ""]).encode()


def _record(record: str, content: dict[str, bytes]) -> bytes:
    """The file RECORD: the wheel's files with their hashes and sizes."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    for path, data in sorted(content.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        writer.writerow((path, "", "") if path == record else (path, f"sha256={digest}", len(data)))
    return rows.getvalue().encode()
