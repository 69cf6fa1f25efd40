#!/usr/bin/env bash
# The Khronos glTF Validator reports errors, not only an unknown extension, for a valid file of Gaussian splats.
#
# Version: gltf-validator 2.0.0-dev.3.10 (npm), the newest in November 2026, Node.js 20, Linux x86-64.
# Behaviour: KHR_gaussian_splatting, which Khronos ratified in August 2026, gives attributes names of its own:
#   KHR_gaussian_splatting:ROTATION, :SCALE, :OPACITY and :SH_DEGREE_0_COEF_0. For an extension that the validator does not know
#   it says so as information (UNSUPPORTED_EXTENSION), but it still judges these names by the core specification, and calls each of
#   them an error. A check that asks for no errors therefore refuses every such file; one has to allow these four, and no others.
# Seen: UNSUPPORTED_EXTENSION, severity 2 (information), once; MESH_PRIMITIVE_INVALID_ATTRIBUTE, severity 0 (error), four times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund gltf-validator@2.0.0-dev.3.10
cat > one_splat.js <<'NODE'
const { validateString } = require("gltf-validator");

const name = "KHR_gaussian_splatting";
// One splat: position, rotation x y z w, scale, opacity, colour.
const values = [[0, 0, 0], [0, 0, 0, 1], [1, 1, 0.1], [0.99], [0.5, 0, 0]];
const names = ["POSITION", "ROTATION", "SCALE", "OPACITY", "SH_DEGREE_0_COEF_0"];
const types = { 1: "SCALAR", 3: "VEC3", 4: "VEC4" };
const data = Buffer.alloc(4 * values.flat().length);
values.flat().forEach((value, index) => data.writeFloatLE(value, 4 * index));
let offset = 0;
const views = values.map((each) => {
  const view = { buffer: 0, byteOffset: offset, byteLength: 4 * each.length, target: 34962 };
  offset += view.byteLength;
  return view;
});
const accessors = values.map((each, index) => ({
  bufferView: index, componentType: 5126, count: 1, type: types[each.length],
  ...(index ? {} : { min: each, max: each }),
}));
const attributes = Object.fromEntries(names.map((each, index) => [index ? `${name}:${each}` : each, index]));
const document = {
  asset: { version: "2.0" },
  extensionsUsed: [name],
  buffers: [{ byteLength: data.length, uri: `data:application/octet-stream;base64,${data.toString("base64")}` }],
  bufferViews: views,
  accessors,
  meshes: [{ primitives: [{ mode: 0, attributes, extensions: { [name]: { kernel: "ellipse", colorSpace: "srgb_rec709_display" } } }] }],
  nodes: [{ mesh: 0 }],
  scenes: [{ nodes: [0] }],
  scene: 0,
};
validateString(JSON.stringify(document)).then((report) => {
  for (const each of report.issues.messages) console.log(each.severity, each.code);
});
NODE
seen=$(node one_splat.js | sort | uniq -c | sed 's/^ *//')
echo "$seen"
grep -q '^4 0 MESH_PRIMITIVE_INVALID_ATTRIBUTE$' <<< "$seen"
grep -q "^1 2 UNSUPPORTED_EXTENSION$" <<< "$seen"
test "$(wc -l <<< "$seen")" -eq 2
