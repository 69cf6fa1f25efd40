// node web_page.js PAGE BARE OUTPUT BROWSER: how two shared pages, one without frames, behave in a browser, as JSON;
// screenshots go into OUTPUT.
const { readFileSync } = require("fs");
const { pathToFileURL } = require("url");
const { chromium } = require("playwright-core");

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const SOFTWARE_3D = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing"];
const SILENT = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SMALL = { width: 480, height: 464 }; // the stage has whole pixels
const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
const MINUTE = 60_000; // browsers draw in software here, and other tests run beside

const [file, bare, output, executablePath] = process.argv.slice(2);

async function main() {
  const args = ["--no-sandbox", "--no-first-run", ...SOFTWARE_3D, ...SILENT];
  const browser = await chromium.launch({ executablePath, args });
  const report = { browser: browser.version(), desktop: await onDesktop(browser), phone: await onPhone(browser) };
  report.bare = await withoutFramesOr3d(browser);
  await browser.close();
  console.log(JSON.stringify(report));
}

async function opened(browser, options, address = file, prepare = () => {}) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(MINUTE);
  page.heard = { requests: [], errors: [] };
  page.on("request", (request) => page.heard.requests.push(request.url().slice(0, 100)));
  page.on("pageerror", (error) => page.heard.errors.push(error.message));
  await page.addInitScript(prepare);
  await page.goto(pathToFileURL(address).href);
  return page;
}

async function show(page, view) {
  await page.click(`#tab-${view}`);
  await page.waitForSelector(`#${view} [aria-busy=true]`, { state: "detached" });
}

const shoot = async (page, selector, name) => {
  await page.locator(selector).screenshot({ path: `${output}/${name}.png` });
};

const valueOf = (page, selector) => page.locator(selector).evaluate((each) => each.valueAsNumber);

async function violations(page) {
  await page.evaluate(AXE);
  const { violations, testEngine } = await page.evaluate(() => axe.run());
  return { version: testEngine.version, found: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`) };
}

async function onDesktop(browser) {
  const page = await opened(browser, { viewport: SMALL, reducedMotion: "reduce" });
  const report = { axe: {} };
  await show(page, "turn");
  report.axe.turn = await violations(page);
  report.title = await page.title();
  report.language = await page.getAttribute("html", "lang");
  await shoot(page, "#turn .stage", "start");
  await page.focus("#scene");
  for (let count = 0; count < 8; count++) await page.keyboard.press("ArrowRight");
  await shoot(page, "#turn .stage", "turned");
  for (let count = 0; count < 8; count++) await page.keyboard.press("ArrowRight");
  await shoot(page, "#turn .stage", "limited");
  await page.keyboard.press("Home");
  await shoot(page, "#turn .stage", "reset");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  report.saved = download.suggestedFilename();
  await download.saveAs(`${output}/saved.glb`);

  await page.focus("#tab-turn");
  await page.keyboard.press("ArrowRight");
  report.focused_tab = await page.evaluate(() => document.activeElement.id);
  await show(page, "refocus");
  report.axe.refocus = await violations(page);
  report.focus_text = await page.getAttribute("#focus", "aria-valuetext");
  await page.focus("#focus");
  for (const [key, name] of [["Home", "near"], ["End", "far"]]) {
    await page.keyboard.press(key);
    await shoot(page, "#photograph", name);
  }
  await page.keyboard.press("ArrowLeft");
  report.after_arrow = await valueOf(page, "#focus");
  report.refocus_ms = await page.evaluate(measureRefocus);

  await show(page, "compare");
  report.axe.compare = await violations(page);
  await page.focus("#divider");
  for (const [key, name] of [["End", "before"], ["Home", "after"]]) {
    await page.keyboard.press(key);
    await shoot(page, "#compare .stage", name);
  }
  await page.keyboard.press("ArrowRight");
  report.divider = await valueOf(page, "#divider");
  return Object.assign(report, page.heard);
}

// Milliseconds of the middle step, with the picture drawn for certain.
function measureRefocus() {
  const slider = document.getElementById("focus");
  const context = document.getElementById("photograph").getContext("2d");
  const steps = Array.from({ length: 21 }, (_, step) => {
    const began = performance.now();
    slider.value = step / 20;
    slider.dispatchEvent(new Event("input"));
    context.getImageData(0, 0, 1, 1);
    return performance.now() - began;
  });
  return steps.sort((a, b) => a - b)[10];
}

async function onPhone(browser) {
  const page = await opened(browser, { ...PHONE, reducedMotion: "reduce" });
  const report = {};
  await show(page, "turn");
  report.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const box = await page.locator("#scene").boundingBox();
  await shoot(page, "#turn .stage", "phone");
  await drag(page, box, 0.7, 0.3);
  await shoot(page, "#turn .stage", "phone_turned");
  await show(page, "refocus");
  for (const [x, name] of [[0.45, "near"], [0.66, "far"]]) {
    const place = await page.locator("#photograph").boundingBox();
    await page.touchscreen.tap(place.x + x * place.width, place.y + place.height / 2);
    report[name] = await valueOf(page, "#focus");
  }
  await show(page, "compare");
  await drag(page, await page.locator("#divider").boundingBox(), 0.5, 0.25);
  report.divider = await valueOf(page, "#divider");
  return Object.assign(report, page.heard);
}

// A finger across the middle of a box.
async function drag(page, box, from, to) {
  const client = await page.context().newCDPSession(page);
  const at = (share) => [{ x: box.x + share * box.width, y: box.y + box.height / 2 }];
  await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(from) });
  for (let step = 1; step <= 5; step++) {
    const touchPoints = at(from + ((to - from) * step) / 5);
    await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
  }
  await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

async function withoutFramesOr3d(browser) {
  const page = await opened(browser, { viewport: SMALL }, bare, () => {
    const getContext = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...rest);
    };
  });
  await show(page, "turn");
  const report = { notice: await page.innerText("#no-3d"), picture: await page.isVisible("#turn img") };
  report.axe = await violations(page);
  report.tabs = await page.locator("[role=tab]").allInnerTexts();
  return Object.assign(report, page.heard);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
