# Everything a developer types. The scripts install what they need on Debian 12.
.PHONY: all build run test e2e bench bench-collector verify-large soak fuzz lint format \
  manifests build-images clean
all: build
build:
	scripts/build.sh
run:
	scripts/run.sh
test:
	scripts/test.sh
e2e:
	scripts/e2e.sh
bench:
	scripts/bench.sh
bench-collector:
	scripts/bench-collector.sh
verify-large:
	scripts/verify-large.sh
soak:
	scripts/soak.sh
fuzz:
	scripts/fuzz.sh
lint:
	scripts/lint.sh
format:
	scripts/lint.sh --fix
manifests:
	python3 scripts/lib/manifests.py
build-images:
	scripts/build-images.sh
clean:
	rm -rf out
