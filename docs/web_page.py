"""Makes docs/web_page.jpg: the views of a shared page, on a desktop and on a phone.

    .venv/bin/python docs/web_page.py RESULT [--browser chromium]

RESULT is of the sample, with aligned frames. Needs what `make .venv-validators/installed` installs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
MODULES = HERE.parent / ".venv-validators" / "node_modules"
HEIGHT = 620  # pixels of the picture
QUALITY = 85
SCRIPT = """
const { chromium } = require("playwright-core");
const [address, folder, executablePath] = process.argv.slice(1);
const desktop = { viewport: { width: 1180, height: 800 } };
const phone = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };

async function shoot(browser, options, view, name) {
  const page = await (await browser.newContext({ ...options, reducedMotion: "reduce" })).newPage();
  page.setDefaultTimeout(120000);
  await page.goto(address);
  await page.click(`#tab-${view}`);
  await page.waitForSelector(`#${view} [aria-busy=true]`, { state: "detached" });
  if (view === "turn") {
    for (let count = 0; count < 4; count++) await page.press("#scene", "ArrowRight");
    await page.evaluate(() => document.activeElement.blur());
  }
  await page.screenshot({ path: `${folder}/${name}.png` });
}

(async () => {
  const software = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing"];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...software] });
  await shoot(browser, desktop, "turn", "0");
  await shoot(browser, phone, "refocus", "1");
  await shoot(browser, phone, "compare", "2");
  await browser.close();
})();
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes docs/web_page.jpg.")
    parser.add_argument("result", type=Path, metavar="RESULT")
    parser.add_argument("--browser", default="/usr/bin/chromium", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        share = [sys.executable, "-m", "focal_depth", "share", str(options.result), "--output", folder]
        subprocess.run(share, check=True)
        address = (Path(folder) / "index.html").as_uri()
        command = ["node", "-e", SCRIPT, address, folder, options.browser]
        subprocess.run(command, check=True, env=os.environ | {"NODE_PATH": str(MODULES)})
        shots = [cv2.imread(f"{folder}/{number}.png") for number in range(3)]
    size = [(round(shot.shape[1] * HEIGHT / shot.shape[0]), HEIGHT) for shot in shots]
    small = [cv2.resize(shot, to, interpolation=cv2.INTER_AREA) for shot, to in zip(shots, size, strict=True)]
    gap = np.full((HEIGHT, 8, 3), 255, np.uint8)
    picture = np.hstack([small[0], gap, small[1], gap, small[2]])
    cv2.imwrite(str(HERE / "web_page.jpg"), picture, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))


if __name__ == "__main__":
    main()
