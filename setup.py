"""The folder `backend` is the Python package `focal_depth`; all else is in pyproject.toml."""

from runpy import run_path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

WEB = run_path("backend/export/web/bundle.py")  # not imported: the package is not installed yet


class BuildWithViewer(build_py):
    """Bundles the script of web pages; without npm all but `focal-depth share` is installed."""

    def run(self) -> None:
        """Build."""
        try:
            WEB["bundle"]()
        except WEB["NotBundled"] as error:
            self.warn(f"{error}; until then `focal-depth share` makes no page")
        super().run()


setup(
    package_dir={"focal_depth": "backend"},
    packages=["focal_depth", *(f"focal_depth.{name}" for name in find_packages("backend"))],
    cmdclass={"build_py": BuildWithViewer},
)
