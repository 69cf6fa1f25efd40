// The page of a photo set: what web_page.py wrote into it is shown in views under tabs.

import { startCompare } from "./compare.mjs";
import { element, toBlob, toUrl } from "./page.mjs";
import { startRefocus } from "./refocus.mjs";
import { startTabs } from "./tabs.mjs";
import { startTurn } from "./turn.mjs";

const content = JSON.parse(element("content").textContent);
const glb = toBlob(content.glb, "model/gltf-binary");

const picture = toUrl(toBlob(content.picture, "image/jpeg"));
for (const image of document.querySelectorAll("img.all-in-focus")) {
  image.src = picture;
}
element("save").href = toUrl(glb);

// A set may come with its aligned frames, with the reference frame alone, or with none.
if (content.frames.length < 2) {
  element("tab-refocus").remove();
}
if (content.frames.length < 1) {
  element("tab-compare").remove();
}

// Each view starts when it is first shown: a phone decodes no frame that nobody looks at.
startTabs({
  turn: () => startTurn(content, glb),
  refocus: () => startRefocus(content),
  compare: () => startCompare(content),
});
