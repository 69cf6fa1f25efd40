// One photograph as it was taken against the all-in-focus picture, with a divider between them.

import { element, startSlider, toBlob, toUrl } from "./page.mjs";

export function startCompare(content) {
  // The nearest frame is the reference frame: every output lies on its pixels.
  element("before").src = toUrl(toBlob(content.frames.at(-1).picture, "image/jpeg"));
  const divider = element("divider");
  const show = () => {
    divider.parentElement.style.setProperty("--divider", divider.valueAsNumber);
    divider.setAttribute("aria-valuetext", `${Math.round(100 * divider.valueAsNumber)} % as taken`);
  };
  startSlider(divider, show);
  show();
}
