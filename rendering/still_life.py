"""A studio still life of primitives and procedural materials, with room in its middle for one thing more.

Metres; the table is the plane z = 0, its front edge before the camera, a brick wall at its back.
"""

from math import cos, pi, radians, sin

import bpy
import numpy as np
from mathutils import Euler, Vector

from .materials import Colour, Surface
from .scenes import dress, join

WALL_DISTANCE = 2.45
RED, CREAM, TEAL, MUSTARD, NAVY = (
    (0.55, 0.045, 0.03),
    (0.83, 0.74, 0.58),
    (0.03, 0.27, 0.27),
    (0.75, 0.42, 0.06),
    (0.035, 0.07, 0.19),
)


def build(rng: np.random.Generator) -> None:
    """Everything but the camera."""
    _table_and_wall()
    _cloth(Vector((-0.21, 0.86, 0.002)))
    _foreground()
    _middle(rng)
    _background(rng)
    _lights()


def _foreground() -> None:
    """0.7 to 0.9 m: a mug on the cloth at the left, books and lemons at the right."""
    mug = _lathe(
        "Mug",
        [
            (0, 0),
            (0.031, 0),
            (0.036, 0.006),
            (0.040, 0.05),
            (0.041, 0.092),
            (0.038, 0.092),
            (0.036, 0.05),
            (0.03, 0.01),
            (0, 0.008),
        ],
    )
    bpy.ops.mesh.primitive_torus_add(
        major_radius=0.027, minor_radius=0.0055, location=(-0.046, 0, 0.05), rotation=(pi / 2, 0, 0)
    )
    bpy.ops.object.shade_smooth()
    mug = join([mug, bpy.context.object])
    dress(mug, stoneware(CREAM, TEAL))
    mug.location, mug.rotation_euler = (-0.165, 0.8, 0.006), (0, 0, radians(25))
    _stack_of_books(Vector((0.225, 0.9, 0)), [("OPTIKA", TEAL, 8), ("LIGHT & LENS", MUSTARD, -14)])
    for place, turn in (((0.17, 0.745, 0), 40), ((0.225, 0.775, 0), 110)):
        _lemon(Vector(place), radians(turn))
    _lemon(Vector((0.215, 0.9, 0.067)), 0.4)


def _middle(rng: np.random.Generator) -> None:
    """1 to 1.5 m: toy blocks and dice at the sides, pencils that lead into the picture."""
    for letter, place, turn, colour in (
        ("F", (-0.315, 1.23, 0), 12, RED),
        ("D", (-0.245, 1.2, 0), -18, NAVY),
        ("O", (-0.285, 1.215, 0.05), 31, MUSTARD),
    ):
        _letter_block(letter, Vector(place), radians(turn), colour)
    for place, turn, colour in (
        ((0.13, 1.0, 0), 62, MUSTARD),
        ((0.17, 1.02, 0), 71, RED),
        ((-0.1, 1.08, 0), -50, NAVY),
    ):
        _pencil(Vector(place), radians(turn), colour)
    for place, turn in (((0.15, 1.5, 0), 20), ((0.2, 1.44, 0), 55)):
        _die(Vector(place), radians(turn))
    _ball(Vector((0.4, 1.3, 0)), 0.055, rng)


def _background(rng: np.random.Generator) -> None:
    """1.6 to 2.4 m: a glazed monkey on books, a vase with twigs, a row of books, a picture on the wall."""
    _stack_of_books(Vector((0.33, 1.72, 0)), [("STEREO", NAVY, 4), ("DEPTH OF FIELD", RED, -9)], scale=1.5)
    bpy.ops.mesh.primitive_monkey_add(
        size=0.24, location=(0.33, 1.7, 0.2), rotation=(radians(-12), 0, radians(-22))
    )
    monkey = bpy.context.object
    monkey.modifiers.new("Smooth", "SUBSURF").render_levels = 2
    bpy.ops.object.shade_smooth()
    dress(monkey, stoneware((0.12, 0.42, 0.4), CREAM, roughness=0.22))
    _vase_with_twigs(Vector((-0.4, 1.75, 0)), rng)
    _row_of_books(Vector((-0.16, 2.2, 0)), rng)
    _candle(Vector((0.06, 1.95, 0)))
    _picture(Vector((0.5, WALL_DISTANCE, 0.36)))


def _table_and_wall() -> None:
    bpy.ops.mesh.primitive_plane_add(size=6, location=(0, 2.2, 0))
    dress(bpy.context.object, _wood((0.36, 0.18, 0.075), (0.13, 0.055, 0.022), plank=0.17))
    bpy.ops.mesh.primitive_plane_add(size=6, location=(0.05, WALL_DISTANCE, 0), rotation=(pi / 2, 0, 0))
    dress(bpy.context.object, _brick())


def _cloth(place: Vector) -> None:
    """A checkered cloth with folds, laid on askew."""
    across, along = np.meshgrid(np.linspace(-0.2, 0.2, 120), np.linspace(-0.17, 0.17, 100))
    folds = 0.006 * np.sin(19 * across + 7 * along) ** 2 + 0.005 * np.sin(31 * along - 11 * across) ** 4
    edge = np.minimum(1, 12 * np.minimum(0.2 - abs(across), 0.17 - abs(along)) + 0.25)
    points = np.stack([across, along, folds * edge], axis=-1).reshape(-1, 3)
    index = np.arange(points.shape[0]).reshape(across.shape)
    corners = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    cloth = _object("Cloth", points.tolist(), np.stack(corners, axis=-1).reshape(-1, 4).tolist())
    cloth.modifiers.new("Thickness", "SOLIDIFY").thickness = 0.001
    cloth.location, cloth.rotation_euler = place, (0, 0, radians(14))
    surface = Surface("Cloth")
    check = surface.node(
        "ShaderNodeTexChecker", Vector=surface.mapped((50.0, 50.0, 0.0)), Color1=RED, Color2=CREAM, Scale=1.0
    )
    weave = surface.noise(surface.mapped(900.0), detail=2.0)
    shade = surface.ramp(weave, [(0.3, (0.6,) * 3), (0.7, (1.0,) * 3)])
    dress(cloth, surface.finish(surface.multiplied(check.outputs["Color"], shade), 0.9, weave, 0.0005))


def _stack_of_books(place: Vector, books: list[tuple[str, Colour, float]], scale: float = 1.0) -> None:
    """Lying books, from the bottom up: title, colour, turn in degrees."""
    top = place.copy()
    for title, colour, turn in books:
        size = Vector((0.165, 0.115, 0.031)) * scale
        _book(title, size, colour, top, Euler((0, 0, radians(turn))))
        top.z += size.z + 0.0005


def _row_of_books(place: Vector, rng: np.random.Generator) -> None:
    """Standing books, spines to the camera, the last one leaning."""
    colours = (NAVY, MUSTARD, (0.3, 0.32, 0.28), RED, CREAM, TEAL)
    titles = ("ATLAS", "COLOR", "FOCUS", "PARALLAX", "GLASS", "SHADOW")
    left = place.x
    for title, colour in zip(titles, colours, strict=True):
        size = Vector((rng.uniform(0.2, 0.27), 0.16, rng.uniform(0.026, 0.045)))
        # Upright: the book's length points up and its spine, the front of a lying book, still looks at us.
        _book(title, size, colour, Vector((left + size.z, place.y, size.x / 2)), Euler((0, -pi / 2, 0)))
        left += size.z + 0.002


def _book(title: str, size: Vector, colour: Colour, place: Vector, turn: Euler) -> None:
    """A book lying on `place`, its spine toward -Y with the title on it."""
    cover, inset = 0.0025, 0.004
    parts = []
    for low, high in (
        ((-size.x / 2, -size.y / 2, 0), (size.x / 2, size.y / 2, cover)),
        ((-size.x / 2, -size.y / 2, size.z - cover), (size.x / 2, size.y / 2, size.z)),
        ((-size.x / 2, -size.y / 2, cover), (size.x / 2, -size.y / 2 + cover, size.z - cover)),
    ):
        parts.append(_box(Vector(low), Vector(high)))
    binding = join(parts)
    dress(binding, _linen(colour))
    pages = _box(
        Vector((-size.x / 2 + inset, -size.y / 2 + cover, cover)),
        Vector((size.x / 2 - inset, size.y / 2 - inset, size.z - cover)),
    )
    dress(pages, _pages())
    letters = _letters(
        title, size.z * 0.55, (0, -size.y / 2 - 0.0004, size.z / 2), CREAM if sum(colour) < 1.2 else NAVY
    )
    for part in (pages, letters):
        part.parent = binding
    binding.location, binding.rotation_euler = place, turn


def _letter_block(letter: str, place: Vector, turn: float, colour: Colour) -> None:
    """A wooden block of 5 cm with a letter on its front and a frame around it."""
    block = _box(Vector((-0.025, -0.025, 0)), Vector((0.025, 0.025, 0.0495)))
    bevel = block.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments = 0.003, 3
    dress(block, _wood((0.68, 0.48, 0.27), (0.5, 0.31, 0.15), plank=1.0, scale=2.0))
    text = _letters(letter, 0.036, (0, -0.0254, 0.025), colour)
    text.parent = block
    block.location, block.rotation_euler = place, (0, 0, turn)


def _pencil(place: Vector, turn: float, colour: Colour) -> None:
    """A six-sided pencil lying on the table."""
    radius, length = 0.0038, 0.16
    bpy.ops.mesh.primitive_cylinder_add(vertices=6, radius=radius, depth=length)
    shaft = bpy.context.object
    dress(shaft, _paint(colour))
    bpy.ops.mesh.primitive_cone_add(
        vertices=24, radius1=radius, radius2=0.0006, depth=0.018, location=(0, 0, length / 2 + 0.009)
    )
    tip = bpy.context.object
    dress(tip, _wood((0.75, 0.55, 0.33), (0.6, 0.4, 0.2), plank=1.0, scale=4.0))
    tip.parent = shaft
    shaft.location = place + Vector((0, 0, radius))
    shaft.rotation_euler = (pi / 2, 0, turn)


def _die(place: Vector, turn: float) -> None:
    """A die of 4 cm with round pips."""
    half = 0.02
    die = _box(Vector((-half, -half, 0)), Vector((half, half, 2 * half)))
    bevel = die.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments = 0.004, 4
    dress(die, stoneware((0.82, 0.8, 0.74), (0.55, 0.52, 0.46), roughness=0.3))
    third = 0.011
    front = [(x, -half, half + z) for x, z in ((-third, third), (0, 0), (third, -third))]
    side = [(half, y, half + z) for y in (-third, third) for z in (-third, third)]
    left = [(-half, y, half + z) for y in (-third, third) for z in (-third, third)]
    top = [(x, y, 2 * half) for x in (-third, third) for y in (-third, 0, third)]
    for pip in front + side + left + top:
        bpy.ops.mesh.primitive_uv_sphere_add(segments=16, ring_count=8, radius=0.0036, location=pip)
        spot = bpy.context.object
        dress(spot, _paint(NAVY))
        spot.parent = die
    die.location, die.rotation_euler = place, (0, 0, turn)


def _ball(place: Vector, radius: float, rng: np.random.Generator) -> None:
    """A ball of veined glaze."""
    bpy.ops.mesh.primitive_uv_sphere_add(
        segments=96, ring_count=48, radius=radius, location=place + Vector((0, 0, radius))
    )
    bpy.ops.object.shade_smooth()
    bpy.context.object.rotation_euler = rng.uniform(-pi, pi, 3)
    surface = Surface("Ball")
    waves = surface.node(
        "ShaderNodeTexWave", Vector=surface.mapped(9.0), Scale=1.0, Distortion=9.0, Detail=5.0
    )
    colour = surface.ramp(waves.outputs["Fac"], [(0.2, RED), (0.5, (0.72, 0.33, 0.12)), (0.75, CREAM)])
    dress(bpy.context.object, surface.finish(colour, 0.25))


def _lemon(place: Vector, turn: float) -> None:
    """A lemon lying on the table."""
    outline = [(0.0, -0.042), (0.006, -0.040), (0.010, -0.035), (0.021, -0.025), (0.028, -0.008)]
    outline += [(0.028, 0.008), (0.021, 0.025), (0.010, 0.035), (0.007, 0.041), (0.0, 0.043)]
    lemon = _lathe("Lemon", outline)
    surface = Surface("Lemon")
    pores = surface.noise(surface.mapped(420.0), detail=2.0)
    tone = surface.noise(surface.mapped(60.0))
    colour = surface.ramp(tone, [(0.3, (0.78, 0.44, 0.012)), (0.7, (0.86, 0.6, 0.03))])
    spots = surface.ramp(pores, [(0.38, (0.7,) * 3), (0.55, (1.0,) * 3)])
    dress(lemon, surface.finish(surface.multiplied(colour, spots), 0.4, pores, 0.0012))
    lemon.location, lemon.rotation_euler = place + Vector((0, 0, 0.0285)), (pi / 2, 0, turn)


def _candle(place: Vector) -> None:
    """A candle in a brass stick."""
    stick = _lathe(
        "Stick",
        [
            (0, 0),
            (0.045, 0),
            (0.043, 0.006),
            (0.014, 0.014),
            (0.009, 0.03),
            (0.014, 0.045),
            (0.009, 0.06),
            (0.008, 0.11),
            (0.02, 0.13),
            (0.018, 0.14),
            (0, 0.14),
        ],
    )
    brass = Surface("Brass")
    scratches = brass.noise(brass.mapped(130.0))
    colour = brass.ramp(scratches, [(0.35, (0.5, 0.3, 0.09)), (0.65, (0.8, 0.56, 0.2))])
    dress(stick, brass.finish(colour, 0.38, metallic=1.0))
    bpy.ops.mesh.primitive_cylinder_add(vertices=48, radius=0.0105, depth=0.16, location=(0, 0, 0.21))
    candle = bpy.context.object
    bpy.ops.object.shade_smooth_by_angle()
    dress(candle, stoneware((0.8, 0.72, 0.55), (0.72, 0.6, 0.4), roughness=0.45))
    candle.parent = stick
    stick.location = place


def _vase_with_twigs(place: Vector, rng: np.random.Generator) -> None:
    """A round vase of speckled stoneware; six bent twigs with round leaves stand in it."""
    outline = [(0, 0), (0.045, 0), (0.075, 0.035), (0.092, 0.085), (0.083, 0.135), (0.05, 0.175), (0.03, 0.2)]
    outline += [(0.03, 0.225), (0.038, 0.238), (0.034, 0.238), (0.026, 0.225), (0.024, 0.17), (0, 0.16)]
    vase = _lathe("Vase", outline)
    dress(vase, stoneware((0.62, 0.6, 0.55), NAVY))
    vase.location = place
    bark, green = _paint((0.16, 0.09, 0.05)), _leaf()
    for turn in np.linspace(0, 2 * pi, 7)[:-1] + rng.uniform(-0.3, 0.3, 6):
        lean, bend, length = rng.uniform(0.12, 0.3), rng.uniform(0.2, 0.6), rng.uniform(0.26, 0.4)
        along = np.linspace(0, 1, 14)
        out = (lean * along + bend * along**2 * 0.5) * length
        points = np.stack([out * cos(turn), out * sin(turn) * 0.6, 0.17 + along * length], axis=-1)
        _twig(points + np.array(place), bark)
        for step, point in zip(along[5:], points[5:], strict=True):
            for side in (-1, 1):
                angle = turn + side * rng.uniform(0.9, 2.0)
                reach = rng.uniform(0.02, 0.034) * (1.15 - 0.4 * step)
                _leaf_at(Vector(point) + place, reach, angle, rng.uniform(-0.9, 0.5), green)


def _twig(points: np.ndarray, bark: bpy.types.Material) -> None:
    curve = bpy.data.curves.new("Twig", "CURVE")
    curve.dimensions, curve.bevel_depth = "3D", 0.0022
    line = curve.splines.new("POLY")
    line.points.add(len(points) - 1)
    line.points.foreach_set("co", np.c_[points, np.ones(len(points))].ravel())
    line.points.foreach_set("radius", np.linspace(1.0, 0.4, len(points)))
    twig = bpy.data.objects.new("Twig", curve)
    bpy.context.scene.collection.objects.link(twig)
    dress(twig, bark)


def _leaf_at(place: Vector, reach: float, turn: float, tilt: float, green: bpy.types.Material) -> None:
    """A round, slightly cupped leaf whose stalk is at `place`."""
    angles = np.linspace(0, 2 * pi, 17)[:-1]
    rim = np.stack(
        [reach + reach * np.cos(angles), 0.8 * reach * np.sin(angles), 0.25 * reach * np.sin(angles) ** 2],
        axis=-1,
    )
    points = np.vstack([[reach, 0, -0.1 * reach], rim])
    faces = [(0, 1 + i, 1 + (i + 1) % 16) for i in range(16)]
    leaf = _object("Leaf", points.tolist(), faces)
    leaf.data.shade_smooth()
    leaf.location, leaf.rotation_euler = place, (0.6 * tilt, tilt, turn)
    dress(leaf, green)


def _picture(place: Vector) -> None:
    """A framed abstract picture on the wall; `place` is its middle."""
    width, height, frame = 0.34, 0.26, 0.018
    canvas = _box(Vector((-width / 2, -0.012, -height / 2)), Vector((width / 2, 0, height / 2)))
    surface = Surface("Canvas")
    hills = surface.node(
        "ShaderNodeTexWave",
        {"bands_direction": "Z"},
        Vector=surface.mapped(6.0),
        Scale=1.0,
        Distortion=7.0,
        Detail=3.0,
    )
    stops = [(0.05, NAVY), (0.35, TEAL), (0.6, MUSTARD), (0.9, CREAM)]
    strokes = surface.ramp(surface.noise(surface.mapped(150.0)), [(0.3, (0.6,) * 3), (0.7, (1.0,) * 3)])
    dress(canvas, surface.finish(surface.multiplied(surface.ramp(hills.outputs["Fac"], stops), strokes), 0.7))
    outer_x, outer_z = width / 2 + frame, height / 2 + frame
    bars = [
        _box(Vector((-outer_x, -0.025, low)), Vector((outer_x, 0, low + frame)))
        for low in (-outer_z, height / 2)
    ] + [
        _box(Vector((low, -0.025, -height / 2)), Vector((low + frame, 0, height / 2)))
        for low in (-outer_x, width / 2)
    ]
    border = join(bars)
    dress(border, _wood((0.1, 0.05, 0.025), (0.04, 0.02, 0.01), plank=1.0, scale=2.0))
    border.parent = canvas
    canvas.location = place


def _lights() -> None:
    """A window at the left, a weak warm fill at the right, light for the wall, and a dim room."""
    for name, place, target, size, power, colour in (
        ("Window", (-1.5, 0.5, 1.3), (0.05, 1.35, 0), 0.9, 62, (1.0, 0.94, 0.85)),
        ("Fill", (1.6, 0.0, 0.8), (0.1, 1.4, 0.1), 1.2, 9, (1.0, 0.8, 0.62)),
        ("Wall", (-0.5, 1.55, 1.35), (0.1, 2.45, 0.15), 0.5, 16, (1.0, 0.86, 0.7)),
    ):
        light = bpy.data.lights.new(name, "AREA")
        light.size, light.energy, light.color = size, power, colour
        lamp = bpy.data.objects.new(name, light)
        lamp.location = place
        lamp.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
        bpy.context.scene.collection.objects.link(lamp)
    world = bpy.data.worlds.new("Room")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.16, 0.19, 0.24, 1)
    bpy.context.scene.world = world


def stoneware(glaze: Colour, speck: Colour, roughness: float = 0.35) -> bpy.types.Material:
    """Glaze with specks and a cloudy tone."""
    surface = Surface("Stoneware")
    clouds = surface.noise(surface.mapped(35.0), detail=5.0)
    tone = surface.ramp(clouds, [(0.3, tuple(0.75 * part for part in glaze)), (0.7, glaze)])
    specks = surface.noise(surface.mapped(380.0), detail=1.0)
    mixed = surface.node("ShaderNodeMix", {"data_type": "RGBA"})
    amount = surface.ramp(specks, [(0.6, (0.0,) * 3), (0.66, (0.85,) * 3)])
    for value, socket in ((amount, 0), (tone, 6), (speck, 7)):
        surface.connect(value, mixed.inputs[socket])
    return surface.finish(mixed.outputs[2], roughness)


def _wood(light: Colour, dark: Colour, plank: float, scale: float = 1.0) -> bpy.types.Material:
    """Planks along X, `plank` metres wide, with grain."""
    surface = Surface("Wood")
    fibres = surface.noise(
        surface.mapped((7.0 * scale, 110.0 * scale, 110.0 * scale)), detail=4.0, distortion=0.4
    )
    rings = surface.noise(
        surface.mapped((1.6 * scale, 17.0 * scale, 17.0 * scale)), detail=3.0, distortion=1.2
    )
    grain = surface.ramp(fibres, [(0.3, dark), (0.68, light)])
    tone = surface.ramp(rings, [(0.32, (0.5, 0.45, 0.4)), (0.6, (1.0,) * 3)])
    boards = surface.node(
        "ShaderNodeTexBrick",
        {"offset": 0.37},
        Vector=surface.coordinates,
        Color1=(0.72, 0.7, 0.68),
        Color2=(1.0, 1.0, 1.0),
        Mortar=(0.12, 0.1, 0.09),
        Scale=1.0,
        Mortar_Size=0.0012,
        Brick_Width=1.3,
        Row_Height=plank,
    )
    colour = surface.multiplied(surface.multiplied(grain, tone), boards.outputs["Color"])
    return surface.finish(colour, 0.42, fibres, 0.0006)


def _brick() -> bpy.types.Material:
    """Old brick, some of its whitewash left."""
    surface = Surface("Brick")
    node = surface.node(
        "ShaderNodeTexBrick",
        Vector=surface.coordinates,
        Color1=(0.42, 0.17, 0.1),
        Color2=(0.27, 0.1, 0.065),
        Mortar=(0.42, 0.38, 0.33),
        Scale=1.0,
        Mortar_Size=0.006,
        Mortar_Smooth=0.3,
        Brick_Width=0.2,
        Row_Height=0.066,
    )
    stains = surface.noise(surface.mapped(28.0), detail=8.0, roughness=0.7)
    stained = surface.multiplied(
        node.outputs["Color"], surface.ramp(stains, [(0.3, (0.45,) * 3), (0.62, (1.0,) * 3)])
    )
    wash = surface.noise(surface.mapped(9.0), detail=8.0, roughness=0.75)
    mixed = surface.node("ShaderNodeMix", {"data_type": "RGBA"})
    amount = surface.ramp(wash, [(0.5, (0.0,) * 3), (0.66, (0.6,) * 3)])
    for value, socket in ((amount, 0), (stained, 6), ((0.62, 0.57, 0.5), 7)):
        surface.connect(value, mixed.inputs[socket])
    return surface.finish(mixed.outputs[2], 0.9, node.outputs["Fac"], -0.006)


def _linen(colour: Colour) -> bpy.types.Material:
    """Book cloth."""
    surface = Surface("Linen")
    weave = surface.noise(surface.mapped((900.0, 260.0, 900.0)), detail=2.0)
    shade = surface.ramp(weave, [(0.35, (0.6,) * 3), (0.65, (1.0,) * 3)])
    return surface.finish(surface.multiplied(colour, shade), 0.75)


def _pages() -> bpy.types.Material:
    """The cut edge of a book's pages."""
    surface = Surface("Pages")
    sheets = surface.noise(surface.mapped((4.0, 4.0, 1600.0)), detail=2.0)
    return surface.finish(surface.ramp(sheets, [(0.35, (0.45, 0.38, 0.27)), (0.6, (0.82, 0.76, 0.64))]), 0.8)


def _paint(colour: Colour) -> bpy.types.Material:
    """Paint with a little wear."""
    surface = Surface("Paint")
    wear = surface.noise(surface.mapped(240.0), detail=4.0)
    shade = surface.ramp(wear, [(0.35, (0.6,) * 3), (0.6, (1.0,) * 3)])
    return surface.finish(surface.multiplied(colour, shade), 0.4)


def _leaf() -> bpy.types.Material:
    """Eucalyptus."""
    surface = Surface("Leaf")
    tone = surface.noise(surface.mapped(90.0), detail=3.0)
    return surface.finish(surface.ramp(tone, [(0.3, (0.06, 0.15, 0.09)), (0.7, (0.22, 0.36, 0.24))]), 0.55)


def _letters(text: str, height: float, place: tuple, colour: Colour) -> bpy.types.Object:
    """Text standing upright and facing -Y, its middle at `place`."""
    curve = bpy.data.curves.new(text, "FONT")
    curve.body, curve.size, curve.extrude = text, height, 0.0003
    curve.align_x, curve.align_y = "CENTER", "CENTER"
    letters = bpy.data.objects.new(text, curve)
    bpy.context.scene.collection.objects.link(letters)
    letters.location, letters.rotation_euler = place, (pi / 2, 0, 0)
    dress(letters, _paint(colour))
    return letters


def _lathe(name: str, outline: list[tuple[float, float]], segments: int = 96) -> bpy.types.Object:
    """A solid of revolution about Z: the outline's (radius, height) points, smoothed."""
    radius, height = np.array(outline).T
    angles = np.linspace(0, 2 * pi, segments, endpoint=False)[:, None]
    points = np.stack([radius * np.cos(angles), radius * np.sin(angles), height + 0 * angles], axis=-1)
    index = np.arange(segments * len(outline)).reshape(segments, len(outline))
    following = np.roll(index, -1, axis=0)
    faces = np.stack([index[:, :-1], following[:, :-1], following[:, 1:], index[:, 1:]], axis=-1)
    thing = _object(name, points.reshape(-1, 3).tolist(), faces.reshape(-1, 4).tolist())
    thing.data.shade_smooth()
    smooth = thing.modifiers.new("Smooth", "SUBSURF")
    smooth.levels = smooth.render_levels = 1
    return thing


def _box(low: Vector, high: Vector) -> bpy.types.Object:
    """An upright box between two corners."""
    bpy.ops.mesh.primitive_cube_add(size=1)
    box = bpy.context.object
    for vertex in box.data.vertices:
        vertex.co = [low[i] if vertex.co[i] < 0 else high[i] for i in range(3)]
    return box


def _object(name: str, points: list, faces: list) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], faces)
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing
