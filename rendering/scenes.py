"""Random still lifes and streets: textured ground and wall, and things standing between near and far."""

import os
from colorsys import hsv_to_rgb
from dataclasses import dataclass
from math import cos, pi, radians, sin, tan
from pathlib import Path

import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector

from . import materials

STILL_LIFE = (
    "apple",
    "avocado",
    "banana",
    "bottle",
    "bottle-ketchup",
    "bottle-musterd",
    "bowl",
    "bowl-cereal",
    "burger-double",
    "cabbage",
    "can",
    "can-open",
    "candy-bar",
    "carton-small",
    "cauliflower",
    "cheese-cut",
    "coconut-half",
    "corn",
    "cupcake",
    "cup-thea",
    "dim-sum",
    "donut-chocolate",
    "egg-cup",
    "expresso-cup",
    "fish",
    "frying-pan",
    "grapes",
    "ice-cream",
    "leek",
    "lemon",
    "loaf-baguette",
    "mug-1",
    "mushroom-half",
    "onion",
    "pear",
    "pepper",
    "pot-stew",
    "present",
    "pumpkin-basic",
    "radish",
    "sci-fi-crate",
    "shaker-pepper",
    "skewer-vegetables",
    "soda",
    "soda-bottle",
    "spilling-coffee",
    "tajine",
    "turkey",
    "watermelon",
    "whisk",
    "wine-red",
)
STREET = (
    "ambulance",
    "bench",
    "bridge-01",
    "cannon",
    "chest",
    "citroen-old-van",
    "cyborg-female",
    "firetruck",
    "formation-large-stone",
    "formation-stone",
    "house-18",
    "house-4",
    "house-6",
    "house1",
    "palm-detailed-short",
    "palm-short",
    "pirate-captain",
    "pirate-officer",
    "police-car",
    "race-car",
    "skater-female",
    "suv-luxury",
    "survivor-female",
    "tower",
    "tractor-police",
    "tree-big",
    "truck-flat",
    "van",
    "zombie-1",
)
MODELS = {"still life": STILL_LIFE, "street": STREET}
SCENERY = ("hole", "low-poly-farm", "node")  # models that are whole scenes, or nothing
PRIMITIVES = ("cube", "uv_sphere", "cylinder", "cone", "torus", "monkey")
THIN = ("bars", "cage", "ring", "leaning rod", "board with holes")


@dataclass(frozen=True)
class View:
    """What the camera sees: a pitch down (radians), half angles as tangents, near and far in metres."""

    pitch: float
    half_width: float
    half_height: float
    near: float
    far: float

    @property
    def height(self) -> float:
        """Of the camera over the ground, so that the picture's lower edge sees ground just beyond near."""
        return 1.08 * self.near * (sin(self.pitch) + self.half_height * cos(self.pitch))

    def on_ground(self, depth: float, across: float) -> Vector:
        """The point of the ground at planar `depth`; `across` is -1 at the picture's left edge, 1 right."""
        forward = (depth - self.height * sin(self.pitch)) / cos(self.pitch)
        return Vector((across * self.half_width * depth, forward, 0.0))


@dataclass(frozen=True)
class Finish:
    """How surfaces are finished.

    Attributes
    ----------
    plain
        Share of materials without grain, on which focus has little to tell by.
    gloss
        Share of materials that mirror what is about them.
    is_ground_plain
        Whether ground and wall are one colour throughout.
    """

    plain: float = 0.0
    gloss: float = 0.0
    is_ground_plain: bool = False


TEXTURED = Finish()


class SceneBuilder:
    """Builds one random scene from shared data in the empty file, all by the given random generator."""

    def __init__(
        self, data: Path, models: tuple[str, ...], rng: np.random.Generator, finish: Finish = TEXTURED
    ):
        self.data, self.models, self.rng, self.finish = data, models, rng, finish
        self.photographs = sorted(data.glob("textures/*")) + sorted(
            data.glob("assets/materials/*/*_Color.jpg")
        )

    def build(self, view: View, things: int) -> None:
        """Ground, wall, light and `things` things, evenly between near and far in dioptres."""
        self._ground_and_wall(view)
        steps = (np.arange(things) + self.rng.uniform(0.1, 0.9, things)) / things
        for step in steps:
            depth = 1.0 / (1.0 / view.near + step * (1.0 / view.far - 1.0 / view.near))
            self._place(view, depth, foreground=step < 0.35)
        self._light()

    def _place(self, view: View, depth: float, foreground: bool) -> None:
        """Stand a random thing on the ground; those in the foreground keep to the sides."""
        size = self.rng.uniform(0.25, 0.55) * 2 * view.half_height * depth
        depth += 0.35 * size
        across = (
            self.rng.uniform(0.45, 0.95) * self.rng.choice((-1, 1))
            if foreground
            else self.rng.uniform(-0.9, 0.9)
        )
        kind = self.rng.choice(("model", "primitive", "thin"), p=(0.5, 0.28, 0.22))
        makers = {"model": self._model, "primitive": self._primitive, "thin": self._thin}
        thing: bpy.types.Object = makers[kind]()
        stand(
            thing,
            size,
            Euler(self.rng.uniform(-pi, pi, 3) * ((1, 1, 1) if kind == "primitive" else (0, 0, 1))),
        )
        thing.location = view.on_ground(depth, across)
        if kind != "model" or self.rng.random() < 0.7:  # a few models stay as flatly coloured as they came
            dress(thing, self._material(self.rng.uniform(4, 12) / size, 25 / size))

    def _model(self) -> bpy.types.Object:
        name = self.rng.choice(self.models)
        return import_model(self.data / "assets" / "models" / f"{name}.gltf")

    def _primitive(self) -> bpy.types.Object:
        kind = self.rng.choice(PRIMITIVES)
        getattr(bpy.ops.mesh, f"primitive_{kind}_add")()
        thing = bpy.context.object
        if kind in ("uv_sphere", "torus", "monkey"):
            bpy.ops.object.shade_smooth()
        thing.scale = self.rng.uniform(0.6, 1.4, 3)
        return thing

    def _thin(self) -> bpy.types.Object:
        kind = self.rng.choice(THIN)
        if kind == "cage":
            bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=int(self.rng.integers(1, 3)))
            _wire(bpy.context.object, 0.08)
        elif kind == "board with holes":
            bpy.ops.mesh.primitive_grid_add(x_subdivisions=4, y_subdivisions=5, rotation=(pi / 2, 0, 0))
            _wire(bpy.context.object, 0.2)
        elif kind == "ring":
            bpy.ops.mesh.primitive_torus_add(minor_radius=0.07, rotation=(pi / 2, 0, 0))
        elif kind == "leaning rod":
            lean = self.rng.uniform(-0.5, 0.5, 2)
            bpy.ops.mesh.primitive_cylinder_add(radius=0.04, depth=2.4, rotation=(*lean, 0))
        else:
            bars = []
            for place in np.linspace(-1, 1, int(self.rng.integers(3, 7))):
                bpy.ops.mesh.primitive_cylinder_add(radius=0.05, depth=2, location=(place, 0, 0))
                bars.append(bpy.context.object)
            join(bars)
        return bpy.context.object

    def _ground_and_wall(self, view: View) -> None:
        reach = 8 * view.far
        backdrop = self._backdrop() if self.finish.is_ground_plain else None
        bpy.ops.mesh.primitive_plane_add(size=reach)
        ground = bpy.context.object
        across = 2 * view.half_width * (view.near * view.far) ** 0.5  # what the picture's width sees half way
        dress(ground, backdrop or self._material(self.rng.uniform(6, 14) / across, 50 / across, tiled=True))
        turn = radians(self.rng.uniform(-18, 18))
        bpy.ops.mesh.primitive_plane_add(size=reach, rotation=(pi / 2, 0, turn))
        wall = bpy.context.object
        across = 2 * view.half_width * view.far
        wall.location = view.on_ground(view.far, 0.0)
        dress(wall, backdrop or self._material(self.rng.uniform(8, 20) / across, 80 / across, tiled=True))

    def _material(self, repeats: float, grain: float, tiled: bool = False) -> bpy.types.Material:
        """A random material with so many features and grains a metre; `tiled` keeps it square to the axes."""
        # Nothing is drawn where nothing is plain or glossy: the usual validation scenes stay what they were.
        if self.finish.plain and self.rng.random() < self.finish.plain:
            grain = 0.0
        turn = (0.0, 0.0, 0.0) if tiled else tuple(self.rng.uniform(-pi, pi, 3))
        roughness = float(self.rng.uniform(0.35, 0.9))
        if self.finish.gloss and self.rng.random() < self.finish.gloss:
            roughness = float(self.rng.uniform(0.03, 0.2))
        if self.rng.random() < 0.4:
            path = self.photographs[self.rng.integers(len(self.photographs))]
            return materials.photograph(path, repeats / 5, grain, turn, roughness)
        hue = self.rng.random()
        colours = [_colour((hue + self.rng.normal(0, 0.12)) % 1, self.rng) for _ in range(3)]
        return materials.pattern(
            self.rng.choice(materials.PATTERNS), repeats, grain, colours, turn, roughness
        )

    def _backdrop(self) -> bpy.types.Material:
        """A material of one colour for ground and wall: mostly pale, as for pictures of goods."""
        value = self.rng.choice((self.rng.uniform(0.5, 0.85), self.rng.uniform(0.02, 0.4)), p=(0.7, 0.3))
        colour = hsv_to_rgb(self.rng.random(), self.rng.uniform(0, 0.5), value)
        return materials.plain(colour, float(self.rng.uniform(0.5, 0.9)))

    def _light(self) -> None:
        """A sun from behind the camera that casts shadows, and a panorama's light, turned at random.

        Both are nearly free of noise, so that a few samples a pixel can all go into the blur.
        """
        sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
        sun.data.energy, sun.data.angle = self.rng.uniform(1.5, 3.5), radians(self.rng.uniform(0, 2))
        sun.rotation_euler = (radians(self.rng.uniform(15, 55)), 0, self.rng.uniform(-1.2, 1.2))
        bpy.context.scene.collection.objects.link(sun)
        panoramas = sorted(self.data.glob("assets/hdris/*/*.hdr"))
        panorama = materials.diffuse_panorama(panoramas[self.rng.integers(len(panoramas))])
        turn, strength = self.rng.uniform(0, 2 * pi), self.rng.uniform(0.25, 0.5)
        for material in bpy.data.materials:
            materials.add_ambient(material, panorama, turn, strength)


def shared_data() -> Path:
    """Where the models, materials and photographs lie."""
    return Path(os.environ.get("FOCAL_DEPTH_DATA", Path(__file__).parents[2] / "shared"))


def training_models(data: Path) -> tuple[str, ...]:
    """Every model that no validation scene shows."""
    names = (path.stem for path in sorted(data.glob("assets/models/*.gltf")))
    return tuple(name for name in names if name not in (*STILL_LIFE, *STREET, *SCENERY))


def empty_scene() -> None:
    """Forget everything, preferences too."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def import_model(path: Path) -> bpy.types.Object:
    """The meshes of a glTF file as one object, opaque: depth truth knows no glass."""
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(path), loglevel=50)
    added = set(bpy.data.objects) - before
    meshes = sorted((thing for thing in added if thing.type == "MESH"), key=lambda thing: thing.name)
    for mesh in meshes:
        world = mesh.matrix_world.copy()
        mesh.parent, mesh.matrix_world = None, world
        mesh.modifiers.clear()
    for thing in added - set(meshes):
        bpy.data.objects.remove(thing)
    model = join(meshes)
    for slot in model.material_slots:
        make_opaque(slot.material)
    return model


def make_opaque(material: bpy.types.Material) -> None:
    """Cut whatever lets light through."""
    for node in material.node_tree.nodes:
        if node.type == "BSDF_PRINCIPLED":
            for name, value in (("Alpha", 1.0), ("Transmission Weight", 0.0)):
                for link in node.inputs[name].links:
                    material.node_tree.links.remove(link)
                node.inputs[name].default_value = value


def join(things: list[bpy.types.Object]) -> bpy.types.Object:
    """One object of many, the first one."""
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
    bpy.context.view_layer.objects.active = things[0]
    if len(things) > 1:
        bpy.ops.object.join()
    return things[0]


def stand(thing: bpy.types.Object, size: float, turn: Euler) -> None:
    """Turn and scale the thing to `size` metres along its largest side, its foot centred on the origin."""
    thing.matrix_world = turn.to_matrix().to_4x4() @ thing.matrix_world
    bpy.context.view_layer.update()
    mesh = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    mesh.transform(thing.matrix_world)
    corners = np.empty((len(mesh.vertices), 3), dtype=np.float32)
    mesh.vertices.foreach_get("co", corners.ravel())
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = size / float((high - low).max())
    foot = Vector(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]))
    mesh.transform(Matrix.Scale(scale, 4) @ Matrix.Translation(-foot))
    thing.modifiers.clear()
    thing.data = mesh
    thing.matrix_world = Matrix.Identity(4)


def dress(thing: bpy.types.Object, material: bpy.types.Material) -> None:
    """The thing wears this one material."""
    thing.data.materials.clear()
    thing.data.materials.append(material)


def view_of(pitch_degrees: float, field_of_view: float, aspect: float, near: float, far: float) -> View:
    """A View from the horizontal field of view in radians and the picture's width over its height."""
    half_width = tan(field_of_view / 2)
    return View(radians(pitch_degrees), half_width, half_width / aspect, near, far)


def _wire(thing: bpy.types.Object, thickness: float) -> None:
    thing.modifiers.new("Wire", "WIREFRAME").thickness = thickness


def _colour(hue: float, rng: np.random.Generator) -> materials.Colour:
    """A colour of this hue; its albedo is neither black nor white."""
    return hsv_to_rgb(
        hue, rng.uniform(0.15, 0.8), rng.choice((rng.uniform(0.15, 0.3), rng.uniform(0.4, 0.85)))
    )
