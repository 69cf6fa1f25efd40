"""The interface in other languages: a catalogue each, and the sentences that are put together.

Blender itself looks up names, descriptions, labels and reports. It cannot look up what has values in it, and
does not look up why a button is grey: those go through `say`. What the backend says is English.
"""

import bpy

from . import korean

# Words that Blender translates for another purpose: a "set" of settings, a "network" of nodes. Properties and
# panels that bear one name this as their translation context.
CONTEXT = "Focal Depth"
_CONTEXTS = ("*", "Operator", CONTEXT)
_CATALOGUES = {"ko_KR": korean.MESSAGES}


def say(text: str, **values: object) -> str:
    """`text` in the language of the interface, with `values` where it names them in braces."""
    translated = bpy.app.translations.pgettext_iface(text, CONTEXT)
    return translated.format(**values) if values else translated


def messages(catalogue: dict[str, str]) -> dict[tuple[str, str], str]:
    """As Blender takes them: one English wording has one meaning here, whatever context it is met in."""
    return {(context, english): text for english, text in catalogue.items() for context in _CONTEXTS}


def register() -> None:
    catalogues = {language: messages(catalogue) for language, catalogue in _CATALOGUES.items()}
    bpy.app.translations.register(__package__, catalogues)


def unregister() -> None:
    bpy.app.translations.unregister(__package__)
