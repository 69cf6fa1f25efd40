"""The interface in Korean: no text is missing, none is left over, and Blender can look up each.

bpy's wheels have no languages at all; tests/window shows the Korean panel.
"""

import ast
import importlib
import inspect
import string
from pathlib import Path

import bpy
import pytest

SHOWN_BY = {  # functions whose text a person reads, and where among their arguments it is
    "label": ("text",),
    "operator": ("text",),
    "menu": ("text",),
    "prop": ("text",),
    "UserError": (0,),
    "Notice": (0,),
    "draw_sentence": (1,),
    "translate": (0,),
    "report": (1,),
    "fail": (1,),
    "poll_message_set": (0,),
}
RETURNED_BY = {"present", "apply", "change", "conclude", "fault"}  # methods that return what people read
NOT_LOOKED_UP = {"poll_message_set", "status_text_set"}  # by Blender: `translate` has to


@pytest.fixture(scope="module")
def translations(addon):
    return importlib.import_module(f"{addon}.focal_depth_addon.translations")


@pytest.fixture(scope="module")
def korean(translations) -> dict[str, str]:
    return importlib.import_module(f"{translations.__name__}.korean").MESSAGES


@pytest.fixture(scope="module")
def trees(translations) -> dict[str, ast.Module]:
    """The sources of the installed add-on, but for the catalogues themselves."""
    root = Path(translations.__file__).parents[1]
    files = [path for path in root.rglob("*.py") if path.name != "korean.py"]
    return {str(path.relative_to(root)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def descendants(base: type, package: str) -> set[type]:
    found = set()
    for each in base.__subclasses__():
        found |= {each, *descendants(each, package)}
    return {each for each in found if each.__module__.startswith(package)}


def operators() -> dict[str, bpy.types.Struct]:
    return {name: getattr(bpy.ops.focal_depth, name).get_rna_type() for name in dir(bpy.ops.focal_depth)}


def own_properties(addon) -> dict[str, bpy.types.Property]:
    """Those a person may meet: storage has no name of its own, which Blender shows as its identifier."""
    found = {}
    groups = {each.__name__: each.bl_rna for each in descendants(bpy.types.PropertyGroup, addon)}
    groups |= {each.__name__: each.bl_rna for each in descendants(bpy.types.AddonPreferences, addon)}
    for owner, rna in (operators() | groups).items():
        for each in rna.properties:
            if each.identifier not in ("rna_type", "name", "bl_idname"):
                found[f"{owner}.{each.identifier}"] = each
    return {key: each for key, each in found.items() if each.name != each.identifier}


def of_classes(addon) -> set[str]:
    """What Blender itself shows of our classes."""
    messages = set()
    for rna in operators().values():
        messages |= {rna.name, rna.description}
    for base in (bpy.types.Panel, bpy.types.Menu, bpy.types.FileHandler):
        for each in descendants(base, addon):
            messages |= {getattr(each, "bl_label", ""), each.__doc__ if base is bpy.types.Menu else ""}
    for each in own_properties(addon).values():
        messages |= {each.name, each.description}
        if each.type == "ENUM":
            messages |= {text for item in each.enum_items for text in (item.name, item.description)}
    return messages - {"", None}


def values(node: ast.expr, known: dict[str, str]) -> list[str | None]:
    """The texts an expression may be; None for one that is put together here."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return values(node.body, known) + values(node.orelse, known)
    if isinstance(node, ast.BoolOp):
        return [text for each in node.values for text in values(each, known)]
    if isinstance(node, ast.Name):
        return [known[node.id]] if node.id in known else []
    if isinstance(node, ast.JoinedStr):
        constants = "".join(each.value for each in node.values if isinstance(each, ast.Constant))
        return [None] if any(letter.isalpha() for letter in constants) else []
    return []


def texts(function: ast.Call) -> list[ast.expr]:
    name = getattr(function.func, "attr", getattr(function.func, "id", ""))
    by_name = {each.arg: each.value for each in function.keywords}
    places = SHOWN_BY.get(name, ())
    found = [by_name.get(place) if isinstance(place, str) else place for place in places]
    return [
        function.args[each] if isinstance(each, int) else each
        for each in found
        if each is not None and (not isinstance(each, int) or each < len(function.args))
    ]


def of_tables(translations) -> set[str]:
    """What the panel takes from tables, and the settings that the mesh and the compositor's groups have."""
    package = translations.__name__.rpartition(".")[0]

    def table(module: str):
        return importlib.import_module(f"{package}.{module}")

    groups = ("depth_fog", "depth_matte", "depth_merge", "refocus")
    sources = [inspect.getsource(table(f"compositing.{name}")) for name in groups]
    calls = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    sockets = [node for node in calls if getattr(node.func, "attr", "") in ("number", "colour")]
    refocus = table("compositing.refocus")
    named = {"FOCUS": refocus.FOCUS, "F_NUMBER": refocus.F_NUMBER, "APERTURE": refocus.APERTURE}
    hidden = {"Image", "Photograph", "Shadow"}  # pictures, which only links bring
    labels = {each.label for each in descendants(table("jobs.job").Job, package)}
    return {
        *table("jobs.progress").STAGES.values(),
        *table("ui.photographs").SOURCES.values(),
        *table("scene.modifier").INPUTS,
        *(each.name for each in table("export").PRESETS.values()),
        *(each.description for each in table("export").PRESETS.values()),
        *(text for node in sockets for text in values(node.args[0], named) if text not in hidden),
        *filter(None, labels),
    }


def of_sources(trees) -> dict[str | None, str]:
    """Every text in the sources that is shown, and where; under None what is joined without `translate`."""
    known = {
        target.id: node.value.value
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    found = {}
    for file, tree in trees.items():
        shown = [text for node in ast.walk(tree) if isinstance(node, ast.Call) for text in texts(node)]
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        methods = [node for node in functions if node.name in RETURNED_BY]
        returns = [node for each in methods for node in ast.walk(each) if isinstance(node, ast.Return)]
        shown += [node.value for node in returns if node.value is not None]
        for expression in shown:
            for text in values(expression, known):
                found[text] = f"{file}:{expression.lineno}"
    return {text: where for text, where in found.items() if text is None or any(map(str.isalpha, text))}


@pytest.fixture(scope="module")
def shown(addon, translations, trees) -> dict[str, str]:
    """Every text, and where it is."""
    found = dict.fromkeys(of_classes(addon), "a class") | dict.fromkeys(of_tables(translations), "a table")
    return found | {text: where for text, where in of_sources(trees).items() if text is not None}


def test_every_message_has_its_korean(shown, korean):
    assert {text: where for text, where in shown.items() if text not in korean} == {}


def test_no_korean_is_left_over(shown, korean):
    assert sorted(korean.keys() - shown.keys()) == []


def test_no_sentence_is_joined_without_translate(trees):
    assert None not in of_sources(trees), of_sources(trees).get(None)


def test_what_blender_does_not_look_up_is_translated(trees):
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in NOT_LOOKED_UP:
                (text,) = node.args
                is_translated = isinstance(text, ast.Call) and getattr(text.func, "id", "") == "translate"
                assert is_translated or getattr(text, "value", "") is None, f"{file}:{node.lineno}"


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_both_languages_name_the_same_values(korean):
    assert {text: each for text, each in korean.items() if fields(text) != fields(each)} == {}


def test_everything_has_a_tooltip_as_blender_writes_them(addon):
    described = {name: rna.description for name, rna in operators().items()}
    described |= {name: each.description for name, each in own_properties(addon).items()}
    for name, text in described.items():
        assert text, f"{name} has no tooltip"
        assert not text.endswith("."), f"{name}: Blender adds the full stop"
        assert "\n" not in text, f"{name}: indented lines"  # Python 3.13 has them otherwise
    for name, rna in operators().items():
        public = [each for each in rna.properties if not each.is_hidden and each.identifier != "rna_type"]
        assert all(each.description for each in public), name


def test_names_are_in_title_case(addon):
    small = {"in", "of", "and", "to", "at", "as", "by"}
    names = [rna.name for rna in operators().values()]
    names += [each.name for each in own_properties(addon).values()]
    for words in (name.split() for name in names):
        assert all(word[0].isupper() or word in small for word in words), " ".join(words)
        assert words[0][0].isupper()


def test_lengths_have_a_unit(addon):
    lengths = ("focus_distance", "near", "far", "measured", "length")
    for name, each in own_properties(addon).items():
        if name.rpartition(".")[2] in lengths:
            assert each.unit == "LENGTH" and "scene's units" in each.description, name


def test_a_message_is_found_wherever_blender_looks(translations, addon):
    found = translations.with_contexts({"Depth": "깊이"})
    contexts = {rna.translation_context for rna in operators().values()}
    contexts |= {each.translation_context for each in own_properties(addon).values()}
    assert contexts == {"*", "Operator", translations.CONTEXT} == {context for context, _ in found}
    assert set(found.values()) == {"깊이"}


def test_translate_fills_in_values(translations):
    assert translations.translate("{count} triangles", count="1,000") == "1,000 triangles"
    assert translations.translate("a {brace} in a file's name") == "a {brace} in a file's name"


def test_korean_lines_are_half_as_long(translations):
    text = importlib.import_module(f"{translations.__name__.rpartition('.')[0]}.ui.text")
    assert text.wrap("two words", 9) == ["two words"]
    assert text.wrap("초점 거리", 9) == ["초점 거리"]
    assert text.wrap("초점 거리", 8) == ["초점", "거리"]
    sentence = "사진을 불러오면 초점 거리가 여기에 표시됩니다"
    assert " ".join(text.wrap(sentence, 20)) == sentence
    assert max(map(len, text.wrap(sentence, 20))) <= 12
