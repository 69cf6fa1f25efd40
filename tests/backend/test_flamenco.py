"""The job type for Flamenco, run by a JavaScript engine against stand-ins for what the Manager gives it."""

import json
import posixpath
import subprocess
import sys

import pytest
import quickjs
from photographs import PROJECT

# What the Manager documents: author, path, print, and a job to which tasks are added.
MANAGER = """
var tasks = [];
var author = {
    Task: (name, type) => ({name, type, commands: [], dependencies: [],
        addCommand(command) { this.commands.push(command); },
        addDependency(task) { this.dependencies.push(task.name); }}),
    Command: (name, parameters) => ({name, parameters}),
};
var path = {join: (...parts) => joined(JSON.stringify(parts))};
function compiled(settings) {
    tasks = [];
    const job = {name: "job", type: "focal-depth", settings: JSON.parse(settings)};
    compileJob({...job, addTask: task => tasks.push(task)});
    return JSON.stringify(tasks);
}
"""


@pytest.fixture
def script():
    context = quickjs.Context()
    context.add_callable("joined", lambda parts: posixpath.join(*json.loads(parts)))
    context.eval(MANAGER)
    context.eval((PROJECT / "farm" / "focal-depth.js").read_text(encoding="utf-8"))
    return context


@pytest.fixture
def compiled(script):
    """compiled(**settings) -> the job's tasks, with defaults as the Manager fills them in."""
    settings_of_job = json.loads(script.eval("JSON.stringify(JOB_TYPE.settings)"))
    defaults = {setting["key"]: setting["default"] for setting in settings_of_job if "default" in setting}

    def run(**settings) -> list[dict]:
        assert set(settings) <= {setting["key"] for setting in settings_of_job}
        return json.loads(script.get("compiled")(json.dumps(defaults | settings)))

    return run


def test_settings_are_such_as_the_manager_knows(script):
    settings = json.loads(script.eval("JSON.stringify(JOB_TYPE.settings)"))
    for setting in settings:
        assert setting["type"] in ("string", "int32", "float", "bool")
        assert set(setting) <= {
            "key", "type", "subtype", "required", "description", "choices", "default", "visible"
        }  # fmt: skip
        assert setting.get("required") or "default" in setting
        assert setting.get("default") in setting.get("choices", [setting.get("default")])


def test_a_task_a_stack_with_results_of_their_own(compiled):
    tasks = compiled(stacks="/shots/a; /shots/day 2/a ;\nC:\\shots\\A\n/shots/b/", output="/results")
    assert [task["name"] for task in tasks] == [f"depth of {name}" for name in ("a", "a_2", "A_3", "b")]
    commands = [task["commands"] for task in tasks]
    assert all(len(each) == 1 and each[0]["name"] == "exec" for each in commands)
    assert commands[1][0]["parameters"] == {
        "exe": "focal-depth",
        "args": ["estimate", "/shots/day 2/a", "--output", "/results/a_2", "--quality", "standard"],
    }


def test_memory_is_limited_where_asked(compiled):
    (task,) = compiled(stacks="/shots/a", output="/results", max_memory=1.5, quality="draft")
    assert task["commands"][0]["parameters"]["args"][-4:] == ["--quality", "draft", "--max-memory", "1.5"]


def test_no_stack_is_said(compiled):
    with pytest.raises(quickjs.JSException, match="at least one folder"):
        compiled(stacks=" ; ", output="/results")


def test_its_command_runs_and_again_does_nothing_twice(compiled, tmp_path):
    (task,) = compiled(stacks=str(PROJECT / "sample"), output=str(tmp_path), quality="draft")
    words = task["commands"][0]["parameters"]
    outputs = []
    for _ in range(2):
        command = [sys.executable, "-m", "focal_depth", *words["args"]]
        outputs.append(
            subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
        )
    assert (tmp_path / "sample" / "depth.exr").is_file()
    assert "nothing was run again" in outputs[1] and "nothing was run again" not in outputs[0]
