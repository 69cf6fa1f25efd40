"""How fast a shared page draws: frames a second of the set in 3D, and milliseconds of a step of refocus.

    .venv/bin/python benchmarks/web_page.py RESULT [--browser chromium] [--seconds 10]

Draws by the processor (SwiftShader), as no machine of ours has a screen: a phone's GPU is many times as fast.
Needs what `make .venv-validators/installed` installs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = Path(__file__).parents[1] / ".venv-validators" / "node_modules"
SCRIPT = """
const { chromium } = require("playwright-core");
const [address, executablePath, seconds] = process.argv.slice(1);

async function turn(seconds) {
  const canvas = document.getElementById("scene");
  const gl = canvas.getContext("webgl2");
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < 1000 * seconds) {
    const key = Math.floor(count++ / 5) % 2 ? "ArrowLeft" : "ArrowRight";
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
    await new Promise(requestAnimationFrame);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // waits until it is drawn
  }
  return { count, fps: count / seconds, size: [canvas.width, canvas.height] };
}

function refocus() {
  const slider = document.getElementById("focus");
  const canvas = document.getElementById("photograph");
  const steps = Array.from({ length: 101 }, (_, step) => {
    const began = performance.now();
    slider.value = step / 100;
    slider.dispatchEvent(new Event("input"));
    canvas.getContext("2d").getImageData(0, 0, 1, 1);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return { median: steps[50], worst: steps[100], size: [canvas.width, canvas.height] };
}

(async () => {
  const software = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing"];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...software] });
  const options = { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" };
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(120000);
  await page.goto(address);
  await page.waitForSelector("#turn .is-ready");
  const system = await browser.newBrowserCDPSession();
  const used = async () => {
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, each) => sum + each.cpuTime, 0);
  };
  const before = await used();
  const turned = await page.evaluate(turn, Number(seconds));
  const each = (1000 * ((await used()) - before)) / turned.count;
  await page.click("#tab-refocus");
  await page.waitForSelector("#refocus [aria-busy=true]", { state: "detached" });
  const focused = await page.evaluate(refocus);
  console.log(`Chromium ${browser.version()}, drawn by the processor`);
  console.log(`turn: ${turned.fps.toFixed(1)} frames a second at ${turned.size.join(" x ")},`);
  console.log(`  ${each.toFixed(0)} ms of processor time each`);
  const [median, worst] = [focused.median, focused.worst].map((each) => each.toFixed(1));
  console.log(`refocus: ${median} ms a step, ${worst} ms at worst, at ${focused.size.join(" x ")}`);
  await browser.close();
})();
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast a shared page draws.")
    parser.add_argument("result", type=Path, metavar="RESULT", help="with aligned frames")
    parser.add_argument("--browser", default="/usr/bin/chromium", metavar="FILE")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        share = [sys.executable, "-m", "focal_depth", "share", str(options.result), "--output", folder]
        subprocess.run(share, check=True)
        address = (Path(folder) / "index.html").as_uri()
        command = ["node", "-e", SCRIPT, address, options.browser, str(options.seconds)]
        subprocess.run(command, check=True, env=os.environ | {"NODE_PATH": str(MODULES)})


if __name__ == "__main__":
    main()
