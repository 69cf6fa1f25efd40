"""What all stacks have told together: as numbers for a file, and as lines for a person."""

import textwrap
from collections import Counter
from collections.abc import Iterator

import numpy as np

from .compare import Measured
from .confidence import by_expected_error
from .misregistration import PICTURE_SIDE

COLUMN = 12  # characters, within which headings are broken
NOT_MOVED = "not hand-held"


def summarise(measured: dict[str, Measured]) -> dict[str, dict]:
    """{"stacks", "misregistration_px", "confidence", "invariance"} from {stack: what it told}.

    Errors are in normalised dioptres. A part is empty where nothing tells of it.
    """
    return {
        "stacks": {name: stack.errors for name, stack in measured.items()},
        "misregistration_px": _misregistration(measured),
        "confidence": _confidence(list(measured.values())),
        "invariance": _invariance(measured),
    }


def as_text(summary: dict[str, dict]) -> str:
    """Errors in thousandths, misregistration in pixels."""
    parts = (
        _error_lines(summary["stacks"]),
        _misregistration_lines(summary["misregistration_px"]),
        _confidence_lines(summary["confidence"]),
        _invariance_lines(summary["invariance"]),
    )
    return "\n\n".join(filter(None, ("\n".join(lines) for lines in parts)))


def _misregistration(measured: dict[str, Measured]) -> dict[str, dict]:
    """Medians over frames {alignment: pixels} of "all" and of NOT_MOVED; {stack: every frame's}."""
    told = {name: stack for name, stack in measured.items() if stack.misregistration}
    sets = {"all": list(told.values()), NOT_MOVED: [stack for stack in told.values() if not stack.moved]}
    medians = {
        name: {alignment: _median(stacks, alignment) for alignment in stacks[0].misregistration}
        for name, stacks in sets.items()
        if stacks
    }
    return medians | ({"stacks": {n: s.misregistration for n, s in told.items()}} if told else {})


def _median(stacks: list[Measured], alignment: str) -> float:
    return float(np.median(np.concatenate([stack.misregistration[alignment] for stack in stacks])))


def _confidence(stacks: list[Measured]) -> dict[str, dict]:
    """{network: {"expected", "error"}}, each of equal parts of all stacks' pixels, the surest first."""
    networks = dict.fromkeys(network for stack in stacks for network in stack.pixels)
    return {
        network: by_expected_error(np.hstack([s.pixels[network] for s in stacks if network in s.pixels]))
        for network in networks
    }


def _invariance(measured: dict[str, Measured]) -> dict[str, dict]:
    """{"networks": {network: mean errors, "halved_ratio"}, "shuffled": {stack: the order found}}."""
    asked = {name: stack for name, stack in measured.items() if stack.order}
    if not asked:
        return {}
    stacks = list(asked.values())
    networks = {}
    for network, kinds in stacks[0].invariance.items():
        means = {kind: float(np.mean([s.invariance[network][kind] for s in stacks])) for kind in kinds}
        networks[network] = means | {"halved_ratio": means["halved_error"] / means["error"]}
    return {"networks": networks, "shuffled": {name: stack.order for name, stack in asked.items()}}


def _error_lines(stacks: dict[str, dict[str, dict[str, float]]]) -> Iterator[str]:
    """Mean |difference| in dioptres over the focus range, times 1000; a column a method."""
    yield "error in thousandths of the focus range, in dioptres"
    methods = list(next(iter(stacks.values())))
    rows = {name: [row[method]["error"] for method in methods] for name, row in stacks.items()}
    edges = [[row[method]["edges"] for method in methods] for row in stacks.values()]
    rows |= {"mean": np.mean(list(rows.values()), 0), "mean, within 8 px of edges": np.mean(edges, 0)}
    yield from _table(methods, {name: [f"{1000 * v:.1f}" for v in row] for name, row in rows.items()})


def _misregistration_lines(pixels: dict[str, dict]) -> Iterator[str]:
    if not pixels:
        return
    yield f"misregistration in pixels at {PICTURE_SIDE} px picture width, median over frames"
    rows = {name: pixels[name] for name in ("all", NOT_MOVED) if name in pixels}
    yield from _table(
        list(pixels["all"]), {name: [f"{v:.3f}" for v in row.values()] for name, row in rows.items()}
    )


def _confidence_lines(confidence: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    if not confidence:
        return
    yield "error by the network's own expected error, in fifths of all pixels from the surest on"
    for network, parts in confidence.items():
        rows = {f"{network}, expected": parts["expected"], f"{network}, found": parts["error"]}
        for name, row in rows.items():
            yield _row(name, [f"{1000 * v:.1f}" for v in row], len(max(rows, key=len)))


def _invariance_lines(invariance: dict[str, dict]) -> Iterator[str]:
    if not invariance:
        return
    for network, means in invariance["networks"].items():
        thousandths = {kind: f"{1000 * value:.1f}" for kind, value in means.items()}
        yield (
            f"{network}, frames reversed: depth differs by {thousandths['reversed_difference']}, "
            f"error {thousandths['reversed_error']} instead of {thousandths['error']}"
        )
        yield (
            f"{network}, every second frame dropped: error {thousandths['halved_error']}, "
            f"{means['halved_ratio']:.2f} times as much"
        )
    orders = Counter(invariance["shuffled"].values())
    yield "stacks without distances, shuffled: " + ", ".join(f"{n} {order}" for order, n in orders.items())


def _table(columns: list[str], rows: dict[str, list[str]]) -> Iterator[str]:
    """Lines of cells, under headings broken so that the columns stay narrow."""
    width = max(len(name) for name in rows)
    headings = [textwrap.wrap(column, COLUMN) for column in columns]
    depth = max(len(heading) for heading in headings)
    padded = [[""] * (depth - len(heading)) + heading for heading in headings]
    yield from (_row("", list(line), width) for line in zip(*padded, strict=True))
    yield from (_row(name, cells, width) for name, cells in rows.items())


def _row(name: str, cells: list[str], width: int) -> str:
    return (f"{name:<{width}}" + "".join(f"  {cell:>{COLUMN}}" for cell in cells)).rstrip()
