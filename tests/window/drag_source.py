"""drag_source.py PATH...: a window to drag these files or folders out of, as out of a file manager."""

import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

window = Gtk.Window(title="Drag me")
window.set_default_size(120, 80)
handle = Gtk.EventBox()
handle.add(Gtk.Label(label="photographs"))
handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
handle.drag_source_add_uri_targets()
uris = [Path(path).as_uri() for path in sys.argv[1:]]
handle.connect("drag-data-get", lambda _widget, _context, data, *_: data.set_uris(uris))
handle.connect("drag-end", lambda *_: Gtk.main_quit())
window.add(handle)
window.show_all()
window.move(0, 0)
Gtk.main()
