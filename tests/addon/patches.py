"""Small meshes as `focal-depth mesh` writes them, of known shape."""

import numpy as np

SIDE = 20  # vertices


def patch() -> dict[str, np.ndarray]:
    """Two rough walls side by side, at 1 m and at 2 m, with a bridge between; their lower halves are sure.

    Depth varies by 2 %, at random.
    """
    random = np.random.default_rng(1)
    walls = [_wall(left, depth, random) for left, depth in ((-0.4, 1.0), (0.0, 2.0))]
    index = np.arange(2 * SIDE**2, dtype=np.int32).reshape(2, SIDE, SIDE)
    bridge = np.stack([index[0, :, -1], index[1, :, 0]], axis=-1)
    faces = np.concatenate([_between(each) for each in (*index, bridge)])
    gap = np.zeros(len(faces), np.float32)
    gap[-2 * (SIDE - 1) :] = 1.0
    vertices = np.concatenate(walls).astype(np.float32)
    slopes = vertices[:, :2] / -vertices[:, 2:]
    return {
        "vertices": vertices,
        "uvs": slopes + np.float32(0.5),
        "faces": faces,
        "gap": gap,
        "background": np.zeros(len(faces), bool),
        "confidence": (slopes[:, 1] < 0).astype(np.float32),
        "cut": np.float32(0.12),
        "ground": np.zeros(0, np.float32),
        "ground_certainty": np.float32(0),
        "object_names": np.empty(0, str),
        "ground_source": np.array(""),
        "pivot": np.array([0, 0, -1.5], np.float32),
    }


def _wall(left: float, depth: float, random: np.random.Generator) -> np.ndarray:
    """(SIDE^2, 3), rows from the top; from `left` on 0.4 wide and high, as seen at depth 1."""
    along = np.linspace(0, 0.4, SIDE)
    x, y = np.meshgrid(left + along, 0.2 - along)
    z = depth * random.uniform(0.98, 1.02, x.shape)
    return np.stack([x * z, y * z, -z], axis=-1).reshape(-1, 3)


def _between(index: np.ndarray) -> np.ndarray:
    """Two triangles between every four of a grid of vertices."""
    upper_left, lower_left = index[:-1, :-1].ravel(), index[1:, :-1].ravel()
    upper_right, lower_right = index[:-1, 1:].ravel(), index[1:, 1:].ravel()
    return np.concatenate(
        [
            np.stack([lower_left, lower_right, upper_right], axis=-1),
            np.stack([lower_left, upper_right, upper_left], axis=-1),
        ]
    )
