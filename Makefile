# SPDX-License-Identifier: MIT
# make setup run   installs what is needed, builds, boots.   make help   lists the targets.

VERSION := 0.1.0
BUILD := build
# make PCH= BUILD=build/plain   compiles without precompiled headers.
PCH ?= yes
CC := clang-19
CXX := clang++-19
LD := ld.lld-19
NASM := nasm
PYTHON := /usr/bin/python3
MEMORY ?= 128M

# V=1 shows the commands.
quiet := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)')
comma := ,

# Is this `make -n`, -q or -t?
given := $(filter-out -%,$(firstword $(MAKEFLAGS)))
dry := $(findstring n,$(given))$(findstring q,$(given))$(findstring t,$(given))

# In front of what talks to a terminal: it shows what is said at once, which is otherwise collected until
# a recipe ends. It would also run when dry, so there it is left out.
terminal := $(if $(dry),,+)

# [57/130], in front of what is compiled. How many there will be tells a dry run, made when the first
# one starts: it looks at files only.
progress = $(if $(dry),,$(eval started += x)[$(words $(started))/$(to_compile)] )
to_compile = $(eval to_compile := $(shell MAKEFLAGS= MAKELEVEL=0 $(MAKE) -n$(findstring B,$(given)) \
	$(MAKEOVERRIDES) V= $(MAKECMDGOALS) 2>/dev/null | grep -c "^echo '  compile "))$(to_compile)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --output-sync=target
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

# --- what is built from what ------------------------------------------------------------------

# All sources of a kind below some folders.
below = $(sort $(shell find $(2) -name '*.$(1)'))
shared_sources := $(filter-out src/lib/freestanding/%,$(call below,cpp,src/lib src/mm src/shell))
kernel_sources := $(shared_sources) $(call below,cpp,src/lib/freestanding src/kernel) \
	$(sort $(wildcard src/boot/*.asm src/kernel/x86_64/*.asm))
host_sources := $(shared_sources) $(call below,cpp,src/host)
# The parts of the kernel that know no hardware.
hosted_kernel_sources := $(addprefix src/kernel/,boot/acpi.cpp boot/acpi_tables.cpp boot/madt.cpp \
	boot/boot_info.cpp devices/input_queue.cpp)
# The commands whose accesses the ledger judges; in the unit tests a sanitizer of their own does.
checked_sources := $(addprefix src/shell/commands/,bugs.cpp containers.cpp read.cpp)
unit_sources := $(shared_sources) $(hosted_kernel_sources) $(call below,cpp,tests/unit tests/support)

objects = $(patsubst %,$(BUILD)/$(1)/%.o,$(2))
kernel_objects := $(call objects,kernel,$(kernel_sources))
host_objects := $(call objects,host,$(host_sources))
unit_objects := $(call objects,unit,$(unit_sources))
checked_objects := $(foreach build,kernel host fuzz fuzz-coverage,$(call \
	objects,$(build),$(checked_sources)))
library_sources := $(call below,cpp,src/mm/heap src/library)
library_objects := $(call objects,library,$(library_sources))

# --- flags ------------------------------------------------------------------------------------

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wimplicit-fallthrough \
	-Wnon-virtual-dtor -Wno-missing-designated-field-initializers -Werror
common_flags := -std=c++23 -g -O2 -fnew-alignment=8 -fno-exceptions -fno-rtti -Isrc -I$(BUILD)/include \
	-D_GNU_SOURCE $(warnings) -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer

llvm := /usr/lib/llvm-19
freestanding_includes := -nostdinc -isystem src/lib/freestanding/include \
	-isystem $(llvm)/include/c++/v1 -isystem $(llvm)/lib/clang/19/include \
	-isystem /usr/include/x86_64-linux-gnu -isystem /usr/include
kernel_flags := $(common_flags) --target=x86_64-unknown-none-elf -ffreestanding -mno-red-zone \
	-mcmodel=kernel -fno-pic -nostdlib -ffunction-sections -fdata-sections \
	-fno-threadsafe-statics -fno-c++-static-destructors -fno-stack-protector \
	-fno-optimize-sibling-calls -mllvm -trap-unreachable \
	$(freestanding_includes)
host_flags := $(common_flags) -stdlib=libc++ -fPIE \
	-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST
# Each check is a call; there is no shadow memory, and stack and globals are as they are. The
# sanitizer wants a target with an operating system; nothing else here depends on it. libc++ is not to
# tell it which part of a vector's block is in use. The calls have names of our own, so that the fuzz
# target, which real sanitizers watch, can have both.
access_checks := --target=x86_64-unknown-linux-gnu -fsanitize=kernel-address $(addprefix -mllvm ,\
	-asan-instrumentation-with-call-threshold=0 -asan-stack=0 -asan-globals=0 \
	-asan-kernel-mem-intrinsic-prefix=1 -asan-memory-access-callback-prefix=heap44_) \
	-D_LIBCPP_HAS_NO_ASAN
$(checked_objects): private kernel_flags += $(access_checks)
$(checked_objects): private host_flags += $(access_checks) -fno-builtin -fno-optimize-sibling-calls
# What is wrong on purpose must not be optimised away, nor joined with what is right.
$(filter %/bugs.cpp.o,$(checked_objects)): private kernel_flags += -O1
$(filter %/bugs.cpp.o,$(checked_objects)): private host_flags += -O1
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all
googletest := /usr/src/googletest/googletest
unit_flags := $(filter-out -fno-exceptions -fno-rtti,$(host_flags)) $(sanitizers) \
	-isystem $(googletest)/include -Itests -Itests/unit

# --- tools ------------------------------------------------------------------------------------

.PHONY: all setup tools help clean FORCE
all: $(BUILD)/heap44.elf $(BUILD)/heap44.iso $(BUILD)/heap44-host $(BUILD)/libheap44.so \
	compile_commands.json

# The other goals on the line say what is needed; `setup` alone installs all.
goals := $(filter-out setup,$(MAKECMDGOALS))
only_running := $(if $(filter-out all run clean help compile_commands.json \
	$(addprefix $(BUILD)/,heap44.elf heap44.iso heap44-host libheap44.so),$(goals)),,run)

setup:
	@tools/setup.sh $(if $(goals),$(only_running))

# Before anything is built: are the tools there? After `setup`, where both are asked for.
tools: | $(filter setup,$(MAKECMDGOALS))
	@tools/setup.sh --check $(only_running)

help:
	@echo "make setup   install what is needed (Debian, Ubuntu); with run: what running needs"
	@echo "make         build build/heap44.iso, heap44.elf, heap44-host and libheap44.so"
	@echo "make run     boot the ISO in QEMU, the serial port on this terminal (MEMORY=128M)"
	@echo "make test    everything that checks the project: check, unit, pytest"
	@echo "make unit    unit tests on the host, with sanitizers"
	@echo "make pytest  scenarios on the booted kernel (PYTEST=\"-k freelist\", SUITE=shell choose)"
	@echo "make coverage  which branches the unit tests take"
	@echo "make mutation  mistakes that the unit tests should see (takes an hour)"
	@echo "make soak    compare indexed, linked-list and a model (SOAK_OPERATIONS=100000000),"
	@echo "             and inject bugs into random histories (CAMPAIGNS=1000)"
	@echo "make bench   measure the designs beside others; writes docs/benchmarks.md"
	@echo "make bench-build  what a clean build costs, since a commit (SINCE=HEAD TURNS=2 BUILT=all)"
	@echo "make fuzz    let a fuzzer look for what breaks a design, or the shell (FUZZ_SECONDS=30)"
	@echo "make fuzz-corpus, fuzz-coverage  keep what it found; what that makes run"
	@echo "make check   formatting, clang-tidy, shellcheck, types, floors, renderers, documents"
	@echo "make format  let clang-format rewrite the sources"
	@echo "make docs    write the table of commands in docs/shell.md, and docs/session.svg"
	@echo "make debug   boot under gdb"
	@echo "make clean   remove build/"

clean:
	rm -rf $(BUILD) compile_commands.json

# --- compiling --------------------------------------------------------------------------------

# Every kind of object is compiled alike: $(1) its folder, and with _flags its flags; $(2) what is
# said of it; $(3) the header that is compiled once for all that are many.
define compiled
$(BUILD)/$(1)/%.cpp.o: %.cpp Makefile $(if $(PCH),$(3:%=$(BUILD)/$(1)/precompiled.pch)) \
		| tools $(BUILD)/include/build_id.hpp
	@mkdir -p $$(@D)
	$$(call say,$$(progress)compile  $$<$(if $(2), ($(2))))
	$$(quiet)$$(CXX) $$($(1)_flags) $$(call precompiled,$$@,$$^) -MMD -MP -MJ $$@.json -c $$< -o $$@
$(if $(3),$(precompiling))
endef

# The system's headers are part of it, too: -MD.
define precompiling

$(BUILD)/$(1)/precompiled.pch: $(3) Makefile | tools $(BUILD)/include/build_id.hpp
	@mkdir -p $$(@D)
	$$(call say,$$(progress)compile  $$<$(if $(2), ($(2))))
	$$(quiet)$$(CXX) $$($(1)_flags) -fpch-instantiate-templates -MD -MP -MF $$(@:.pch=.d) \
		-x c++-header $$< -o $$@

endef

# What is compiled with other flags than its folder's cannot use it.
precompiled = $(if $(filter $(checked_objects),$(1)),,$(addprefix -include-pch ,$(filter %.pch,$(2))))
$(eval $(call compiled,kernel,,tools/precompiled.hpp))
$(eval $(call compiled,host,host,tools/precompiled.hpp))
$(eval $(call compiled,unit,unit tests,tests/precompiled.hpp))
$(eval $(call compiled,session,session tests))
$(eval $(call compiled,library,library,tools/precompiled.hpp))
$(eval $(call compiled,coverage,coverage))
$(eval $(call compiled,soak,soak))
$(eval $(call compiled,fuzz,fuzzing,tools/precompiled.hpp))
$(eval $(call compiled,fuzz-coverage,fuzzing$(comma) coverage))
$(eval $(call compiled,bench,benchmarks))

$(BUILD)/kernel/%.asm.o: %.asm Makefile | tools
	@mkdir -p $(@D)
	$(call say,assemble $<)
	$(quiet)$(NASM) -f elf64 -g -F dwarf -Werror -MD $(@:.o=.d) -o $@ $<

$(BUILD)/unit/googletest.o: $(googletest)/src/gtest-all.cc
	@mkdir -p $(@D)
	$(call say,$(progress)compile  googletest)
	$(quiet)$(CXX) $(filter-out $(warnings),$(unit_flags)) -fno-sanitize=vptr -I$(googletest) \
		-c $< -o $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# Rewritten only when it says something new, so that nothing is compiled again without need.
$(BUILD)/include/build_id.hpp: $(if $(dry),,FORCE)
	@mkdir -p $(@D)
	@printf '#pragma once\n#define HEAP44_VERSION "%s"\n#define HEAP44_BUILD "%s"\n' "$(VERSION)" \
		"$$(git describe --always --dirty 2>/dev/null || echo unknown)" >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

.PHONY: FORCE

# --- the kernel -------------------------------------------------------------------------------

OBJCOPY := llvm-objcopy-19
link_flags := -z max-page-size=4096 --gc-sections --no-dynamic-linker --fatal-warnings -T linker.ld

# Backtraces name functions and lines, and these are known only after a link: so the kernel is
# linked with an empty table first, and again with that of the first link. The table stands behind
# the text, so that no function moves; the last two lines prove it for each build.
symbols = $(PYTHON) tools/embed_symbols.py $(1) >$(2)
assemble_symbols = $(NASM) -f elf64 -Werror -DSYMBOL_TABLE='"$(1)"' -o $(1).o src/kernel/symbols.asm

$(BUILD)/heap44.elf: $(kernel_objects) linker.ld src/kernel/symbols.asm tools/embed_symbols.py
	@$(call symbols,,$(BUILD)/symbols.empty)
	@$(call assemble_symbols,$(BUILD)/symbols.empty)
	$(call say,link     $@)
	$(quiet)$(LD) $(link_flags) -o $@.first $(kernel_objects) $(BUILD)/symbols.empty.o
	@$(call symbols,$@.first,$(BUILD)/symbols)
	@$(call assemble_symbols,$(BUILD)/symbols)
	$(quiet)$(LD) $(link_flags) -o $@ $(kernel_objects) $(BUILD)/symbols.o
	@$(call symbols,$@,$(BUILD)/symbols.check)
	@cmp $(BUILD)/symbols $(BUILD)/symbols.check

# `normal` and the partition modules are what the embedded UEFI configuration asks for; without
# them it prints errors. Everything else that a default image carries is left out: 4.7 MB, not 20.
grub_modules := normal multiboot2 part_acorn part_amiga part_apple part_bsd part_dfly part_dvh \
	part_gpt part_msdos part_plan part_sun part_sunpc

$(BUILD)/heap44.iso: $(BUILD)/heap44.elf src/boot/grub.cfg
	@rm -rf $(BUILD)/iso && mkdir -p $(BUILD)/iso/boot/grub
	@$(OBJCOPY) --strip-all $< $(BUILD)/iso/boot/heap44.elf
	@cp src/boot/grub.cfg $(BUILD)/iso/boot/grub/grub.cfg
	$(call say,pack     $@)
	$(quiet)grub-mkrescue --install-modules="$(grub_modules)" --locales= --fonts= --themes= \
		-o $@ $(BUILD)/iso >$@.log 2>&1 || { cat $@.log; exit 1; }

qemu := qemu-system-x86_64 -m $(MEMORY) -display none -nic none -serial chardev:terminal \
	-device isa-debug-exit,iobase=0xf4,iosize=0x04

# Keys that come from no terminal end, and the machine with them; or at a reboot, which would lose
# those that wait. Ctrl-] instead of Ctrl-A as QEMU's escape, and no signal from Ctrl-C: the guest's
# shell uses both.
.PHONY: run debug
run: $(BUILD)/heap44.iso
	$(terminal)@test -t 1 && set -- -fw_cfg name=opt/heap44/cmdline,string=heap44.ansi=on; \
		set -- $(qemu) -chardev stdio,id=terminal,mux=on,signal=off -echr 0x1d "$$@" -cdrom $<; \
		test -t 0 || set -- $(PYTHON) tools/feed_machine.py "$$@" -no-reboot; "$$@"

# gdb has this terminal, and starts before the kernel's first instruction; the kernel's shell is
# at the socket, for example through `socat -,rawer,escape=0x1d UNIX-CONNECT:build/serial.sock`.
debug: $(BUILD)/heap44.iso
	@echo "The shell is at $(BUILD)/serial.sock. Start it with: continue"
	$(terminal)@$(qemu) -chardev socket,id=terminal,path=$(BUILD)/serial.sock,server=on,wait=off \
		-s -S -cdrom $< & trap "kill $$!" EXIT; \
		gdb -q -ex 'target remote localhost:1234' $(BUILD)/heap44.elf

# --- the host program -------------------------------------------------------------------------

# -rdynamic: the ledger names callers by the program's own symbols.
$(BUILD)/heap44-host: $(host_objects)
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 -rdynamic $^ -o $@

# --- the library ------------------------------------------------------------------------------

library_flags := $(filter-out -fPIE,$(host_flags)) -fPIC -fvisibility=hidden -Iinclude

# It brings what it needs of libc++ along: whoever loads it may have another C++ library.
$(BUILD)/libheap44.so: $(library_objects) src/library/exports.map
	$(call say,link     $@)
	$(quiet)$(CXX) -shared -stdlib=libc++ -static-libstdc++ -fuse-ld=lld-19 -Wl,--gc-sections \
		-Wl,-z,defs -Wl,-soname,libheap44.so -Wl,--version-script=src/library/exports.map \
		$(library_objects) -o $@

compile_commands.json: $(kernel_objects) $(host_objects) $(BUILD)/library/src/library/library.cpp.o
	@{ echo '['; cat $(addsuffix .json,$(filter %.cpp.o,$^)) \
		| sed 's/"-include-pch", "[^"]*", //; $$ s/,$$//'; echo ']'; } >$@

# --- tests ------------------------------------------------------------------------------------

.PHONY: test unit pytest check format docs
test: | tools
	@$(MAKE) --no-print-directory all check unit soak-slice
	@$(MAKE) --no-print-directory pytest

$(BUILD)/unit-tests: $(unit_objects) $(BUILD)/unit/googletest.o
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 $(sanitizers) $^ -o $@

# Sessions are tried as the host program ships: these are its objects, but for main().
session_sources := $(call below,cpp,tests/sessions)
session_flags := $(unit_flags) -fno-rtti -fno-sanitize=vptr
session_objects := $(call objects,session,$(session_sources)) \
	$(filter-out %/src/host/main.cpp.o,$(host_objects))

$(BUILD)/session-tests: $(session_objects) $(BUILD)/unit/googletest.o
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 -rdynamic $(sanitizers) $^ -o $@

unit: $(BUILD)/unit-tests $(BUILD)/session-tests
	$(BUILD)/unit-tests --gtest_brief=1
	$(BUILD)/session-tests --gtest_brief=1

# --- coverage ---------------------------------------------------------------------------------

# make coverage   which branches of the heap, the parser and the line editor the unit tests take
coverage_flags := $(filter-out $(sanitizers) -O2,$(unit_flags)) -O1 -fprofile-instr-generate \
	-fcoverage-mapping -fcoverage-mcdc
coverage_objects := $(call objects,coverage,$(unit_sources))
covered := src/mm/heap $(foreach part,parser line_editor,$(addprefix src/shell/input/$(part).,cpp hpp))

$(BUILD)/coverage/unit-tests: $(coverage_objects) $(BUILD)/unit/googletest.o
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 -fprofile-instr-generate $(sanitizers) $^ -o $@

.PHONY: coverage
coverage: $(BUILD)/coverage/unit-tests
	@LLVM_PROFILE_FILE=$(BUILD)/coverage/raw $< --gtest_brief=1
	@llvm-profdata-19 merge -sparse $(BUILD)/coverage/raw -o $(BUILD)/coverage/profile
	@llvm-cov-19 export -skip-expansions -skip-functions -instr-profile=$(BUILD)/coverage/profile \
		$< $(covered) >$(BUILD)/coverage/branches.json
	@llvm-cov-19 show -show-branches=count -show-mcdc -instr-profile=$(BUILD)/coverage/profile $< \
		$(covered) >$(BUILD)/coverage/lines
	@$(PYTHON) tools/coverage_report.py $(BUILD)/coverage/branches.json

# --- mutation ---------------------------------------------------------------------------------

# make mutation   small mistakes in the heap's code, one after the other: does a test see each?
.PHONY: mutation print-unit-sources
mutation: $(BUILD)/heap44-host
	$(terminal)$(PYTHON) tools/mutate.py $(BUILD)/mutation $(MUTATION)

print-unit-sources:
	@echo $(unit_sources)

# --- soak -------------------------------------------------------------------------------------

# make soak SOAK_SEED=7   one seed again; without it one is drawn, and printed.
SOAK_OPERATIONS ?= 100000000
SOAK_SEED ?=
soak_slice := 200000
soak_flags := $(filter-out -fno-exceptions -fno-rtti,$(host_flags)) -Itests

$(BUILD)/soak/lockstep: $(BUILD)/soak/tests/soak/lockstep.cpp.o
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 $^ -o $@

# make soak CAMPAIGNS=5000   also so many random histories with one bug injected into each: exactly
# that bug must be reported, and undone byte for byte. A slice of them is among the pytests.
CAMPAIGNS ?= 1000

.PHONY: soak soak-slice campaigns
soak: $(BUILD)/soak/lockstep campaigns
	$(terminal)$< $(SOAK_OPERATIONS) $(SOAK_SEED)

campaigns: $(BUILD)/heap44.elf
	PYTHONPATH=python:tests/pytest $(PYTHON) tests/pytest/soak.py $(CAMPAIGNS) $(SOAK_SEED)

soak-slice: $(BUILD)/soak/lockstep
	$< $(soak_slice) $(SOAK_SEED)

PYTEST :=
pytest: all
	PYTHONPATH=python $(PYTHON) -m pytest -q -n $(shell nproc) $(PYTEST) tests/pytest/$(SUITE)

# --- fuzzing ----------------------------------------------------------------------------------

# make fuzz FUZZ_SECONDS=600   each target for so long; what breaks a law stays in build/fuzz.
FUZZ_SECONDS ?= 30
fuzz_targets := $(patsubst tests/fuzz/%_fuzz.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp))
fuzz_parts := $(call objects,fuzz,tests/fuzz/panic.cpp $(wildcard tests/support/*.cpp))
fuzz-coverage_flags = $(filter-out -fno-exceptions -fno-rtti -g -O2,$(host_flags)) \
	-gline-tables-only -O1 -Itests $(fuzz_checks)
fuzz_flags = $(fuzz-coverage_flags) -fsanitize=fuzzer-no-link
# As above, nobody is told which part of a vector's block is in use: the block may be the heap's.
fuzz_checks := $(sanitizers) -D_LIBCPP_HAS_NO_ASAN
# What these do wrong, the shell is to find; their host_flags say how.
$(filter $(BUILD)/fuzz/%,$(checked_objects)): private fuzz_checks :=

# The shell's target is the host program, but for its main().
shell_fuzz_sources := tests/fuzz/shell_fuzz.cpp $(shared_sources) \
	$(filter-out src/host/main.cpp src/host/panic.cpp,$(call below,cpp,src/host))
shell_fuzz_parts := $(call objects,fuzz,$(shell_fuzz_sources))
$(BUILD)/fuzz/shell: $(shell_fuzz_parts)
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 $(sanitizers) -fsanitize=fuzzer $^ \
		-Wl,-l:libstdc++.so.6 -o $@

# Debian's libFuzzer is built on libstdc++, the project on libc++: both are linked.
$(BUILD)/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%_fuzz.cpp.o $(fuzz_parts)
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 $(sanitizers) -fsanitize=fuzzer $^ \
		-Wl,-l:libstdc++.so.6 -o $@

# Reached through a pattern, objects would be deleted as intermediate.
.SECONDARY: $(fuzz_parts) $(shell_fuzz_parts) $(fuzz_targets:%=$(BUILD)/fuzz/tests/fuzz/%_fuzz.cpp.o)

.PHONY: fuzz $(fuzz_targets:%=fuzz-%)
fuzz: $(fuzz_targets:%=fuzz-%)
fuzz-shell: $(BUILD)/heap44-host
fuzz-shell: fuzz_seeds = @$(PYTHON) tools/fuzz_seeds.py $(BUILD)/heap44-host $(BUILD)/fuzz/seeds \
	$(BUILD)/fuzz/shell.dict
# What the frames of a stopped command own stays, as in the kernel.
fuzz-shell: fuzz_options := -detect_leaks=0 -dict=$(BUILD)/fuzz/shell.dict $(BUILD)/fuzz/seeds
$(fuzz_targets:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	$(fuzz_seeds)
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=2048 -timeout=30 -artifact_prefix=$(BUILD)/fuzz/ \
		-verbosity=0 -print_final_stats=1 $(BUILD)/fuzz/corpus/$* \
		$(wildcard tests/fuzz/corpus/$*) $(fuzz_options)

# make fuzz-corpus   what the shell's target has found since, as few and small inputs as cover it.
.PHONY: fuzz-corpus fuzz-coverage
fuzz-corpus: $(BUILD)/fuzz/shell $(BUILD)/heap44-host
	@$(PYTHON) tools/merge_corpus.py $^ tests/fuzz/corpus/shell $(BUILD)/fuzz/corpus/shell

# make fuzz-coverage   what of the heap and of the shell the corpus makes run
fuzz_coverage_objects := $(call objects,fuzz-coverage,$(shell_fuzz_sources))
$(fuzz_coverage_objects): fuzz_checks := -fprofile-instr-generate -fcoverage-mapping
$(BUILD)/fuzz-coverage/shell: $(fuzz_coverage_objects)
	$(call say,link     $@)
	$(quiet)$(CXX) -stdlib=libc++ -fuse-ld=lld-19 -fprofile-instr-generate -fsanitize=fuzzer $^ \
		-Wl,-l:libstdc++.so.6 -o $@

fuzz-coverage: $(BUILD)/fuzz-coverage/shell
	@LLVM_PROFILE_FILE=$<.raw $< -runs=0 tests/fuzz/corpus/shell >$<.log 2>&1
	@llvm-profdata-19 merge -sparse $<.raw -o $<.profile
	@for part in src/mm/heap src/shell; do \
		echo "$$part"; llvm-cov-19 report -show-region-summary=0 -instr-profile=$<.profile $< \
		$$part | sed -n '1p;$$p'; done

# --- checks -----------------------------------------------------------------------------------

cxx_files := $(shell git ls-files -co --exclude-standard '*.cpp' '*.hpp' 2>/dev/null)
python_files := $(shell git ls-files -co --exclude-standard '*.py' 2>/dev/null)
shell_files := tools/setup.sh .ci/run
tidy_sources := $(filter %.cpp,$(sort $(kernel_sources) $(host_sources) $(library_sources)))

check: check-format check-tidy check-shell check-python check-floors check-renderers check-new \
	check-docs

.PHONY: check-format check-tidy check-shell check-python check-floors check-renderers check-new \
	check-docs
check-format: | tools
	@clang-format-19 --dry-run --Werror $(cxx_files)

format: | tools
	@clang-format-19 -i $(cxx_files)

check-tidy: $(patsubst %,$(BUILD)/tidy/%.ok,$(tidy_sources))

tidy = $(quiet)mkdir -p $(@D) && clang-tidy-19 --quiet $< -- $(1) >$@.log 2>&1 || { \
	grep -v 'warnings generated' $@.log; exit 1; }; touch $@

# Through the object each stamp depends on the headers, too.
$(BUILD)/tidy/src/host/%.ok: src/host/% .clang-tidy $(BUILD)/host/src/host/%.o
	$(call say,tidy     $<)
	$(call tidy,$(host_flags))

$(BUILD)/tidy/src/library/%.ok: src/library/% .clang-tidy $(BUILD)/library/src/library/%.o
	$(call say,tidy     $<)
	$(call tidy,$(library_flags))

$(BUILD)/tidy/%.ok: % .clang-tidy $(BUILD)/kernel/%.o
	$(call say,tidy     $<)
	$(call tidy,$(kernel_flags))

check-shell: | tools
	@shellcheck $(shell_files)

check-python: | tools
	@mypy --no-error-summary $(python_files)
	@$(PYTHON) -m pyflakes $(python_files)
	@if LC_ALL=C.UTF-8 grep -HnE '.{101}' $(python_files); then \
		echo 'longer than 100 columns' >&2; exit 1; fi

check-floors:
	@$(PYTHON) tools/check_floors.py src

check-renderers:
	@$(PYTHON) tools/check_renderers.py src

check-new: $(kernel_objects)
	@$(PYTHON) tools/check_no_new.py $(kernel_objects)

docs: $(BUILD)/heap44-host
	@$(PYTHON) tools/shell_docs.py $< docs/shell.md
	@$(PYTHON) tools/session_picture.py $< docs/session.svg

check-docs: $(BUILD)/heap44-host
	@$(PYTHON) tools/shell_docs.py --check $< docs/shell.md
	@$(PYTHON) tools/session_picture.py --check $< docs/session.svg

# --- benchmarks -------------------------------------------------------------------------------

# The designs are compiled with the kernel's flags, but for the code model; the rest of the program
# is there to measure them. Google Benchmark and Boost come built on or for libstdc++.
bench_designs := bench/ours.cpp $(filter-out %/journal.cpp %/journal_snapshots.cpp,$(call below,cpp,src/mm/heap))
bench_harness := $(sort $(filter-out $(bench_designs),$(wildcard bench/*.cpp)))
bench_objects := $(call objects,bench,$(bench_designs) $(bench_harness))
bench_flags := $(common_flags) -stdlib=libstdc++ -fPIE
bench_traces := $(BUILD)/bench/traces
bench_seconds ?= 0.01

$(call objects,bench,$(bench_harness)): bench_flags := \
	$(filter-out -fno-exceptions -fno-rtti,$(common_flags)) -stdlib=libstdc++ -fPIE \
	-DHEAP44_TRACES='"$(bench_traces)"'

$(BUILD)/benchmarks: $(bench_objects)
	$(call say,link     $@)
	$(quiet)$(CXX) $^ -lbenchmark -lpthread -ldl -o $@

# make bench-build SINCE=v0.1 BUILT="all unit"   processor time of a clean build, then and today
SINCE ?= HEAD
TURNS ?= 2
BUILT ?= all
.PHONY: bench-build
bench-build:
	@$(PYTHON) tools/measure_build.py $(SINCE) $(TURNS) $(BUILT)

$(bench_traces)/.made: tools/make_traces.py
	@$(PYTHON) $< $(@D)
	@touch $@

# jemalloc is loaded while the program runs and wants more thread-local memory than is kept for that.
.PHONY: bench
bench: $(BUILD)/benchmarks $(bench_traces)/.made
	@GLIBC_TUNABLES=glibc.rtld.optional_static_tls=65536 $(BUILD)/benchmarks \
		--benchmark_min_time=$(bench_seconds) --benchmark_repetitions=18 \
		--benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true \
		--benchmark_out=$(BUILD)/bench/figures.json --benchmark_out_format=json \
		>$(BUILD)/bench/log || { cat $(BUILD)/bench/log; exit 1; }
	@$(PYTHON) tools/bench_report.py $(BUILD)/bench/figures.json docs/benchmarks.md docs/benchmarks.svg
