// The photograph, focused anew: the two frames that are focused nearest to the slider, blended.

import { animate, element, startSlider, toBlob } from "./page.mjs";

const PULL = 450; // milliseconds from one focus to another

export async function startRefocus(content) {
  const canvas = element("photograph");
  const slider = element("focus");
  const pictures = await Promise.all(
    content.frames.map((frame) => createImageBitmap(toBlob(frame.picture, "image/jpeg"))),
  );
  const depth = await readDepth(toBlob(content.depth, "image/png"));
  canvas.width = pictures[0].width;
  canvas.height = pictures[0].height;
  const context = canvas.getContext("2d", { alpha: false });

  const show = () => {
    const focus = 1 - slider.valueAsNumber;
    drawFocused(context, content.frames, pictures, focus);
    const text = describe(content, focus);
    element("focus-value").value = text;
    slider.setAttribute("aria-valuetext", text);
  };
  const focusAt = (focus) => {
    const from = slider.valueAsNumber;
    animate(PULL, (share) => {
      slider.value = from + (1 - focus - from) * share;
      show();
    });
  };

  startSlider(slider, show);
  canvas.addEventListener("click", (event) => {
    const [x, y] = [event.offsetX / canvas.clientWidth, event.offsetY / canvas.clientHeight];
    markPlace(x, y);
    focusAt(depth(x, y));
  });
  markFrames(content.frames);
  slider.value = 1 - depth(0.5, 0.5);
  show();
  canvas.parentElement.setAttribute("aria-busy", "false");
}

// focus: normalised dioptres, 0 at the farthest frame and 1 at the nearest, the last one.
function drawFocused(context, frames, pictures, focus) {
  const after = Math.max(1, frames.findIndex((frame) => frame.focus >= focus));
  const [far, near] = [frames[after - 1].focus, frames[after].focus];
  context.globalAlpha = 1;
  context.drawImage(pictures[after - 1], 0, 0);
  context.globalAlpha = Math.min(Math.max((focus - far) / (near - far), 0), 1);
  context.drawImage(pictures[after], 0, 0);
}

function describe({ frames, count, dioptres }, focus) {
  if (dioptres) {
    const value = dioptres[0] + focus * (dioptres[1] - dioptres[0]);
    const metres = 1 / value;
    return value > 0.001 ? `${metres < 10 ? metres.toPrecision(2) : metres.toFixed(0)} m` : "infinity";
  }
  const distances = frames.map((frame) => Math.abs(frame.focus - focus));
  const nearest = distances.indexOf(Math.min(...distances));
  return `photograph ${frames[nearest].number} of ${count}`;
}

// A function from places, 0 to 1 across and down, to the focus at which they are sharp.
async function readDepth(blob) {
  const picture = await createImageBitmap(blob);
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixel = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
  return (x, y) => data[4 * (pixel(y, height) * width + pixel(x, width))] / 255;
}

function markPlace(x, y) {
  const mark = element("focus-mark");
  mark.style.left = `${100 * x}%`;
  mark.style.top = `${100 * y}%`;
  mark.classList.remove("is-shown");
  void mark.offsetWidth; // so that its animation begins anew
  mark.classList.add("is-shown");
}

function markFrames(frames) {
  for (const { focus } of frames) {
    const tick = document.createElement("span");
    tick.style.setProperty("--at", 1 - focus);
    element("frames").append(tick);
  }
}
