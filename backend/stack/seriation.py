"""The order of focus from the pictures alone: sharpness moves steadily through a focal stack.

A frame's sharpness profile is a point; frames of neighbouring focus have neighbouring points, so the
stack is a curve and its order is the shortest path along it. Which end is far shows elsewhere.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from ..runtime.parallel import prefetch

TILES = (16, 12)  # across and down: wide enough that breathing leaves content in its tile
EDGE_SCALE = 2  # pixels of a thumbnail; at 1 grain and JPEG blocks hide the order of blurred frames
NOISE = 0.01  # of edges relative to brightness: what lies under it is no detail


def sharpness_profile(grey: np.ndarray) -> np.ndarray:
    """Return the logarithm of the sharpness of a picture's tiles, whatever its exposure.

    Parameters
    ----------
    grey
        (h, w) uint8.

    Returns
    -------
    ndarray
        (12, 16) float32.
    """
    grey = grey.astype(np.float32)
    relative = grey / (cv2.GaussianBlur(grey, (0, 0), 8) + 8)
    edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(relative, (0, 0), EDGE_SCALE), cv2.CV_32F))
    return np.log(cv2.resize(edges, TILES, interpolation=cv2.INTER_AREA) + NOISE)


def sharpness_profiles(greys: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the profiles of pictures (h, w) uint8, as `sharpness_profile` does."""
    return list(prefetch(sharpness_profile, greys))


def profile_distances(profiles: Sequence[np.ndarray]) -> np.ndarray:
    """Return the Euclidean distances, (N, N), between the sharpness profiles of N frames."""
    points = np.stack([profile.ravel() for profile in profiles]).astype(np.float64)
    points -= points.mean(axis=0)
    squares = (points**2).sum(axis=1)
    return np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0))


def path_length(distances: np.ndarray, order: Sequence[int] | np.ndarray) -> float:
    """Return the length of the path that visits frames in this order, by their distances (N, N)."""
    places = np.asarray(order)
    return float(distances[places[:-1], places[1:]].sum())


def shortest_path(distances: np.ndarray) -> np.ndarray:
    """Return an order (N,) of a short path through all frames, by their distances (N, N).

    Sorting the second eigenvector of the similarity graph's Laplacian places the most similar next to each
    other (Atkins, Boman & Hendrickson, A Spectral Algorithm for Seriation, 1998); 2-opt shortens that path.
    """
    nearest_two = np.sort(distances, axis=1)[:, 1:3]  # the nearest of all is the frame itself
    scale = max(1.5 * np.median(nearest_two), 1e-9)
    similarity = np.exp(-((distances / scale) ** 2)) + 1e-6
    np.fill_diagonal(similarity, 0)
    root = np.sqrt(similarity.sum(axis=1))
    laplacian = np.eye(len(distances)) - similarity / np.outer(root, root)
    _, vectors = np.linalg.eigh(laplacian)
    return _two_opt(distances, np.argsort(vectors[:, 1] / root))


def _two_opt(distances: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Reverse stretches of the path while that shortens it.

    One more frame, at no distance from any, closes the path to a ring, so that its ends move too.
    """
    count = len(distances)
    padded = np.zeros((count + 1, count + 1))
    padded[:count, :count] = distances
    ring = np.append(order, count)
    for _ in range(10 * count):
        after = np.roll(ring, -1)
        edges = padded[ring, after]
        gain = edges[:, None] + edges - padded[np.ix_(ring, ring)] - padded[np.ix_(after, after)]
        first, second = np.unravel_index(np.argmax(np.triu(gain, 1)), gain.shape)
        if gain[first, second] < 1e-9:
            break
        ring[first + 1 : second + 1] = ring[first + 1 : second + 1][::-1].copy()
    return np.roll(ring, -1 - int(np.argmax(ring == count)))[:count]


def measure_descent(profiles: Sequence[np.ndarray]) -> float:
    """Return how clearly sharpness moves towards the bottom of the picture along the stack, -1 to 1.

    The ground is nearer the lower it lies, so a clear positive value runs far to near. Each tile has a
    correlation of its sharpness with the frame's place; those are correlated with the tiles' rows.

    Parameters
    ----------
    profiles
        Of the frames in order, as `sharpness_profile` returns them.
    """
    tiles = np.stack(profiles).reshape(len(profiles), -1)
    tiles = tiles - tiles.mean(axis=0)
    places = np.linspace(-1, 1, len(tiles))
    sharpens = places @ tiles / (np.linalg.norm(tiles, axis=0) * np.linalg.norm(places) + 1e-9)
    rows = np.repeat(np.linspace(-1, 1, TILES[1]), TILES[0])
    sharpens -= sharpens.mean()
    return float(rows @ sharpens / (np.linalg.norm(rows) * np.linalg.norm(sharpens) + 1e-9))
