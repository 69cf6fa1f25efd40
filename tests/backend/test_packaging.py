"""What is shipped: the manifest, the pinned wheels, the modules; a bill of all materials."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from focal_depth import __version__
from packaging.requirements import Requirement

import bill_of_materials
import build_extension
from pack_wheels import pack_wheels

ROOT = build_extension.ROOT
MANIFEST = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, str]:
    """Package and version of every `==` line of a requirements file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text.lower(), re.MULTILINE))


def test_manifest_keeps_blenders_rules():
    manifest = tomllib.loads(MANIFEST)
    assert manifest["id"] == "focal_depth"
    assert manifest["version"] == __version__
    assert manifest["license"] == [f"SPDX:{PYPROJECT['project']['license']['text']}"]
    assert manifest["blender_version_min"] == "4.2.0"
    assert len(manifest["tagline"]) <= 64 and not manifest["tagline"].endswith(".")
    assert list(manifest["permissions"]) == ["files"], "no network, nothing but files"


def test_zip_manifest_adds_platform_and_wheels_only():
    platform = build_extension.PLATFORMS[0]
    wheels = [Path("a-1-py3-none-any.whl"), Path("b-2-py3-none-any.whl")]
    complete = tomllib.loads(build_extension.complete_manifest(MANIFEST, platform, wheels))
    assert complete.pop("platforms") == ["linux-x64"]
    assert complete.pop("wheels") == ["./wheels/a-1-py3-none-any.whl", "./wheels/b-2-py3-none-any.whl"]
    assert complete == tomllib.loads(MANIFEST)


def test_wheels_are_the_requirements_and_acknowledged():
    wheels = pins("wheels.txt")
    requirements = {
        requirement.name.lower(): requirement.specifier
        for requirement in map(Requirement, PYPROJECT["project"]["dependencies"])
    }
    assert set(requirements) - set(wheels) == {"numpy"}, "numpy is Blender's own, all else travels"
    assert set(wheels) <= set(requirements)
    for name, version in wheels.items():
        assert requirements[name].contains(version), f"{name} {version}"
    acknowledged = re.findall(r"^\| \[([\w-]+)\]", (ROOT / "THIRD_PARTY.md").read_text(), re.MULTILINE)
    assert set(acknowledged) == set(wheels)


def test_development_requirements_meet_the_extras():
    pinned = pins("requirements-dev.txt")
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        for requirement in map(Requirement, extra):
            assert requirement.specifier.contains(pinned[requirement.name])


def test_backend_of_the_zip_imports_without_the_heavy_libraries(tmp_path):
    """Every module that goes into the zip, imported from a copy of just those, with torch blocked."""
    modules = []
    for path in build_extension.extension_files():
        relative = path.relative_to(ROOT)
        if relative.parts[0] == "backend" and path.suffix == ".py":
            (tmp_path / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / relative)
            modules.append(".".join(relative.with_suffix("").parts).removesuffix(".__init__"))
    modules.remove("backend.__main__")
    assert "backend.cli.mesh" in modules and "backend.research" not in modules
    blocked = ("torch", "onnx", "onnxscript", "safetensors", "bpy")
    script = f"import sys, importlib; sys.modules.update(dict.fromkeys({blocked}))\n"
    script += f"for name in {modules}: importlib.import_module(name)"
    subprocess.run([sys.executable, "-P", "-c", script], check=True, env={"PYTHONPATH": str(tmp_path)})


def test_commands_left_out_of_the_zip_say_what_to_install(tmp_path):
    for path in build_extension.extension_files():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    command = [sys.executable, "-P", "-m", "backend", "train"]
    ended = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "pip install 'focal-depth[train]'" in ended.stderr


@pytest.mark.parametrize(
    "platform",
    [
        pytest.param(
            platform, id=platform.name, marks=[] if platform.name == "linux-x64" else pytest.mark.torture
        )
        for platform in build_extension.PLATFORMS
    ],
)
def test_bill_of_materials_lists_every_wheel_and_network(tmp_path, platform):
    """By CycloneDX's own schema; and twice the same zip, to the byte."""
    built = [build_extension.build(platform, tmp_path / name) for name in ("a", "b")]
    assert built[0].read_bytes() == built[1].read_bytes()
    with zipfile.ZipFile(built[0]) as archive:
        text = archive.read("sbom.cdx.json").decode()
        carried = {
            name: archive.read(name)
            for name in archive.namelist()
            if name.endswith((".whl", ".onnx", "viewer.js"))
        }
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = {part["bom-ref"]: part for part in json.loads(text)["components"]}
    assert listed.keys() == {name.removeprefix("wheels/") for name in carried}
    for name, data in carried.items():
        part = listed[name.removeprefix("wheels/")]
        assert part["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(data).hexdigest()}]
        assert part["licenses"] and (part.get("properties") or name.endswith(".onnx"))


def test_a_wheel_without_a_licence_is_not_packed(tmp_path):
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.dist-info/METADATA", "Name: a\nVersion: 1\nLicense: MIT\n")
    header = tomllib.loads(MANIFEST)
    with pytest.raises(SystemExit, match="carries no licence"):
        bill_of_materials.bill_of_materials(header, [wheel], {}, "")


def write_wheel(folder: Path, name: str, python: str, content: dict[str, str]) -> Path:
    tag = f"{python}-{python}-manylinux_2_28_x86_64"
    wheel = folder / f"{name}-1.0-{tag}.whl"
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        "WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in (
            content | {f"{name}-1.0.dist-info/{k}": text for k, text in about.items()}
        ).items():
            archive.writestr(path, text)
    return wheel


def test_wheels_for_several_pythons_become_one_that_pip_installs(tmp_path):
    here = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    wheels = [
        write_wheel(tmp_path, "a", python, {"a/__init__.py": "", f"a/{python}.py": python})
        for python in ("cp310", here)
    ]
    packed = tmp_path / "packed"
    packed.mkdir()
    pack_wheels(wheels, packed)
    (wheel,) = packed.iterdir()
    assert wheel.name == f"a-1.0-cp310.{here}-cp310.{here}-manylinux_2_28_x86_64.whl"
    installed = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--target", installed, wheel]
    subprocess.run([*map(str, command)], check=True)
    assert (installed / "a" / "cp310.py").read_text() == "cp310"
    assert (installed / "a" / f"{here}.py").read_text() == here


def test_wheels_that_differ_stay_apart_and_lose_only_what_nothing_loads(tmp_path):
    wheels = [
        write_wheel(
            tmp_path,
            "onnxruntime",
            python,
            {
                "onnxruntime/capi/a.so": python,
                "onnxruntime/capi/session.py": "",
                "onnxruntime/capi/libonnxruntime.so.1": "",
            },
        )
        for python in ("cp311", "cp313")
    ]
    packed = tmp_path / "packed"
    packed.mkdir()
    pack_wheels(wheels, packed)
    assert {path.name for path in packed.iterdir()} == {path.name for path in wheels}
    for wheel in packed.iterdir():
        with zipfile.ZipFile(wheel) as archive:
            assert archive.read("onnxruntime/capi/a.so").decode() in wheel.name
            names = set(archive.namelist())
            record = archive.read("onnxruntime-1.0.dist-info/RECORD").decode()
        assert "onnxruntime/capi/session.py" in names
        assert "onnxruntime/capi/libonnxruntime.so.1" not in names
        assert {line.split(",")[0] for line in record.splitlines()} == names
