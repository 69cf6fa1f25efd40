// What the views share.

export const element = (id) => document.getElementById(id);

export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function toBlob(base64, type) {
  const characters = atob(base64);
  const bytes = Uint8Array.from(characters, (each) => each.charCodeAt(0));
  return new Blob([bytes], { type });
}

export const toUrl = (blob) => URL.createObjectURL(blob);

// Calls step(0 to 1), eased, over some time; at once where motion is unwanted.
export function animate(milliseconds, step) {
  if (prefersStillness()) {
    step(1);
    return;
  }
  const began = performance.now();
  const draw = (now) => {
    const share = Math.min(Math.max((now - began) / milliseconds, 0), 1);
    step(1 - (1 - share) ** 3);
    if (share < 1) {
      requestAnimationFrame(draw);
    }
  };
  requestAnimationFrame(draw);
}

const DIRECTIONS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

// A slider moves finely under a finger, and by hundredths of its range under the arrow keys.
export function startSlider(slider, changed) {
  slider.addEventListener("input", changed);
  slider.addEventListener("keydown", (event) => {
    if (event.key in DIRECTIONS) {
      event.preventDefault();
      slider.value = slider.valueAsNumber + (DIRECTIONS[event.key] * (slider.max - slider.min)) / 50;
      changed();
    }
  });
}
