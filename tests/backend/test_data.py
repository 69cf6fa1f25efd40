"""Every reader on small files laid out exactly as the data set is: focus, order, truth, what counts."""

import json
import pickle
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import cv2
import h5py
import numpy as np
import OpenEXR
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.research.evaluation.data.find import LAYOUTS, READERS, find_scenes
from focal_depth.research.evaluation.data.scene import DIOPTRES, DISPARITY, METRES, EvaluationStack
from focal_depth.stack import read_stack

HEIGHT, WIDTH = 34, 40


def shade(index: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """(H, W, 3) uint8: the frame that the file has at `index`, with one blue corner to tell turns by."""
    picture = np.full((height, width, 3), 10 + 4 * index, np.uint8)
    picture[: height // 2, : width // 2, 2] = 250
    return picture


def shades(pictures: np.ndarray) -> list[int]:
    """Which of the file's frames came out, in their order; each is right side up and RGB."""
    assert pictures.dtype == np.float32 and pictures.flags.c_contiguous
    height, width = pictures.shape[1:3]
    assert (pictures[:, : height // 2, : width // 2, 2] > 0.9).all()
    assert (pictures[:, height // 2 :, :, 2] < 0.9).all()
    return [round((255 * float(picture[-1, -1, 0]) - 10) / 4) for picture in pictures]


def write_picture(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 100, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111]
    cv2.imwrite(str(path), picture[..., ::-1], quality if path.suffix == ".jpg" else [])


def write_exr(path: Path, **channels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    OpenEXR.File({"type": OpenEXR.scanlineimage}, channels).write(str(path))


def ramp(*values: float) -> np.ndarray:
    """(HEIGHT, WIDTH) float32 whose first pixels are `values`, and the others the last of them."""
    plane = np.full(HEIGHT * WIDTH, values[-1], np.float32)
    plane[: len(values)] = values
    return plane.reshape(HEIGHT, WIDTH)


def write_ddff(folder: Path, stacks: int = 2) -> None:
    with h5py.File(folder / "ddff-dataset-trainval.h5", "w") as file:
        for split in ("train", "val"):
            shape = (stacks, 10, HEIGHT, WIDTH, 3)
            file.create_dataset(f"stack_{split}", shape, np.uint8)
            file[f"stack_{split}"][:] = np.stack([shade(n) for n in range(10)])
            file[f"disp_{split}"] = np.stack([ramp(0, 0.0201, 0.0203, 0.2824, 0.2826, 0.1)] * stacks)


def write_light_field(folder: Path) -> None:
    with h5py.File(folder / "HCI_FS_trainval.h5", "w") as file:
        for split, names in (("train", ["antinous", "rosemary"]), ("val", ["boxes"])):
            file[f"stack_{split}"] = np.stack([[shade(n) for n in range(10)]] * len(names)).astype("f4")
            file[f"disp_{split}"] = np.stack([ramp(-2.6, -2.5, 2.5, 2.6, 0.5)] * len(names))
            file.create_dataset(f"name_{split}", (len(names), 1), h5py.special_dtype(vlen=str))
            file[f"name_{split}"][:, 0] = names
        file["focus_position_disp"] = np.linspace(-2.5, 2.5, 10, dtype="f4")[None]


def write_mobile_depth(folder: Path) -> None:
    for figure, scene in (("Figure1", "balls"), ("Figure3", "metals"), ("Figure3", "uncalibrated")):
        for index in range(3):
            write_picture(folder / "Aligned" / figure / scene / f"a{index:02d}.jpg", shade(index))
            write_picture(folder / "Aligned" / figure / scene / f"{index}.jpg", shade(9))
    for place, scene in (("Photos_Calibration_Results/calibration", "balls"), ("calibration", "metals")):
        (folder / place / scene).mkdir(parents=True)
        (folder / place / scene / "calibrated.txt").write_text("20.0 3.1\n50.0 3.1\n25.0 3.1\n4.5\n")


def write_defocus_net(folder: Path, numbers: tuple[int, ...] = (399, 400)) -> None:
    for number in numbers:
        for index in range(5):
            write_picture(folder / "fs_6" / f"{number:06d}_{index + 1:02d}All.tif", shade(index))
        depth = ramp(0, 0.09, 0.11, 1.4, 1.6, 0.5).astype(np.float16)
        write_exr(folder / "fs_6" / f"{number:06d}_00Dpt.exr", R=depth, G=depth * 0, B=depth * 0)


def write_autofocus(folder: Path, height: int = 24, width: int = 18) -> None:
    for part in ("train3", "test"):
        for index in range(49):
            name = "result_scaled_image_center.jpg"
            write_picture(folder / part / "scaled_images" / "desk" / str(index) / name, shade(index, 24, 18))
        value = np.full((height, width), 190, np.uint8)
        value[4, 3:5] = 255, 0
        place = folder / part / "merged_depth" / "desk"
        place.mkdir(parents=True)
        cv2.imwrite(str(place / "result_merged_depth_center.png"), value)
        sure = np.full((height, width), 0.5, np.float32)
        sure[4, 3] = 1.2
        write_exr(
            folder / part / "merged_conf" / "desk" / "result_merged_conf_center.exr", R=sure, G=sure, B=sure
        )


def write_disparity_folder(folder: Path, nearest: float) -> None:
    for index, disparity in enumerate(np.linspace(10, nearest, 15)):
        write_picture(folder / f"{float(disparity)}.png", shade(index))
    write_picture(folder / "AiF.png", shade(40))
    write_exr(folder / "disp.exr", Y=ramp(np.inf, 0, 9.9, 10.1, nearest - 0.1, nearest + 0.1, 30))


def write_middlebury(folder: Path) -> None:
    write_disparity_folder(folder / "Middlebury_FS" / "focal_stack" / "ArtL", 60)


def write_flying_things(folder: Path) -> None:
    for split in ("train", "val"):
        write_disparity_folder(folder / "FlyingThings3D_FS" / split / "focal_stack" / "0001", 100)


def write_zedd(folder: Path) -> None:
    runs = range(1, 10)
    distances = [0.5, 0.6, 0.8, 1.0, 1.25, 2.0, 2.5, 4.0, 10.0]
    lines = [f"run_{run}\t6D{run}E\t{distances[run - 1]}" for run in runs]
    folder.mkdir(exist_ok=True)
    (folder / "metadata.txt").write_text("# run, motor, metres\n" + "\n".join(lines) + "\n")
    for split, height, width in (("val", 960, 1440), ("test", 608, 912)):
        stack = folder / split / f"{split}_0001" / "focus_stack"
        for run in runs:
            whole = run in (1, 3, 5, 7, 9)  # the others are not read
            name = f"img_run_{run}_motor_6D{run}E_aperture_F"
            write_picture(stack / f"{name}2.8.jpg", shade(run, height, width) if whole else shade(run))
            write_picture(stack / f"{name}16.0.jpg", shade(30))
        (stack.parent / "gt").mkdir()
        np.savetxt(stack.parent / "gt" / "K.txt", np.eye(3))
    depth = np.repeat(np.arange(1440, dtype=np.float32)[None] / 1000 + 1, 960, axis=0)
    depth[:2], depth[2:4], depth[4:6], depth[6:8] = 0, np.nan, np.inf, 2000
    np.save(folder / "val" / "val_0001" / "gt" / "depth.npy", depth)


def write_arrays(folder: Path) -> None:
    scene = folder / "kitchen"
    scene.mkdir(parents=True)
    np.save(scene / "focal_stack.npy", np.stack([shade(n) for n in range(3)]))
    np.save(scene / "fd_list.npy", np.array([0.5, np.inf, 2.0]))
    np.save(scene / "depth.npy", ramp(0, np.nan, np.inf, 3.0))


def write_focal_depth(folder: Path) -> None:
    for name in ("stack-00", "stack-01"):
        stack = folder / name
        rows = ["file,focus_distance_m,focal_length_mm"]
        for index, distance in enumerate((0.5, 4.0, 1.0)):
            write_picture(stack / f"{index}.png", shade(index))
            rows.append(f"{index}.png,{distance},50")
        (stack / "focus.csv").write_text("\n".join(rows))
        np.savez(stack / "depth.npz", depth=ramp(0, np.nan, np.inf, 0.5, 2))


def write_real(folder: Path) -> None:
    texture = np.random.default_rng(1).integers(80, 160, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    for name in ("desk", "shelf"):
        for index, blur in enumerate((1.5, 0.7, 0.4)):
            write_picture(folder / name / f"{index}.png", cv2.GaussianBlur(texture, (0, 0), blur))
    marks = {"publish": True, "planes": {"all": [-1, -0.8, 1, 0.8]}, "pairs": [[[0, 0], [0.5, 0.5]]]}
    (folder / "surfaces.json").write_text(json.dumps({"desk": marks, "shelf": marks}))


WRITERS: dict[str, Callable[[Path], None]] = {
    "focal-depth": write_focal_depth,
    "ddff": write_ddff,
    "mobile-depth": write_mobile_depth,
    "defocus-net": write_defocus_net,
    "autofocus": write_autofocus,
    "light-field": write_light_field,
    "flying-things": write_flying_things,
    "middlebury": write_middlebury,
    "zedd": write_zedd,
    "arrays": write_arrays,
    "real": write_real,
}


def loaded(folder: Path, layout: str) -> dict[str, tuple[str, EvaluationStack]]:
    """{name: (split, stack)} of what the folder holds."""
    WRITERS[layout](folder)
    scenes = find_scenes([folder])
    assert len({scene.name for scene in scenes}) == len(scenes)
    return {scene.name: (scene.split, scene.load()) for scene in scenes}


def valid_pixels(focused: EvaluationStack) -> list[bool]:
    """What counts among the first pixels."""
    return focused.valid.ravel()[:8].tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_recognised_and_keeps_to_the_contract(layout, tmp_path):
    WRITERS[layout](tmp_path)
    scenes = find_scenes([tmp_path])
    assert scenes and [s.name for s in find_scenes([tmp_path], layout)] == [s.name for s in scenes]
    if layout not in ("focal-depth", "arrays"):
        assert {scene.data_set for scene in scenes} == {READERS[layout].SOURCE.data_set}
    for scene in scenes:
        focused = pickle.loads(pickle.dumps(scene.load))()  # scenes are spread over processes
        assert (np.diff(focused.focus) > 0).all() and focused.focus.dtype == np.float64
        assert len(focused.focus) == len(focused.pictures)
        assert focused.pictures.min() >= 0 and focused.pictures.max() <= 1
        if focused.truth is not None:
            assert focused.truth.dtype == np.float64 and focused.valid.dtype == bool
            assert focused.truth.shape == focused.valid.shape == focused.pictures.shape[1:3]
            assert focused.valid.mean() > 0 and np.isfinite(focused.truth[focused.valid]).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_missing_data_set_says_where_from_and_how(layout, tmp_path):
    source = READERS[layout].SOURCE
    for path in (tmp_path, tmp_path / "not there"):
        with pytest.raises(InputError) as error:
            find_scenes([path], layout)
        for words in (str(path), source.data_set, source.download, source.layout):
            assert words in str(error.value)


def test_an_unknown_layout_lists_the_known_ones(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path, tmp_path / "notes.txt", tmp_path / "not there"):
        with pytest.raises(InputError) as error:
            find_scenes([path])
        for words in (str(path), *LAYOUTS, *(reader.SOURCE.data_set for reader in READERS.values())):
            assert words in str(error.value)
    with pytest.raises(InputError, match="nyu is no known layout; choose one of focal-depth, ddff"):
        find_scenes([tmp_path], "nyu")


def test_ddff_runs_far_to_near_in_disparity(tmp_path):
    stacks = loaded(tmp_path, "ddff")
    assert [(name, split) for name, (split, _) in stacks.items()] == [
        ("train/0000", "train"),
        ("train/0001", "train"),
        ("val/0000", "val"),
        ("val/0001", "val"),
    ]
    focused = stacks["val/0001"][1]
    assert shades(focused.pictures) == list(range(9, -1, -1))
    np.testing.assert_allclose(focused.focus, np.linspace(0.020177, 0.282475, 10), atol=1e-6)
    assert focused.unit == DISPARITY and focused.folder is None
    assert valid_pixels(focused) == [False, False, True, True, False, True, True, True]
    np.testing.assert_allclose(focused.truth[0, 3], 0.2824, rtol=1e-6)


def test_ddff_test_stacks_have_the_names_of_a_submission_and_no_truth(tmp_path):
    with h5py.File(tmp_path / "ddff-dataset-test.h5", "w") as file:
        file.create_dataset("stack_test", (120, 10, 2, 2, 3), np.uint8)
        file["stack_test"][21] = 255
    scenes = find_scenes([tmp_path / "ddff-dataset-test.h5"])
    names = [scene.name for scene in scenes]
    assert names[0] == "lockeroom/DISP_0001" and names[21] == "cafeteria/DISP_0002"
    assert names[-1] == "magistrale/DISP_0020" and len(set(names)) == 120
    focused = scenes[21].load()
    assert focused.truth is None and focused.valid is None and (focused.pictures == 1).all()
    assert scenes[20].split == "test" and (scenes[20].load().pictures == 0).all()


def test_hdf5_without_its_library_says_what_to_install(tmp_path, monkeypatch):
    write_ddff(tmp_path)
    monkeypatch.setitem(sys.modules, "h5py", None)  # what Python itself does with a module that is not there
    with pytest.raises(InputError, match=r"trainval\.h5 needs h5py; install it with: pip install"):
        find_scenes([tmp_path])


def test_hdf5_is_distinguished_even_where_it_is_damaged(tmp_path):
    for name, data_set in (("HCI_FS_trainval.h5", "4D Light Field"), ("ddff.h5", "DDFF 12-Scene")):
        (tmp_path / name).write_bytes(b"\x89HDF and no more")
        with pytest.raises(InputError, match=f"{name} is missing, damaged or not as {data_set} has it"):
            find_scenes([tmp_path / name])


def test_light_fields_under_another_name_are_not_ddff(tmp_path):
    write_light_field(tmp_path)
    (tmp_path / "HCI_FS_trainval.h5").rename(tmp_path / "renamed.h5")
    assert {scene.data_set for scene in find_scenes([tmp_path])} == {"4D Light Field"}


def test_hdf5_whose_truth_is_of_another_size_is_refused(tmp_path):
    write_ddff(tmp_path)
    with h5py.File(tmp_path / "ddff-dataset-trainval.h5", "a") as file:
        del file["disp_train"], file["disp_val"]
        file["disp_train"], file["disp_val"] = np.ones((2, 3, 3)), np.ones((1, HEIGHT, WIDTH))
    scenes = find_scenes([tmp_path])
    for scene in (scenes[0], scenes[3]):
        with pytest.raises(InputError, match=r"trainval\.h5 is missing, damaged or not as"):
            scene.load()


def test_hdf5_is_read_a_stack_at_a_time(tmp_path):
    shape, count = (10, 64, 96, 3), 60
    with h5py.File(tmp_path / "ddff-dataset-test.h5", "w") as file:
        file.create_dataset("stack_test", (count, *shape), np.uint8, chunks=(1, *shape))
        for index in range(count):
            file["stack_test"][index] = index
    find_scenes([tmp_path])[0].load()  # what is imported along the way
    tracemalloc.start()
    scenes = find_scenes([tmp_path])
    values = [scene.load().pictures[0, 0, 0, 0] for scene in scenes]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_allclose(values, np.arange(count, dtype=np.float32) / 255)
    assert peak < 4 * np.prod(shape) * 4  # bytes of four stacks as float32; all would be 60


def test_light_fields_count_between_the_farthest_and_the_nearest_focus(tmp_path):
    stacks = loaded(tmp_path, "light-field")
    assert {name: split for name, (split, _) in stacks.items()} == {
        "train/antinous": "train",
        "train/rosemary": "train",
        "val/boxes": "val",
    }
    focused = stacks["val/boxes"][1]
    assert shades(focused.pictures) == list(range(10))
    np.testing.assert_allclose(focused.focus, np.linspace(-2.5, 2.5, 10), atol=1e-6)
    assert focused.unit == DISPARITY
    assert valid_pixels(focused)[:5] == [False, True, True, False, True] and focused.truth[0, 4] == 0.5


def test_mobile_depth_is_ordered_by_its_calibration(tmp_path):
    stacks = loaded(tmp_path, "mobile-depth")
    assert list(stacks) == ["Figure1/balls", "Figure3/metals"]  # what has no calibration has no order
    balls, metals = stacks["Figure1/balls"][1], stacks["Figure3/metals"][1]
    assert shades(balls.pictures) == [1, 2, 0]
    np.testing.assert_allclose(balls.focus, [1 / 50, 1 / 25, 1 / 20])
    np.testing.assert_allclose(balls.positions, [0, 2 / 3, 1], rtol=1e-6)
    assert shades(metals.pictures) == [1, 0, 2]  # distances run 25, 50, 20 there
    np.testing.assert_allclose(metals.focus, [1 / 50, 1 / 25, 1 / 20])
    assert balls.truth is None and balls.valid is None and balls.folder is None


def test_defocus_net_tests_on_the_last_hundred_in_metres(tmp_path):
    stacks = loaded(tmp_path, "defocus-net")
    assert {name: split for name, (split, _) in stacks.items()} == {"000399": "train", "000400": "test"}
    focused = stacks["000400"][1]
    assert shades(focused.pictures) == [4, 3, 2, 1, 0]
    np.testing.assert_allclose(1 / focused.focus, [1.5, 0.7, 0.3, 0.15, 0.1])
    assert focused.unit == METRES
    assert valid_pixels(focused)[:6] == [False, False, True, True, False, True]
    assert focused.truth[0, 3] == np.float16(1.4)
    np.testing.assert_allclose(focused.to_truth_unit(np.array([[0.0, 1.0]])), [[1.5, 0.1]])


def test_autofocus_takes_ten_frames_and_the_middle_in_dioptres(tmp_path):
    stacks = loaded(tmp_path, "autofocus")
    assert {name: split for name, (split, _) in stacks.items()} == {
        "test/desk": "test",
        "train3/desk": "train",
    }
    focused = stacks["test/desk"][1]
    assert focused.pictures.shape == (10, 16, 12, 3) and focused.unit == DIOPTRES
    taken = [round((255 * float(picture[-1, -1, 0]) - 10) / 4) for picture in focused.pictures]
    assert taken == [0, 5, 11, 16, 21, 27, 32, 37, 43, 48]
    np.testing.assert_allclose(1 / focused.focus[[0, 1, -1]], [3.91092, 0.80109, 0.10201])
    np.testing.assert_allclose(1 / focused.truth[0, :2], [100, 0.2])
    np.testing.assert_allclose(1 / focused.truth[0, 2], 20 / (100 - 99.8 * 190 / 255))
    assert focused.valid[0, :3].tolist() == [False, True, True]
    assert focused.confidence[0, :2].tolist() == [1, 0.5]


@pytest.mark.parametrize(
    ("layout", "nearest", "expected"),
    [
        ("middlebury", 60, {"Middlebury_FS/focal_stack/ArtL": "test"}),
        (
            "flying-things",
            100,
            {
                "FlyingThings3D_FS/train/focal_stack/0001": "train",
                "FlyingThings3D_FS/val/focal_stack/0001": "val",
            },
        ),
    ],
)
def test_stereo_stacks_have_their_focus_in_their_names(layout, nearest, expected, tmp_path):
    stacks = loaded(tmp_path, layout)
    assert {name: split for name, (split, _) in stacks.items()} == expected
    focused = next(iter(stacks.values()))[1]
    assert shades(focused.pictures) == list(range(15))
    np.testing.assert_allclose(focused.focus, np.linspace(10, nearest, 15))
    assert focused.unit == DISPARITY
    assert valid_pixels(focused)[:7] == [False, False, False, True, True, False, True]
    assert focused.truth[0, 6] == 30
    only = tmp_path / next(iter(expected))
    assert [scene.name for scene in find_scenes([only])] == [only.name]


def test_zedd_is_measured_as_published(tmp_path):
    stacks = loaded(tmp_path / "ZEDD", "zedd")
    assert {name: split for name, (split, _) in stacks.items()} == {"val_0001": "val", "test_0001": "test"}
    focused = stacks["val_0001"][1]
    assert focused.pictures.shape == (5, 480, 640, 3) and focused.unit == METRES
    assert [round((255 * float(picture[-1, -1, 0]) - 10) / 4) for picture in focused.pictures] == [
        9,
        7,
        5,
        3,
        1,
    ]
    np.testing.assert_allclose(1 / focused.focus, [10, 2.5, 1.25, 0.8, 0.5])
    np.testing.assert_array_equal(focused.valid[:, 0], [False] * 4 + [True] * 476)
    # Half the size, then 40 of 720 columns left out at either side: column 0 is at 80 or 81 of 1440.
    np.testing.assert_allclose(focused.truth[10, [0, -1]], [1.0805, 2.3585], atol=6e-4)
    unseen = stacks["test_0001"][1]
    assert unseen.truth is None and unseen.pictures.shape == (5, 1216, 1824, 3)


def test_arrays_are_ordered_and_infinity_is_a_focus(tmp_path):
    stacks = loaded(tmp_path / "mine", "arrays")
    focused = stacks["kitchen"][1]
    assert find_scenes([tmp_path / "mine"])[0].data_set == "mine"
    assert shades(focused.pictures) == [1, 2, 0] and focused.focus.tolist() == [0, 0.5, 2]
    assert focused.unit == METRES
    assert valid_pixels(focused)[:4] == [False, False, False, True] and focused.truth[0, 3] == 3
    folder = tmp_path / "mine" / "kitchen"
    np.save(folder / "focal_stack.npy", np.stack([shade(n) for n in range(3)]).astype(np.float32) / 255)
    (folder / "depth.npy").unlink()
    again = find_scenes([folder])[0].load()
    assert shades(again.pictures) == [1, 2, 0] and again.truth is None


def test_our_layout_has_photographs_as_taken_with_truth_in_dioptres(tmp_path):
    stacks = loaded(tmp_path / "validation", "focal-depth")
    focused = stacks["stack-01"][1]
    assert shades(focused.pictures) == [1, 2, 0] and focused.focus.tolist() == [0.25, 1, 2]
    assert focused.unit == DIOPTRES and focused.folder == tmp_path / "validation" / "stack-01"
    assert valid_pixels(focused)[:5] == [False, False, True, True, True]
    assert focused.truth.ravel()[2:5].tolist() == [0, 2, 0.5]  # infinity is known
    (focused.folder / "depth.npz").unlink()
    assert find_scenes([focused.folder])[0].load().truth is None


def test_truth_of_our_layout_is_measured_by_the_positions_the_networks_see(tmp_path):
    focused = loaded(tmp_path, "focal-depth")["stack-00"][1]
    stack = read_stack([focused.folder])
    np.testing.assert_array_equal(focused.positions, stack.positions)
    for frame, position in zip(stack.frames, stack.positions, strict=True):
        dioptres = focused.to_truth_unit(np.full((1, 1), position))
        np.testing.assert_allclose(dioptres, 1 / frame.focus_distance, rtol=1e-6)


def test_our_layout_needs_distances_and_one_size(tmp_path):
    write_focal_depth(tmp_path)
    np.savez(tmp_path / "stack-00" / "depth.npz", depth=np.ones((3, 3)))
    (tmp_path / "stack-01" / "focus.csv").unlink()
    first, second = find_scenes([tmp_path])
    with pytest.raises(InputError, match=r"depth\.npz is not 40 x 34 as the photographs"):
        first.load()
    with pytest.raises(InputError, match=r"stack-01 has no focus distances; add a focus\.csv"):
        second.load()


def test_several_data_sets_in_one_folder_and_one_folder_twice(tmp_path):
    write_ddff(tmp_path, stacks=1)
    write_light_field(tmp_path)
    write_defocus_net(tmp_path)
    scenes = find_scenes([tmp_path, tmp_path / "fs_6", tmp_path])
    assert [scene.data_set for scene in scenes] == ["DDFF 12-Scene"] * 2 + ["DefocusNet"] * 2 + [
        "4D Light Field"
    ] * 3


def test_names_that_occur_twice_get_their_paths(tmp_path):
    for place in ("one", "two"):
        write_focal_depth(tmp_path / place / "validation")
    scenes = find_scenes([tmp_path / place / "validation" for place in ("one", "two")])
    assert [scene.name for scene in scenes] == [
        f"{tmp_path}/{place}/validation/stack-0{n}".lstrip("/") for place in ("one", "two") for n in (0, 1)
    ]


DAMAGED = {
    "ddff": "ddff-dataset-trainval.h5",
    "light-field": "HCI_FS_trainval.h5",
    "mobile-depth": "Photos_Calibration_Results/calibration/balls/calibrated.txt",
    "defocus-net": "fs_6/000399_00Dpt.exr",
    "autofocus": "test/merged_conf/desk/result_merged_conf_center.exr",
    "middlebury": "Middlebury_FS/focal_stack/ArtL/disp.exr",
    "flying-things": "FlyingThings3D_FS/train/focal_stack/0001/disp.exr",
    "zedd": "metadata.txt",
    "arrays": "kitchen/focal_stack.npy",
    "focal-depth": "stack-00/depth.npz",
    "real": "surfaces.json",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_damaged_file_is_named_with_where_to_get_it_again(layout, tmp_path):
    WRITERS[layout](tmp_path)
    path = tmp_path / DAMAGED[layout]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 4])
    with pytest.raises(InputError) as error:
        for scene in find_scenes([tmp_path], layout):
            scene.load()
    assert f"{path} is missing, damaged or not as" in str(error.value)
    assert READERS[layout].SOURCE.download in str(error.value)


@pytest.mark.parametrize(
    ("layout", "gone"),
    [
        ("mobile-depth", "Aligned/Figure1/balls/a01.jpg"),
        ("defocus-net", "fs_6/000400_03All.tif"),
        ("autofocus", "test/scaled_images/desk/5/result_scaled_image_center.jpg"),
        ("autofocus", "train3/merged_depth/desk/result_merged_depth_center.png"),
        ("zedd", "val/val_0001/focus_stack/img_run_7_motor_6D7E_aperture_F2.8.jpg"),
        ("zedd", "val/val_0001/gt/depth.npy"),
        ("arrays", "kitchen/fd_list.npy"),
    ],
)
def test_a_file_that_is_gone_is_refused_too(layout, gone, tmp_path):
    WRITERS[layout](tmp_path)
    (tmp_path / gone).unlink()
    with pytest.raises(InputError, match="is missing, damaged or not as"):
        for scene in find_scenes([tmp_path]):
            scene.load()


def test_a_truth_of_another_size_is_refused(tmp_path):
    write_middlebury(tmp_path)
    write_exr(tmp_path / "Middlebury_FS/focal_stack/ArtL/disp.exr", Y=np.ones((3, 3), np.float32))
    with pytest.raises(InputError, match=r"disp\.exr is missing, damaged or not as"):
        find_scenes([tmp_path])[0].load()
    write_defocus_net(tmp_path / "b")
    write_picture(tmp_path / "b" / "fs_6" / "000399_02All.tif", shade(0, 9, 9))
    with pytest.raises(InputError, match=r"000399_0\dAll\.tif is missing, damaged or not as"):
        find_scenes([tmp_path / "b"])[0].load()
