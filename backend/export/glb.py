"""glTF 2.0 in one file: JSON that describes arrays, then the arrays (glTF 2.0 specification, 3.6 and 4.4)."""

import json
import struct

import numpy as np

COMPONENTS = {"f4": 5126, "u4": 5125, "u2": 5123, "u1": 5121}
KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
VERTICES, INDICES = 34962, 34963  # what an array is for
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942


class Glb:
    """A glTF document while its arrays are collected."""

    def __init__(self) -> None:
        self._views: list[dict] = []
        self._accessors: list[dict] = []
        self._images: list[dict] = []
        self._data = bytearray()

    def add_array(self, values: np.ndarray, target: int = VERTICES) -> int:
        """Add an array (N,) or (N, 2 to 4) of a component type of glTF; returns its accessor's number."""
        little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        width = 1 if little.ndim == 1 else little.shape[1]
        accessor = {
            "bufferView": self._add_view(little.tobytes(), target),
            "componentType": COMPONENTS[little.dtype.str[1:]],
            "count": len(little),
            "type": KINDS[width],
        }
        if width == 3 and target == VERTICES:  # positions need their bounds
            accessor |= {"min": little.min(0).tolist(), "max": little.max(0).tolist()}
        self._accessors.append(accessor)
        return len(self._accessors) - 1

    def add_jpeg(self, content: bytes) -> int:
        """Add a picture; returns its image's number."""
        self._images.append({"bufferView": self._add_view(content, None), "mimeType": "image/jpeg"})
        return len(self._images) - 1

    def pack(self, document: dict) -> bytes:
        """Return the file of a document whose nodes, meshes and materials name what was added."""
        described = {
            "asset": {"version": "2.0", "generator": "Focal Depth"},
            "buffers": [{"byteLength": len(self._data)}],
            "bufferViews": self._views,
            "accessors": self._accessors,
            **({"images": self._images} if self._images else {}),
            **document,
        }
        text = json.dumps(described, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), JSON_CHUNK) + text
        chunks += struct.pack("<II", len(self._data), BINARY_CHUNK) + self._data
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks

    def _add_view(self, content: bytes, target: int | None) -> int:
        view = {"buffer": 0, "byteOffset": len(self._data), "byteLength": len(content)}
        self._views.append(view if target is None else view | {"target": target})
        self._data += content + bytes(-len(content) % 4)
        return len(self._views) - 1
