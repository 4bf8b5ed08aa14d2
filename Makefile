# Everything starts here: `make run` and `make test` set up by themselves whatever they need.

PYTHON ?= python3
# Node.js comes from the machine or, where it has none, from .venv.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
JS_TESTS = $(wildcard tests/js/*.test.js tests/js/*/*.test.js)

.PHONY: help run demo test test-long check unit bench bench-load bench-detection bench-faults fuzz doctor setup setup-test lock clean

help:
	@echo 'make run         set up, then serve on http://127.0.0.1:5000 (HOST, PORT and others: .env.example)'
	@echo 'make demo        add a finished sample interview to look at'
	@echo 'make test        set up, then lint, types and every test (Python, JavaScript, browser)'
	@echo 'make test-long   the tests that take minutes in all'
	@echo 'make check       lint and types only'
	@echo 'make bench       the benches; make bench-load: load on the server, beside the peer where it is present'
	@echo 'make bench-faults   processes killed, disks full, clocks wrong, with interviews going on: what is lost; ARGS="--only kill-web"'
	@echo 'make bench-detection   how often the detectors are right, on labelled clips; ARGS="--clips DIR" for your own'
	@echo 'make fuzz        a hundred times as many hostile messages and requests as make test tries; FUZZ=1000 for more'
	@echo 'make doctor      check every part of this installation'
	@echo 'make lock        resolve the Python lock files again'
	@echo 'make clean       remove what set-up made (never var/, where the data is)'

run: setup
	@exec .venv/bin/proctor run

demo: setup
	@.venv/bin/proctor demo

doctor: setup
	@.venv/bin/proctor doctor

setup:
	@$(PYTHON) scripts/setup.py run

setup-test:
	@$(PYTHON) scripts/setup.py test

check: setup-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	node_modules/.bin/tsc --noEmit

test: check
	node --test $(JS_TESTS)
	@.venv/bin/python scripts/run_tests.py

test-long: setup-test
	.venv/bin/pytest -m long

bench: setup-test
	@for bench in bench/bench_*.py; do .venv/bin/python $$bench || exit 1; done

bench-load: setup-test
	@.venv/bin/python bench/load.py

bench-faults: setup-test
	@.venv/bin/python bench/faults.py $(or $(ARGS),--write)

bench-detection: setup-test
	@.venv/bin/python bench/detection.py $(ARGS)

fuzz: setup-test
	FUZZ=$(or $(FUZZ),100) .venv/bin/pytest --timeout 3600 tests/security -k "fuzz or broken or parser"

lock: setup-test
	@$(PYTHON) scripts/lock.py

clean:
	rm -rf .venv node_modules .setup
