// A job type for Flamenco, Blender's render manager: depth of many focal stacks, a task a stack.
//
// Put this file into the folder `scripts` beside the Manager, and choose "Focal Depth" in Blender's Flamenco panel.
// Stacks and output lie on storage that every Worker sees; focal-depth is installed on every Worker.

const JOB_TYPE = {
    label: "Focal Depth",
    description: "Estimate the depth of focal stacks, a task a stack.",
    settings: [
        { key: "stacks", type: "string", required: true,
          description: "Folders of photographs, a stack each; separated by semicolons, or by line breaks" },
        { key: "output", type: "string", subtype: "dir_path", required: true,
          description: "Where the results go, a folder a stack, named as the stack's" },
        { key: "quality", type: "string", choices: ["draft", "standard", "full"], default: "standard",
          description: "Working size: draft is fast, full is the photographs' own size" },
        { key: "max_memory", type: "float", default: 0.0,
          description: "Gigabytes that a task may take; 0 leaves it to the stack's size" },
        { key: "executable", type: "string", default: "focal-depth", visible: "web",
          description: "The command as the Workers know it, or a variable of the Manager in braces" },
    ]
};

function compileJob(job) {
    const settings = job.settings;
    const stacks = settings.stacks.split(/[;\n]/).map(folder => folder.trim()).filter(folder => folder);
    if (stacks.length == 0) {
        throw "Name at least one folder of photographs in the setting stacks";
    }
    const taken = new Set();
    for (const stack of stacks) {
        const name = unused(lastPart(stack), taken);
        const task = author.Task(`depth of ${name}`, "misc");
        task.addCommand(author.Command("exec", {
            exe: settings.executable,
            args: estimateArguments(stack, path.join(settings.output, name), settings),
        }));
        job.addTask(task);
    }
}

// A task that is run again, as after a lost Worker, finds what is done and does not do it twice.
function estimateArguments(stack, result, settings) {
    const limit = settings.max_memory > 0 ? ["--max-memory", String(settings.max_memory)] : [];
    return ["estimate", stack, "--output", result, "--quality", settings.quality].concat(limit);
}

// Windows' folders too, whichever system the Manager runs on.
function lastPart(folder) {
    return folder.split(/[\\/]/).filter(part => part).pop();
}

function unused(name, taken) {
    let candidate = name;
    for (let number = 2; taken.has(candidate.toLowerCase()); number++) {
        candidate = `${name}_${number}`;
    }
    taken.add(candidate.toLowerCase());
    return candidate;
}
