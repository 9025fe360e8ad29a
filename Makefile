# Two commands do everything on a machine that has Python 3.11 (or later), pip, make and git:
#
#     make site     the references, the verdicts and the documentation, in build/site
#     make test     lint, types, and the tests on the built wheel with every installed supported Python
#
# A step whose inputs have not changed is skipped. uv is used where it is on PATH, else pip.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help site serve test lint types test-quick mutants bench clean

# The first interpreter that runs, is recent enough and can create environments; `make PYTHON=... site` chooses another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && command -v "$$python" && break; done)
BIN := .venv/bin
SDK := flyte==2.1.2
SDK_CONFIG := examples/flyte-2.1.toml
TARGETS := reference_impl flyte==2.1.2 flyte==2.12.1
export NO_MKDOCS_2_WARNING := 1

# $(call files,DIR): the files below DIR that git knows or would add.
files = $(shell git ls-files --cached --others --exclude-standard -- $(1) 2>/dev/null | sed 's/ /\\ /g')
DOCGEN := $(call files,docgen)
REFERENCE := $(call files,reference_impl)
CONFORMANCE := $(call files,conformance)

help:  ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# -- set-up --------------------------------------------------------------------------------------------------------------

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 that can make environments was found on PATH."; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11"; exit 3; }
	@echo "Making .venv with $(PYTHON)"
	@if command -v uv >/dev/null; then uv venv -q --seed --python "$(PYTHON)" .venv; else "$(PYTHON)" -m venv .venv; fi

# $(call install,EXTRA): the project, editable, with one extra and the versions of constraints.txt.
define install
@echo "Installing assay[$(1)]"
@if command -v uv >/dev/null; then uv pip install -q --python .venv/bin/python -c constraints.txt -e '.[$(1)]'; \
	else .venv/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(1)]'; fi
@touch $@
endef

.venv/.site: pyproject.toml constraints.txt | .venv/bin/python
	$(call install,site)

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(call install,dev)
	@touch .venv/.site

# -- the site ------------------------------------------------------------------------------------------------------------

site: build/.site  ## The references, the verdicts and the site, in build/site.
	@echo
	@echo "The site:          build/site/index.html   (make serve shows it on http://127.0.0.1:8000/)"
	@echo "Our reference:     site/reference/reference_impl/"
	@echo "The SDK's:         site/reference/flyte/   ($(SDK), not committed)"
	@echo "The contract page: build/asyncfunctiontasktemplate.md"
	@echo "The verdicts:      build/verdicts.json"

PARTS := build/.reference build/.own build/.sdk build/.verdicts build/.pages

build/.site: $(PARTS) mkdocs.yml $(call files,site) $(call files,tools)
	@# With --quiet, --strict would not see the warnings.
	@$(BIN)/mkdocs build --strict > build/mkdocs.log 2>&1 || { grep -E 'WARNING|ERROR' build/mkdocs.log; exit 1; }
	@touch $@

serve: $(PARTS)  ## Serve the site, with live reload, on http://127.0.0.1:8000/.
	$(BIN)/mkdocs serve

# A step waits for the environment, but a touched environment (as by `make test`) does not make it out of date.
VERSIONS := pyproject.toml constraints.txt

# The committed reference of our own implementation.
build/.reference: $(DOCGEN) $(REFERENCE) $(VERSIONS) examples/reference_impl.toml | .venv/.site
	@mkdir -p build
	@echo "Reference of reference_impl"
	@$(BIN)/docgen build 2> build/reference.log || { cat build/reference.log; exit 3; }
	@tail -n 1 build/reference.log
	@touch $@

# The references of docgen and conformance, built on each machine.
build/.own: $(DOCGEN) $(CONFORMANCE) $(VERSIONS) examples/docgen.toml examples/conformance.toml | .venv/.site
	@mkdir -p build
	@for package in docgen conformance; do \
		echo "Reference of $$package"; \
		rm -rf site/reference/$$package; \
		$(BIN)/docgen build $$package --config examples/$$package.toml --out site/reference/$$package \
			2> build/$$package.log || { cat build/$$package.log; exit 3; }; \
		tail -n 1 build/$$package.log; \
	done
	@touch $@

# The real SDK's reference, built on each machine; and its contract page, byte for byte.
build/.sdk: $(DOCGEN) $(VERSIONS) $(SDK_CONFIG) | .venv/.site
	@mkdir -p build
	@echo "Reference of $(SDK)"
	@# Built from scratch: a symbol that only another release has is not a loss here.
	@rm -rf site/reference/flyte
	@$(BIN)/docgen build $(SDK) --config $(SDK_CONFIG) --dialect material --out site/reference/flyte \
		2> build/sdk.log || { cat build/sdk.log; exit 3; }
	@tail -n 1 build/sdk.log
	@$(BIN)/docgen build $(SDK) --dialect seed --symbol flyte.extend.AsyncFunctionTaskTemplate \
		> build/asyncfunctiontasktemplate.md.new
	@mv build/asyncfunctiontasktemplate.md.new build/asyncfunctiontasktemplate.md
	@touch $@

# A deviation of a released SDK is a result, not a failure of the build: exit code 1 is as expected here.
build/.verdicts: $(CONFORMANCE) $(REFERENCE) $(VERSIONS) | .venv/.site
	@mkdir -p build site/verdicts
	@echo "Verdicts of $(TARGETS)"
	@$(BIN)/conformance run $(TARGETS) --examples smoke --out build/verdicts.json > build/verdicts.txt || test $$? -eq 1
	@sed -n '/^  *holds /,/^  *passed/p' build/verdicts.txt
	@# Wide tables get the whole width of the page.
	@printf -- '---\nhide: [navigation, toc]\n---\n\n' > build/verdicts.md
	@$(BIN)/conformance report build/verdicts.json --format markdown >> build/verdicts.md
	@$(BIN)/conformance report build/verdicts.json --format html --back ./ > build/matrix.html
	@printf '\n[Every rule, with statement, source and reproducer](matrix.html)\n' >> build/verdicts.md
	@mv build/verdicts.md site/verdicts/index.md
	@mv build/matrix.html site/verdicts/matrix.html
	@touch $@

# The help of both commands, and the rules; committed, like our reference.
build/.pages: $(DOCGEN) $(CONFORMANCE) $(VERSIONS) tools/site_pages.py | .venv/.site
	@mkdir -p build
	@$(BIN)/python tools/site_pages.py
	@touch $@

# -- checks --------------------------------------------------------------------------------------------------------------

test: lint types  ## Lint, types, and the tests on the built wheel with every Python from 3.11 to 3.13 on this machine.
	@$(BIN)/python tools/test_matrix.py

test-quick: .venv/.dev  ## The tests on the working tree, with this Python only, without the package index.
	@$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not network and not browser"

lint: .venv/.dev  ## Lint and layout.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: .venv/.dev  ## Types, strict, over sources and tests.
	@$(BIN)/mypy --no-error-summary

mutants: .venv/.dev  ## Count the deliberately wrong implementations that the suite catches.
	@$(BIN)/conformance mutants --package tests.mutants

bench: .venv/.dev  ## Measure the figures that have budgets, as JSON.
	@for script in bench/*.py; do $(BIN)/python -m "bench.$$(basename "$$script" .py)" || exit 3; done

clean:  ## Remove everything that the other commands created, including the environment.
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf site/reference/flyte site/reference/docgen site/reference/conformance site/verdicts
