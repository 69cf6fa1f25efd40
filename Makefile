# Everything on a machine that has only Python 3.11, 3.13, npm and make. What is installed stays in .venv*/ and .wheels/.
#   make demo    from the sample's photographs to demo/output/: a .blend, pictures, a camera move, .glb and .usdz
#   make test    the tests of backend and add-on, the latter in Blender 4.2, 5.2 and 5.3; 4.5: make test-addon-4.5
#   make test-window   the extension in a real Blender with a window, on a screen without a monitor: 4.3 in a Debian
#                that is made for it in .window/, or BLENDER=/path/to/blender; also make test-window-5.2
#   make manual  the pictures of docs/manual/, taken from that window
#   make measured  depth on rendered and real stacks, ours and others': docs/measured.md
#   make bench   time and memory of estimates and networks, into build/bench/
#   make torture the tests that take long: hundreds of faults, long walks, docs/robustness.md, the add-on in Blender 4.5
#   make lint    check and format the sources, and check their types
#   make zip     the extension for every platform, into dist/, checked by Blender's own validator
#   make clean   remove what was made and installed

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3.11
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export ORT_DISABLE_TELEMETRY := 1
# Each of hundreds of processes would compile all its modules anew.
unexport PYTHONDONTWRITEBYTECODE
# Python compiles what it loads, and keeps it; pip would compile all there is.
export PIP_COMPILE := 0

# Each Blender with the Python that it brings; pyenv's shim has to be told which one to run.
BLENDERS := 4.2 4.5 5.2 5.3
BPY_4.2 := bpy==4.2.23 numpy==1.24.4
BPY_4.5 := bpy==4.5.15 numpy==1.26.4
BPY_5.2 := bpy==5.2.3 numpy==2.5.5
BPY_5.3 := bpy==5.3.0 numpy==2.5.5
PYTHON_3.13 ?= PYENV_VERSION=3.13.0 python3.13
PYTHON_OF_5.2 := $(PYTHON_3.13)
PYTHON_OF_5.3 := $(PYTHON_3.13)

PLATFORM := $(if $(filter Darwin,$(shell uname)),macos-arm64,linux-x64)
VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' backend/__init__.py)
ZIP := dist/focal_depth-$(VERSION)-$(subst -,_,$(PLATFORM)).zip
WEB := $(addprefix backend/export/web/,bundle.py package.json package-lock.json) $(wildcard backend/export/web/*.mjs)
VIEWER := backend/export/web/viewer.js
SOURCES := $(shell find backend focal_depth_addon -name '*.py' -o -name '*.onnx') \
	$(WEB) $(wildcard backend/export/web/*.html backend/export/web/*.css) \
	__init__.py blender_manifest.toml build_extension.py bill_of_materials.py pack_wheels.py wheels.txt LICENSE THIRD_PARTY.md
# The longest first: what is left at the end is short, and no suite runs alone for long.
SUITES := backend $(addprefix addon-,5.2 $(filter-out 5.2 4.5,$(BLENDERS))) rendering-4.5
# Tests of the backend's process and of the list of photographs are alike in every Blender: one runs them.
SELECTED_4.2 := -m 'not torture and not one_blender'
SELECTED_4.5 := $(SELECTED_4.2)
SELECTED_5.3 := $(SELECTED_4.2)

.PHONY: torture bench measured demo test lint zip clean manual test-window test-window-4.3 test-window-5.2 $(addprefix test-,$(SUITES)) test-addon-4.5
.SECONDARY:

demo: .venv-demo/installed $(ZIP)
	.venv-demo/bin/python demo/run.py $(ZIP)

# Every suite runs, whatever becomes of the others, two at a time; the summary closes with each one's own last line.
# Threads that wait for each other by spinning would take the other suite's core: training takes many times as long.
test: export OMP_NUM_THREADS := 1
test:
	@status=0; mkdir -p build; rm -f build/test-*.log; \
	$(MAKE) --no-print-directory --keep-going --jobs 2 $(addprefix test-,$(SUITES)) || status=$$?; \
	echo; echo "Summary:"; \
	for suite in $(SUITES); do \
		printf '%-14s  %s\n' $$suite "$$(tail -n 1 build/test-$$suite.log 2>/dev/null || echo 'did not run')"; \
	done; exit $$status

test-backend: .venv/installed .venv-validators/installed $(if $(filter linux-x64,$(PLATFORM)),.venv-webgpu/installed)
	@echo "== backend"; mkdir -p build
	.venv/bin/python -m pytest tests/backend | tee build/test-backend.log
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/basedpyright

# Apart, so that the add-on's tests see what the add-on alone has loaded.
$(addprefix test-addon-,$(BLENDERS)): test-addon-%: .venv-bpy%/installed .venv-validators/installed $(ZIP)
	$(call in-blender,addon)

$(addprefix test-rendering-,$(BLENDERS)): test-rendering-%: .venv-bpy%/installed
	$(call in-blender,rendering)

define in-blender
@echo "== $(1), in Blender $*"; mkdir -p build
FOCAL_DEPTH_ZIP=$(abspath $(ZIP)) .venv-bpy$*/bin/python -m pytest tests/$(1) $(SELECTED_$*) | tee build/test-$(1)-$*.log
endef

torture: .venv/installed .venv-bpy4.5/installed $(ZIP)
	.venv/bin/python -m pytest tests/backend -m torture -s --timeout 0
	.venv/bin/python tests/torture/fuzz.py
	FOCAL_DEPTH_ZIP=$(abspath $(ZIP)) .venv-bpy4.5/bin/python -m pytest tests/addon -m torture -s --timeout 0
	$(MAKE) test-addon-4.5

# In a Debian of its own, which only root can make, or in a Blender that is installed.
DEBIAN_4.3 := trixie
DEBIAN_5.2 := sid
PYTHON_5.2 := 3.14
ifdef BLENDER
test-window: .venv/installed $(ZIP)
	$(call in-window,.venv/bin/python)
else
test-window: test-window-4.3
endif

test-window-4.3: $(ZIP)
test-window-5.2: $(ZIP:.zip=-python$(PYTHON_5.2).zip)
test-window-4.3 test-window-5.2: test-window-%: .window/%/made
	$(call in-window,BLENDER=blender .ci/in-root .window/$* python3)

define in-window
@echo "== window"; mkdir -p build
FOCAL_DEPTH_ZIP=$(abspath $(filter %.zip,$^)) $(1) -m pytest tests/window | tee build/$@.log
endef

manual: .window/4.3/made $(ZIP)
	FOCAL_DEPTH_ZIP=$(abspath $(ZIP)) BLENDER=blender .ci/in-root .window/4.3 python3 docs/manual/screenshots.py

.window/%/made: .ci/window-root
	.ci/window-root $(DEBIAN_$*) .window/$*

bench: .venv/installed
	.venv/bin/python benchmarks/estimate.py
	.venv/bin/python benchmarks/rough_depth.py
	PYTHONPATH=. .venv/bin/python benchmarks/networks.py

# NETWORK=/path/to/one.onnx measures another network beside ours.
VALIDATION := build/validation
# Real stacks with surfaces.json, if they are there: see docs/networks.md.
REAL ?= $(wildcard $(or $(FOCAL_DEPTH_DATA),../shared)/real)
measured: .venv/installed .venv-bpy4.5/installed
	for seed in 1 2; do test -d $(VALIDATION)/seed-$$seed || PYTHONPATH=. .venv-bpy4.5/bin/python \
		-m rendering.validation --output $(VALIDATION)/seed-$$seed --seed $$seed; done
	test -d $(VALIDATION)/hard || PYTHONPATH=. .venv-bpy4.5/bin/python \
		-m rendering.validation --output $(VALIDATION)/hard --surroundings hard --seed 4
	.venv/bin/focal-depth evaluate $(VALIDATION)/seed-1 $(VALIDATION)/seed-2 $(VALIDATION)/hard $(REAL) --output build/measured --workers 2 \
		$(addprefix --alignment ,fov ecc network) --invariance --method oracle \
		--method classical --method classical_smoothed --method ring_difference --method variational \
		$(addprefix --method ,$(NETWORK)) --method focal_unet
	.venv/bin/python docs/measured.py build/measured

lint: .venv/installed
	.venv/bin/ruff check --fix . && .venv/bin/ruff format . && .venv/bin/basedpyright

zip: .venv-bpy4.5/installed
	$(PYTHON) build_extension.py
	for zip in dist/focal_depth-$(VERSION)-*.zip; do .venv-bpy4.5/bin/python \
		.venv-bpy4.5/lib/python3.11/site-packages/bpy/4.5/scripts/addons_core/bl_pkg/cli/blender_ext.py \
		validate $$zip; done

$(ZIP): $(SOURCES)
	$(PYTHON) build_extension.py $(PLATFORM)

$(ZIP:.zip=-python%.zip): $(SOURCES)
	$(PYTHON) build_extension.py $(PLATFORM) --python $*

# Pages are shared by a script that is bundled once more where its sources changed.
$(VIEWER): $(WEB)
	$(PYTHON) $< || echo "Without it no web page is shared"

.venv/installed: requirements-dev.txt wheels.txt pyproject.toml setup.py | $(VIEWER)
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --requirement requirements-dev.txt
	.venv/bin/pip install --quiet --no-deps --editable .
	touch $@

.venv-bpy%/installed: Makefile setup.py
	$(or $(PYTHON_OF_$*),$(PYTHON)) -m venv .venv-bpy$*
	.venv-bpy$*/bin/pip install --quiet $(BPY_$*) pytest==9.2.0 pytest-timeout==2.4.0 hypothesis==6.170.15
	.venv-bpy$*/bin/pip install --quiet --no-deps --editable .
	$(call check-bpy,.venv-bpy$*)
	touch $@

# Of the files for AR and the web: Pixar's of USD and, where there is npm, Khronos' of glTF; of pages, axe.
VALIDATORS := tests/addon/validators
.venv-validators/installed: $(addprefix $(VALIDATORS)/,requirements.txt package.json package-lock.json)
	$(PYTHON) -m venv .venv-validators
	.venv-validators/bin/pip install --quiet --requirement $(VALIDATORS)/requirements.txt
	cp $(VALIDATORS)/package*.json .venv-validators
	npm ci --silent --prefix .venv-validators || echo "Without npm no .glb and no page will be validated"
	touch $@

# Runs networks on graphics processors of any kind, in place of the ONNX Runtime of .venv where PYTHONPATH says so.
.venv-webgpu/installed: Makefile | .venv/installed
	.venv/bin/pip install --quiet --no-deps --upgrade --target .venv-webgpu onnxruntime-webgpu==1.27.0 \
		&& touch $@ || echo "Without it no graphics processor is tested"

.venv-demo/installed: Makefile
	$(PYTHON) -m venv .venv-demo
	.venv-demo/bin/pip install --quiet $(BPY_4.5)
	$(call check-bpy,.venv-demo)
	touch $@

define check-bpy
@$(1)/bin/python -c 'import bpy' || { \
	echo "Blender needs some libraries of the system: run .ci/system-libraries as root"; exit 1; }
endef

clean:
	rm -rf .venv .venv-bpy* .venv-demo .venv-validators .venv-webgpu .window .wheels build dist demo/output *.egg-info
