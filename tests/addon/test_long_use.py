"""Long use: operators in any order with undo, and many estimates, in one Blender that stays as it was."""

import collections
import gc
import os
import re
import shutil
from pathlib import Path

import bpy
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]

UNHURRIED = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
UNHURRIED |= {"phases": [Phase.generate]}  # steps take a second: a failure is told as it was found
NOWHERE = "/nowhere/at all"
NO_STEP = {"inspect", "show_notes", "cancel", "follow", "preview_window", "step", "play", "pick", "export"}
NO_STEP |= {"clear_cache", "show_log", "dismiss"}  # operators that undo knows nothing of
CHOICES = {  # of operators' arguments; a value may be of a place that the walk fills in
    "add_photographs": {"directory": ["BRACKET", NOWHERE, ""]},
    "drop_photographs": {"directory": ["BRACKET", "ONE"]},
    "inspect": {"in_place": [False, True]},
    "remove_photograph": {},
    "show_notes": {"index": [0, 3, 99]},
    "clear": {},
    "choose_sensor": {"filepath": ["SENSOR", NOWHERE]},
    "reset_lens_value": {"value": ["focal_length", "f_number", "sensor_width"]},
    "estimate": {"directory": ["BRACKET", "", NOWHERE], "output": ["", "OUTPUT", "FILE"]},
    "cancel": {},
    "follow": {"directory": ["BRACKET", NOWHERE], "enable": [True, False]},
    "open_result": {"directory": ["RESULT", "OUTPUT", NOWHERE]},
    "preview": {
        "show": ["ALL_IN_FOCUS", "DEPTH", "CONFIDENCE", "FRAME", "SHARPNESS", "PHOTOGRAPHED", "ALIGNED"]
    },
    "reset_range": {},
    "preview_window": {},
    "overlay": {"enable": [True, False]},
    "step": {"by": [1, -7]},
    "play": {},
    "pick": {"place": [(0.5, 0.5), (1.0, 1.0)]},
    "build_mesh": {"level": ["preview", "ar"]},
    "set_scale": {"measured": [0.0, 2.0], "length": [0.0, 3.0]},
    "holdout": {"enable": [True, False]},
    "depth_merge": {},
    "refocus": {},
    "depth_fog": {},
    "depth_matte": {},
    "export": {"preset": ["QUICK_LOOK", "WEB"], "filepath": ["EXPORTED", NOWHERE, ""]},
    "clear_cache": {},
    "show_log": {},
    "dismiss": {},
}
NAMES = list(CHOICES)


def children() -> list[str]:
    """The processes that this one has begun and that are still there."""
    threads = Path("/proc/self/task")
    return [pid for thread in threads.iterdir() for pid in (thread / "children").read_text().split()]


def state() -> dict:
    """What undo brings back: the list, the choices, what is looked at, and what stands in the scene."""
    scene = bpy.context.scene
    own = scene.focal_depth
    return {
        "photographs": [(each.path, each.used, each.source, each.focus_distance) for each in own.photographs],
        "chosen": (own.result, own.summary, own.f_number, own.sensor_width, own.look.shown, own.look.result),
        "range": (own.look.near_metres, own.look.far_metres),
        "objects": sorted((each.name, each.type, each.hide_render) for each in scene.objects),
        "scales": sorted((each.name, *each.scale) for each in scene.objects),
        "collections": sorted(each.name for each in scene.collection.children_recursive),
        "groups": sorted(each.name for each in bpy.data.node_groups),
    }


@pytest.fixture
def walk(addon, module, cache, photographs, result, tmp_path):
    """A state machine whose steps are the operators, undo and what people do besides; and its tally."""
    tally = collections.Counter()
    places = {
        "BRACKET": str(photographs),
        "OUTPUT": str(tmp_path / "output"),
        "FILE": str(tmp_path / "file"),
        "EXPORTED": str(tmp_path / "exported"),
        "SENSOR": str(next(Path(bpy.utils.preset_paths("camera")[0]).glob("*.py"))),
    }
    (tmp_path / "file").write_text("somebody's")

    class Walk(RuleBasedStateMachine):
        @initialize(opened=st.booleans())
        def begin(self, opened):
            bpy.ops.wm.read_homefile(use_empty=True)
            module("preferences").preferences().cache_folder = str(tmp_path / "cache")
            for made in (tmp_path / "output", tmp_path / "result"):
                shutil.rmtree(made, ignore_errors=True)
            places["RESULT"] = str(shutil.copytree(result, tmp_path / "result"))
            bpy.ops.ed.undo_push(message="begun")
            self.steps, self.at = [state()], 0
            tally["walks"] += 1
            if opened:
                self._press("open_result", {"directory": places["RESULT"]})
                self._press("build_mesh", {"level": "preview"})

        @rule(data=st.data(), name=st.sampled_from(NAMES[:12]))
        def press_of_photographs(self, data, name):
            self._press_twice(data, name)

        @rule(data=st.data(), name=st.sampled_from(NAMES[10:19]))
        def press_of_results(self, data, name):
            self._press_twice(data, name)

        @rule(data=st.data(), name=st.sampled_from(NAMES[18:]))
        def press_of_sets(self, data, name):
            self._press_twice(data, name)

        def _press_twice(self, data, name):
            given = {key: data.draw(st.sampled_from(each), key) for key, each in CHOICES[name].items()}
            given = {key: places.get(str(each), each) for key, each in given.items()}
            if given.get("directory") == "ONE":
                given = {"directory": str(photographs), "files": [{"name": "1.png"}]}
            for _ in range(2):
                self._press(name, given)

        def _press(self, name, given):
            tally["operators"] += 1
            operator = getattr(bpy.ops.focal_depth, name)
            try:
                ended = operator("EXEC_DEFAULT", True, **given)
            except RuntimeError as error:
                tally["sentences"] += 1
                said = str(error).strip()
                assert "Traceback" not in said, said
                assert said.count("\n") == 0, said
                return
            if ended == {"FINISHED"} and name not in NO_STEP:
                self._note()

        def _note(self):
            """An undo step was made."""
            self.steps[self.at + 1 :] = [state()]
            self.at += 1

        @rule()
        def undo(self):
            if self.at:
                bpy.ops.ed.undo()
                self.at -= 1
                tally["undo"] += 1
                assert state() == self.steps[self.at]

        @rule()
        def redo(self):
            if self.at + 1 < len(self.steps):
                bpy.ops.ed.redo()
                self.at += 1
                tally["redo"] += 1
                assert state() == self.steps[self.at]

        @rule(row=st.integers(0, 4), metres=st.sampled_from([0.0, 0.5, 7.0]), used=st.booleans())
        def type_into_the_list(self, row, metres, used):
            if row < len(listed := bpy.context.scene.focal_depth.photographs):
                listed[row].focus_distance, listed[row].used = metres, used
                self._push()

        @rule(role=st.sampled_from(["mesh", "camera", "origin", "focus"]))
        def delete(self, role):
            for each in [each for each in bpy.context.scene.objects if each.get("focal_depth_role") == role]:
                bpy.data.objects.remove(each)
            self._push()

        @rule(what=st.sampled_from(["output", "result", "cache/focal_depth_cache/look", "cache"]))
        def lose(self, what):
            """A folder vanishes outside of Blender."""
            shutil.rmtree(tmp_path / what, ignore_errors=True)
            if what == "result":
                shutil.copytree(result, tmp_path / "result")

        def _push(self):
            bpy.ops.ed.undo_push(message="typed")
            self._note()

        @invariant()
        def nothing_is_left_over(self):
            assert module("jobs").manager.run is None
            assert children() == []
            assert list((tmp_path / "cache").rglob("run-*")) == []
            assert list(tmp_path.glob("*.unfinished*")) == []
            assert (tmp_path / "file").read_text() == "somebody's"

        @invariant()
        def sets_are_whole(self):
            """One collection a result, and in it one object a role, all held by the origin."""
            scene = bpy.context.scene
            sets = [each for each in scene.collection.children_recursive if "focal_depth_result" in each]
            assert len({each["focal_depth_result"] for each in sets}) == len(sets)
            for each in sets:
                roles = [thing["focal_depth_role"] for thing in each.objects if "focal_depth_role" in thing]
                assert len(set(roles)) == len(roles)

    return Walk, tally


def check(walk, capfd, **options) -> None:
    machine, tally = walk
    run_state_machine_as_test(machine, settings=settings(**UNHURRIED, **options))
    said = "".join(capfd.readouterr())
    assert "Traceback" not in said, said[said.index("Traceback") :][:3000]
    with capfd.disabled():
        print(f"\n{dict(tally)}")
    assert tally["operators"] >= 10


def test_operators_twice_in_any_order(walk, capfd):
    check(walk, capfd, max_examples=3, stateful_step_count=12, derandomize=True)


@pytest.mark.torture
def test_operators_twice_in_any_order_for_long(walk, capfd):
    check(walk, capfd, max_examples=10, stateful_step_count=30)


def used() -> dict[str, int]:
    """What this process holds; memory in MB."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    kinds = [getattr(bpy.data, name) for name in dir(bpy.data)]
    blocks = [each for each in kinds if isinstance(each, bpy.types.bpy_prop_collection)]
    return {
        "memory": int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1000,
        "descriptors": len(os.listdir("/proc/self/fd")),
        "blocks": sum(map(len, blocks)),
        "threads": len(os.listdir("/proc/self/task")),
        "children": len(children()),
    }


def estimate_often(photographs, tmp_path, counts: tuple[int, int]) -> list[dict[str, int]]:
    """What is held after so many estimates, each with its set, and the files there are then."""
    measured = []
    for number in range(1, counts[-1] + 1):
        bpy.context.scene.focal_depth.f_number = 2 + number % 7  # so that a new result is written each time
        bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(tmp_path / "r"))
        bpy.ops.focal_depth.build_mesh(level="preview")
        bpy.ops.focal_depth.preview(show="DEPTH")
        if number in counts:
            there = [path for path in tmp_path.rglob("*") if "bytecode" not in path.parts]
            measured.append(used() | {"files": len(there)})
    return measured


def check_growth(early: dict, late: dict, megabytes: int) -> None:
    print(early, late)
    assert late["memory"] - early["memory"] <= megabytes
    assert {**late, "memory": 0} == {**early, "memory": 0}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell")
@pytest.mark.torture
def test_estimates_leave_nothing(photographs, tmp_path):
    check_growth(*estimate_often(photographs, tmp_path, (2, 4)), megabytes=40)


@pytest.mark.torture
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell")
def test_fifty_estimates_leave_nothing(photographs, tmp_path):
    check_growth(*estimate_often(photographs, tmp_path, (10, 50)), megabytes=20)
