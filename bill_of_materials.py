"""The extension's bill of materials: what its zip carries besides its own sources, as CycloneDX 1.6 has it.

https://cyclonedx.org/docs/1.6/json: libraries from their wheels' own metadata, three.js
from the head of the script of web pages, networks by their hashes.
"""

import hashlib
import json
import re
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

NAME = "sbom.cdx.json"
VIEWER = "backend/export/web/viewer.js"
BUNDLED = re.compile(r"/\*! (\S+) (\S+)\nThe MIT License\n")  # see bundle.py
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|thirdpartynotices)[^/]*$", re.IGNORECASE)


def bill_of_materials(header: dict, wheels: list[Path], content: dict[str, bytes], third_party: str) -> bytes:
    """The file `NAME`, the same to the byte for the same zip.

    `header` is the extension's manifest, `content` what the zip holds by path, `third_party` the table of
    libraries, asked for a licence where a wheel's metadata names none. Raises SystemExit for a wheel without
    the text of its licence.
    """
    own = {"licenses": [{"license": {"id": header["license"][0].removeprefix("SPDX:")}}]}
    networks = [
        {
            "type": "machine-learning-model",
            "bom-ref": path,
            "name": path,
            "version": header["version"],
            "hashes": [_sha256(data)],
            **own,
        }
        for path, data in sorted(content.items())
        if path.endswith(".onnx")
    ]
    application = {
        "type": "application",
        "bom-ref": header["id"],
        "name": header["name"],
        "version": header["version"],
        **own,
    }
    components = networks + [_library(wheel, third_party) for wheel in wheels]
    if VIEWER in content:
        components.append(_bundled(content[VIEWER]))
    whole = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": application},
        "components": components,
        "dependencies": [{"ref": header["id"], "dependsOn": [part["bom-ref"] for part in components]}],
    }
    return (json.dumps(whole, indent=2) + "\n").encode()


def licence_files(wheel: Path) -> list[str]:
    """The licence texts within a wheel, also of what is compiled into it."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(name for name in archive.namelist() if LICENCE_FILE.search(name))


def _library(wheel: Path, third_party: str) -> dict:
    texts = licence_files(wheel)
    if not texts:
        raise SystemExit(f"{wheel.name} carries no licence: name another version in wheels.txt")
    metadata = _metadata(wheel)
    name, version = metadata["Name"], metadata["Version"]
    return {
        "type": "library",
        "bom-ref": wheel.name,
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}?file_name={wheel.name}",
        "hashes": [_sha256(wheel.read_bytes())],
        "licenses": _licences(metadata, third_party),
        "properties": [{"name": "licence text in the wheel", "value": text} for text in texts],
    }


def _bundled(viewer: bytes) -> dict:
    if (head := BUNDLED.match(viewer.decode())) is None:
        raise SystemExit(f"{VIEWER} does not begin with the licence of what is in it")
    name, version = head.groups()
    return {
        "type": "library",
        "bom-ref": VIEWER,
        "name": name,
        "version": version,
        "purl": f"pkg:npm/{name}@{version}",
        "hashes": [_sha256(viewer)],
        "licenses": [{"license": {"id": "MIT"}}],
        "properties": [{"name": "licence text at the head of", "value": VIEWER}],
    }


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (path for path in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", path))
        return message_from_bytes(archive.read(name))


def _licences(metadata: Message, third_party: str) -> list[dict]:
    if expression := metadata["License-Expression"]:
        return [{"expression": expression}]
    row = re.search(rf"^\| \[{metadata['Name']}\].*\| (.+) \|$", third_party, re.MULTILINE | re.IGNORECASE)
    named = metadata["License"] or (row and row[1])
    if not named:
        raise SystemExit(f"THIRD_PARTY.md does not say what licence {metadata['Name']} has")
    return [{"license": {"name": named}}]


def _sha256(data: bytes) -> dict[str, str]:
    return {"alg": "SHA-256", "content": hashlib.sha256(data).hexdigest()}
