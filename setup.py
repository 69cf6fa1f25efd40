"""The folder `backend` is the Python package `focal_depth`; all else is in pyproject.toml."""

from setuptools import find_packages, setup

setup(
    package_dir={"focal_depth": "backend"},
    packages=["focal_depth", *(f"focal_depth.{name}" for name in find_packages("backend"))],
)
