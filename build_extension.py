"""Builds the extension's zip, one a platform: add-on, backend, weights and wheels; nothing to install.

    python build_extension.py [PLATFORM ...] [--python 3.14] [--output dist]

Needs only Python 3.11, pip and npm. Wheels are downloaded once, into .wheels/.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path

from bill_of_materials import NAME as BILL
from bill_of_materials import bill_of_materials
from pack_wheels import pack_wheels

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "backend" / "export" / "web"
WEB_BUNDLE = run_path(str(WEB / "bundle.py"))  # not imported: the backend needs numpy
PYTHONS = ("3.11", "3.13")  # of Blender's own builds: 4.2 to 5.0; 5.1 and later
LEFT_OUT = (  # needs torch, or is for development
    "backend/research/",
    "backend/export/web/bundle.py",
    "backend/batch/farm.py",
    "backend/batch/report.py",
    "backend/batch/run.py",
    "backend/batch/task.py",
    "backend/cli/import_weights.py",
    "backend/cli/simulate.py",
    "backend/cli/train.py",
    "backend/cli/evaluate.py",
    "backend/cli/submit.py",
    "backend/cli/batch.py",
)
# For other Pythons than those, which come with numpy 2: 3.0 has no wheels for them.
REPLACED = {"openimageio==3.0.21.0": "openimageio==3.1.19.0"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same sources make the same zip, to the byte


@dataclass(frozen=True)
class Platform:
    """A platform as Blender names it, and the wheel tags it runs, as pip names them."""

    name: str
    tags: tuple[str, ...]


# No others: ONNX Runtime has left Intel Macs, and pyexiv2 has no wheels for ARM on Linux and Windows.
PLATFORMS = (
    Platform("linux-x64", ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")),
    Platform("windows-x64", ("win_amd64",)),
    Platform("macos-arm64", ("macosx_14_0_arm64",)),
)


def main() -> None:
    """Build the zips that the command line names."""
    parser = argparse.ArgumentParser(description="Build the extension's zip for each platform.")
    names = [platform.name for platform in PLATFORMS]
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM", help="default: all")
    parser.add_argument(
        "--python",
        metavar="VERSION",
        help="a zip for this Python alone: a Blender that a Linux distribution built may run another than "
        + " and ".join(PYTHONS),
    )
    parser.add_argument("--output", type=Path, default=ROOT / "dist", metavar="DIR")
    options = parser.parse_args()
    if unknown := set(options.platforms) - set(names):
        parser.error(f"no such platform: {', '.join(unknown)}; there are {', '.join(names)}")
    for platform in PLATFORMS:
        if platform.name in (options.platforms or names):
            print(build(platform, options.output, options.python))


def build(platform: Platform, output: Path, python: str | None = None) -> Path:
    """Write the platform's zip into the folder `output`; returns its path.

    It runs in Blender's own builds, or, where a version is named, in a Blender with that `python`.
    """
    _bundle_viewer()
    files = extension_files()
    if not any(path.suffix == ".onnx" for path in files):
        raise SystemExit("backend/weights holds no .onnx file: train and export the networks first")
    wheels = packed_wheels(platform, (python,) if python else PYTHONS)
    manifest = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
    content = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}
    content |= {f"wheels/{wheel.name}": wheel.read_bytes() for wheel in wheels}
    content["blender_manifest.toml"] = complete_manifest(manifest, platform, wheels).encode()
    header = tomllib.loads(manifest)
    third_party = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    content[BILL] = bill_of_materials(header, wheels, content, third_party)

    name = f"{header['id']}-{header['version']}-{platform.name.replace('-', '_')}"
    name += f"-python{python}.zip" if python else ".zip"
    output.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(content.items()):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = 0o644 << 16
            packed = path.endswith(".whl")  # a wheel is a zip itself
            archive.writestr(entry, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED, 9)
    return output / name


def _bundle_viewer() -> None:
    try:
        WEB_BUNDLE["bundle"]()
    except WEB_BUNDLE["NotBundled"] as error:
        raise SystemExit(str(error)) from None


def extension_files() -> list[Path]:
    """Everything of this repository that goes into the zip, except the manifest."""
    weights = (ROOT / "backend" / "weights").glob("*.onnx")
    page = [path for path in WEB.iterdir() if path.suffix in (".html", ".css", ".js")]
    sources = [
        path
        for package in ("backend", "focal_depth_addon")
        for path in (ROOT / package).rglob("*.py")
        if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT)
    ]
    return [ROOT / "__init__.py", ROOT / "LICENSE", ROOT / "THIRD_PARTY.md", *weights, *page, *sources]


def packed_wheels(platform: Platform, pythons: tuple[str, ...]) -> list[Path]:
    """The pinned wheels for these Pythons; a folder of .wheels/ is whole or absent, and never stale."""
    inputs = [(ROOT / name).read_bytes() for name in ("wheels.txt", "pack_wheels.py")]
    key = hashlib.sha256(repr((inputs, REPLACED, platform, pythons)).encode()).hexdigest()[:8]
    folder = ROOT / ".wheels" / f"{platform.name}-{key}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
            downloaded, packed = Path(unfinished) / "downloaded", Path(unfinished) / "packed"
            packed.mkdir()
            for python in pythons:
                _pip_download(python, platform, downloaded)
            pack_wheels(downloaded.glob("*.whl"), packed)
            packed.rename(folder)
    return sorted(folder.glob("*.whl"))


def _pip_download(python: str, platform: Platform, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    lock = (ROOT / "wheels.txt").read_text()
    for pinned, other in REPLACED.items() if python not in PYTHONS else ():
        lock = lock.replace(pinned, other)
    requirements = folder.with_name("wheels.txt")
    requirements.write_text(lock)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--no-deps", "--requirement", str(requirements)]
    command += ["--implementation", "cp", "--python-version", python, "--dest", str(folder)]
    for tag in platform.tags:
        command += ["--platform", tag]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def complete_manifest(manifest: str, platform: Platform, wheels: list[Path]) -> str:
    """The repository's manifest with what differs from zip to zip, ahead of its first table."""
    lines = [f'platforms = ["{platform.name}"]', "wheels = ["]
    lines += [f'  "./wheels/{wheel.name}",' for wheel in wheels]
    lines += ["]", ""]
    keys, table, tables = manifest.partition("\n[")
    return keys + "\n" + "\n".join(lines) + table + tables


if __name__ == "__main__":
    main()
