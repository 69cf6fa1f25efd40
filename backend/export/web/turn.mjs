// The set in 3D, seen from the photograph's camera and some degrees to each side of it.

import { Group, MathUtils, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

import { animate, element, prefersStillness } from "./page.mjs";

const AROUND = MathUtils.degToRad(15); // beyond, holes show
const ABOVE = MathUtils.degToRad(8);
const CLOSER = 0.6; // of the way to what is nearest
const BACK = 1.15; // times the distance to the middle of the set
const ASIDE = 0.15; // of that distance
const STEP = MathUtils.degToRad(2); // by an arrow key
const PAN = 24; // pixels, by an arrow key with Shift
const CLOSER_STEP = 1.08;
const RESET = 500; // milliseconds

export async function startTurn(content, glb) {
  const stage = element("scene").parentElement;
  try {
    const renderer = new WebGLRenderer({ canvas: element("scene"), antialias: devicePixelRatio < 2, alpha: true });
    const loaded = await new GLTFLoader().parseAsync(await glb.arrayBuffer(), "");
    showSet(content, renderer, loaded);
    stage.prepend(await blurredBackdrop(stage.querySelector("img")));
    stage.classList.add("is-ready");
  } catch {
    element("no-3d").hidden = false;
    element("turn-controls").hidden = true;
    element("scene").hidden = true;
  }
  stage.setAttribute("aria-busy", "false");
}

function showSet(content, renderer, loaded) {
  const scene = new Scene();
  scene.add(aboutCamera(loaded));
  sharpenTextures(loaded, renderer.capabilities.getMaxAnisotropy());
  const camera = photographCamera(content, loaded.cameras[0]);
  const controls = limitedControls(content, camera, renderer.domElement);

  let pending = 0;
  const draw = () => {
    pending = 0;
    controls.update(); // goes on by itself for a moment after a drag: calls `request`
    renderer.render(scene, camera);
  };
  const request = () => (pending ||= requestAnimationFrame(draw));
  controls.addEventListener("change", request);
  renderer.domElement.addEventListener("webglcontextrestored", request);
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width) {
      renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
      renderer.setSize(contentRect.width, contentRect.height, false);
      draw();
    }
  }).observe(renderer.domElement);

  element("reset").addEventListener("click", () => reset(camera, controls));
  renderer.domElement.addEventListener("keydown", (event) => followKey(event, camera, controls));
}

// So few pixels that they are a blur when they are enlarged: a filter would be drawn anew with every frame.
async function blurredBackdrop(image) {
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.className = "backdrop";
  [canvas.width, canvas.height] = [16, 12];
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// The set in the space of the photograph's camera: turning is then relative to the photograph.
function aboutCamera(loaded) {
  const group = new Group();
  loaded.scene.updateMatrixWorld(true);
  group.add(loaded.scene);
  group.applyMatrix4(loaded.cameras[0].matrixWorld.clone().invert());
  return group;
}

function sharpenTextures(loaded, anisotropy) {
  loaded.scene.traverse((each) => {
    if (each.isMesh) {
      each.material.map.anisotropy = Math.min(anisotropy, 8);
    }
  });
}

function photographCamera({ width, height, camera }, lens) {
  const made = new PerspectiveCamera(lens.fov, lens.aspect, lens.near, lens.far);
  made.setViewOffset(width, height, width / 2 - camera.cx, height / 2 - camera.cy, width, height);
  return made;
}

function limitedControls({ camera: { nearest, middle } }, camera, canvas) {
  const controls = new OrbitControls(camera, canvas);
  controls.target.set(0, 0, -middle);
  controls.cursor.copy(controls.target);
  controls.maxTargetRadius = ASIDE * middle;
  controls.minDistance = middle - CLOSER * nearest;
  controls.maxDistance = BACK * middle;
  controls.minAzimuthAngle = -AROUND;
  controls.maxAzimuthAngle = AROUND;
  controls.minPolarAngle = Math.PI / 2 - ABOVE;
  controls.maxPolarAngle = Math.PI / 2 + ABOVE;
  controls.rotateSpeed = 0.2;
  controls.zoomSpeed = 0.6;
  controls.enableDamping = !prefersStillness();
  controls.update();
  controls.saveState();
  return controls;
}

function reset(camera, controls) {
  const from = camera.position.clone();
  const target = controls.target.clone();
  const wasDamped = controls.enableDamping;
  controls.enableDamping = false;
  animate(RESET, (share) => {
    camera.position.lerpVectors(from, controls.position0, share);
    controls.target.lerpVectors(target, controls.target0, share);
    controls.update();
    controls.enableDamping = wasDamped && share === 1;
  });
}

function followKey(event, camera, controls) {
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const others = {
    "+": () => controls.dollyIn(CLOSER_STEP),
    "=": () => controls.dollyIn(CLOSER_STEP),
    "-": () => controls.dollyOut(CLOSER_STEP),
    Home: () => reset(camera, controls),
  };
  if (event.key in directions) {
    const [right, up] = directions[event.key];
    if (event.shiftKey) {
      controls.pan(-right * PAN, up * PAN);
    } else {
      controls.rotateLeft(-right * STEP);
      controls.rotateUp(up * STEP);
    }
  } else if (event.key in others) {
    others[event.key]();
  } else {
    return;
  }
  event.preventDefault();
}
