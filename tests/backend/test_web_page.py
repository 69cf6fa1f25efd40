"""The page that `share` writes: in a browser without a network, by keys and by touch; and what is in it."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.export import web_page
from focal_depth.runtime.progress import SilentReporter
from photographs import PROJECT, write_photograph
from results import CAMERA, description, write_result

HERE = Path(__file__).parent
VALIDATORS = PROJECT / ".venv-validators"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
WIDTH, HEIGHT = 320, 224
NEAR, FAR = 0.8, 1.6  # metres
LENS = {"fx": 400.0, "fy": 400.0, "cx": 150.0, "cy": 118.0}
DISTANCES = (FAR, 1.0, NEAR)
NAME = "rock & roll $1 <b>"
TABS = ["Turn", "Refocus", "Before and after"]
GPS = {"Exif.GPSInfo.GPSLatitude": "52/1 30/1 0/1", "Exif.Image.Artist": "A Photographer"}
SQUARE = np.zeros((HEIGHT, WIDTH), bool)
SQUARE[60:150, 80:200] = True


def scene() -> tuple[np.ndarray, np.ndarray]:
    """Depth (H, W), and an all-in-focus picture (H, W, 3) sRGB 0 to 1 of a square before a wall."""
    grain = cv2.GaussianBlur(np.random.default_rng(1).random((HEIGHT, WIDTH)), (0, 0), 1.5)
    colours = np.where(SQUARE[..., None], (0.8, 0.4, 0.3), (0.3, 0.4, 0.7))
    picture = np.clip(colours + 3 * (grain[..., None] - 0.5), 0, 1)
    return np.where(SQUARE, NEAR, FAR).astype(np.float32), picture.astype(np.float32)


def frame_at(distance: float) -> np.ndarray:
    """The picture focused at a distance, the farther from it the more blurred."""
    picture = scene()[1]
    sigmas = {each: 8 * abs(1 / each - 1 / distance) for each in (NEAR, FAR)}
    layers = {
        each: cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture for each, sigma in sigmas.items()
    }
    return np.where(SQUARE[..., None], layers[NEAR], layers[FAR])


def write(folder: Path, files: list[Path], **options) -> Path:
    depth, picture = scene()
    described = description(files, DISTANCES, camera=CAMERA | LENS)
    return write_result(folder, depth, np.ones_like(depth), picture**2.2, described, **options)


def share(result: Path, output: Path) -> Path:
    assert main(["share", str(result), "--output", str(output)]) == 0
    return output / "index.html"


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> Path:
    files = [Path(f"{number}.jpg") for number in range(3)]
    aligned = list(enumerate(map(frame_at, DISTANCES)))
    return write(tmp_path_factory.mktemp("results") / NAME, files, aligned=aligned)


@pytest.fixture(scope="module")
def page(result, tmp_path_factory) -> Path:
    return share(result, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def bare_page(tmp_path_factory) -> Path:
    """Of a result without aligned frames, whose photographs are gone."""
    folder = tmp_path_factory.mktemp("bare")
    return share(write(folder / "result", [folder / f"{number}.jpg" for number in range(3)]), folder)


@pytest.fixture(scope="module")
def seen(page, bare_page, tmp_path_factory) -> dict:
    """What the browser tells, with the folder of its screenshots."""
    output = tmp_path_factory.mktemp("screenshots")
    told = node(HERE / "web_page.js", page, bare_page, output, browser())
    print(f"a step of refocus: {told['desktop']['refocus_ms']:.1f} ms, Chromium {told['browser']}")
    return told | {"output": output}


def browser() -> str:
    if BROWSER is None:
        pytest.skip("no browser is installed: run .ci/system-libraries as root")
    return BROWSER


def has_node() -> bool:
    """Whether it is as new as playwright asks for; Debian 12 has an older one."""
    if shutil.which("node") is None:
        return False
    command = ["node", "-p", "process.versions.node.split('.')[0]"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) >= 20


def node(script: Path, *arguments: object) -> dict:
    """What a script prints, as JSON."""
    if not has_node() or not (VALIDATORS / "node_modules" / "playwright-core").is_dir():
        pytest.skip("page tests need Node.js 20: install it, then run `make .venv-validators/installed`")
    environment = os.environ | {"NODE_PATH": str(VALIDATORS / "node_modules")}
    run = subprocess.run(
        ["node", str(script), *map(str, arguments)], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def shot(seen: dict, name: str) -> np.ndarray:
    """(H, W, 3) at the size of the picture."""
    return cv2.resize(cv2.imread(str(seen["output"] / f"{name}.png"))[..., ::-1], (WIDTH, HEIGHT))


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def sharpness(picture: np.ndarray, where: np.ndarray) -> float:
    inside = cv2.erode(where.astype(np.uint8), np.ones((25, 25))) > 0
    return float(np.abs(cv2.Laplacian(picture.astype(np.float32), cv2.CV_32F))[inside].mean())


def test_it_asks_no_network_and_raises_nothing(seen):
    for part in ("desktop", "phone", "bare"):
        assert {url.partition(":")[0] for url in seen[part]["requests"]} <= {"file", "data", "blob"}
        assert sum(url.startswith("file:") for url in seen[part]["requests"]) == 1
        assert seen[part]["errors"] == []


def test_axe_finds_nothing_under_any_tab(seen):
    reports = [*seen["desktop"]["axe"].values(), seen["bare"]["axe"]]
    assert len(reports) == 4
    assert [report["found"] for report in reports] == [[]] * 4


def test_the_set_starts_as_the_photograph_turns_and_comes_back(seen):
    picture = scene()[1]
    start, turned, limited, reset = (shot(seen, name) for name in ("start", "turned", "limited", "reset"))
    assert correlation(start, picture) > 0.95
    assert correlation(turned, picture) < 0.8
    assert correlation(turned, limited) > 0.999, "no farther than its limits"
    assert correlation(start, reset) > 0.999
    phone = shot(seen, "phone")
    assert correlation(phone, picture) > 0.9
    assert correlation(shot(seen, "phone_turned"), phone) < 0.9


def test_refocus_is_sharp_where_it_says(seen):
    near, far = (shot(seen, name) for name in ("near", "far"))
    assert sharpness(near, SQUARE) > 1.5 * sharpness(far, SQUARE)
    assert sharpness(far, ~SQUARE) > 1.5 * sharpness(near, ~SQUARE)
    assert seen["desktop"]["focus_text"] == "0.80 m", "as it starts: the middle of the picture"
    assert seen["desktop"]["after_arrow"] == pytest.approx(0.98)
    assert (seen["phone"]["near"], seen["phone"]["far"]) == (0, 1), "where a finger tapped"


def test_before_and_after(seen):
    free = np.s_[:180, 40:-40]  # of captions and the divider
    as_taken, all_in_focus = frame_at(NEAR)[free], scene()[1][free]
    before, after = shot(seen, "before")[free], shot(seen, "after")[free]
    assert correlation(before, as_taken) > 0.97 > correlation(after, as_taken)
    assert correlation(after, all_in_focus) > 0.97 > correlation(before, all_in_focus)
    assert seen["desktop"]["divider"] == pytest.approx(0.02)
    assert seen["phone"]["divider"] == pytest.approx(0.25, abs=0.03), "where a finger dragged it"


def test_tabs_follow_arrow_keys_and_nothing_is_wider_than_a_phone(seen):
    assert seen["desktop"]["focused_tab"] == "tab-refocus"
    assert seen["phone"]["overflow"] <= 0
    assert (seen["desktop"]["title"], seen["desktop"]["language"]) == (NAME, "en")


def test_what_a_browser_or_a_result_lacks_is_left_out(seen):
    assert "WebGL is missing" in seen["bare"]["notice"] and seen["bare"]["picture"]
    assert seen["bare"]["tabs"] == TABS[:1]


def test_the_saved_set_is_valid_gltf_with_the_photographs_camera(seen):
    assert seen["desktop"]["saved"].endswith(".glb")
    path = seen["output"] / "saved.glb"
    report = node(PROJECT / "tests" / "addon" / "validators" / "gltf.js", path)
    assert report["issues"]["messages"] == []
    assert 0 < report["info"]["totalTriangleCount"] <= 100_000
    content = path.read_bytes()
    document = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
    camera = document["cameras"][0]["perspective"]
    assert np.tan(camera["yfov"] / 2) == pytest.approx(HEIGHT / 2 / LENS["fy"])


class Parts(HTMLParser):
    """The text of a page's content, and all addresses in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.content, self.addresses, self._in_content = "", [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._in_content = ("id", "content") in attrs
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action")]

    def handle_endtag(self, tag):
        self._in_content = False

    def handle_data(self, data):
        self.content += data if self._in_content else ""


def test_nothing_personal_is_in_it(tmp_path, capsys):
    """Neither what a photograph's metadata tells nor where it lay, where frames were not saved aligned."""
    files = [
        write_photograph(tmp_path / f"{number}.jpg", np.uint8(255 * frame_at(distance)), GPS)
        for number, distance in enumerate(DISTANCES)
    ]
    page = share(write(tmp_path / "result", files), tmp_path / "page")
    assert "estimate depth again and keep them (--save-aligned" in capsys.readouterr().err
    parts = Parts(page.read_text(encoding="utf-8"))
    assert parts.addresses == ["data:,", "#"]
    assert str(tmp_path) not in parts.content
    (frame,) = json.loads(parts.content)["frames"]
    picture = base64.b64decode(frame["picture"])
    assert b"Exif" not in picture and b"A Photographer" not in picture
    shown = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert correlation(shown, frame_at(NEAR)) > 0.97


def test_the_same_result_makes_the_same_page(page, result, tmp_path):
    assert share(result, tmp_path).read_bytes() == page.read_bytes()


def test_many_frames_are_fewer_and_smaller(tmp_path):
    picture = np.zeros((200, 300, 3), np.uint8)
    files = [write_photograph(tmp_path / f"{number:02d}.png", picture) for number in range(20)]
    described = description(files, list(np.linspace(2, 1, 20))) | {"size": [300, 200]}
    for frame in described["frames"]:
        frame["aligned"] = f"aligned/{Path(frame['file']).name}"
    shutil.copytree(tmp_path, tmp_path / "result" / "aligned")
    frames = web_page.read_frames(tmp_path / "result", described, SilentReporter())
    assert len(frames) == 16 and (frames[0].focus, frames[-1].focus) == (0, 1)
    shown = cv2.imdecode(np.frombuffer(frames[0].picture, np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape[1] * shown.shape[0] * 16 == pytest.approx(300 * 200 * 10, rel=0.02)


def test_what_is_wrong_is_said(result, tmp_path, capsys, monkeypatch):
    (tmp_path / "index.html").write_text("<title>Mine, about Focal Depth</title>")
    assert main(["share", str(result), "--output", str(tmp_path)]) == 2
    assert "is another page: choose another folder" in capsys.readouterr().err
    assert main(["share", str(result), "--output", str(result)]) == 2
    assert "is the result itself: choose another folder" in capsys.readouterr().err
    assert main(["share", str(tmp_path), "--output", str(tmp_path / "page")]) == 2
    assert "name a folder that `estimate` wrote" in capsys.readouterr().err
    monkeypatch.setattr(web_page, "VIEWER", tmp_path / "viewer.js")
    assert main(["share", str(result), "--output", str(tmp_path / "page")]) == 2
    assert "install Node.js" in capsys.readouterr().err
    assert not (tmp_path / "page").exists()


@pytest.fixture
def sources(tmp_path) -> Path:
    """Enough of the project to build a package of, with nothing bundled."""
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "backend/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    left_out = shutil.ignore_patterns("viewer*.js", "__pycache__")
    shutil.copytree(PROJECT / "backend/export/web", tmp_path / "backend/export/web", ignore=left_out)
    (tmp_path / "backend/export/__init__.py").touch()
    return tmp_path


def test_without_npm_all_else_is_installed(sources, tmp_path):
    """A command that the zip's builder runs too says what is missing."""
    without = {"cwd": sources, "env": {"PATH": ""}, "capture_output": True, "text": True}
    bundled = subprocess.run([sys.executable, "backend/export/web/bundle.py"], **without)
    assert bundled.returncode == 1
    assert re.fullmatch(
        r".*viewer\.js cannot be made without npm: install Node.js 20 or later\n", bundled.stderr
    )
    built = subprocess.run([sys.executable, "setup.py", "build_py", "--build-lib", "built"], **without)
    assert built.returncode == 0, built.stderr
    assert "install Node.js 20 or later; until then `focal-depth share` makes no page" in built.stderr
    names = {path.name for path in (tmp_path / "built/focal_depth/export/web").iterdir()}
    assert {"page.html", "style.css", "viewer.mjs"} <= names and "viewer.js" not in names
