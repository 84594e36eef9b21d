#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what building, running and testing needs (Debian and Ubuntu), or says what is missing.
#
#   tools/setup.sh [run]            install what is not there; run: what building and running needs
#   tools/setup.sh --check [run]    install nothing; one line on what is missing, status 1
set -eu

# What must be there, and the package that brings it: to build and to run,
needed='
clang++-19                                     clang-19
ld.lld-19                                      lld-19
llvm-nm-19                                     llvm-19
llvm-dwarfdump-19                              llvm-19
llvm-symbolizer-19                             llvm-19
/usr/lib/llvm-19/include/c++/v1/vector         libc++-19-dev
/usr/lib/llvm-19/lib/libc++abi.a               libc++abi-19-dev
/usr/include/x86_64-linux-gnu/bits/types.h     libc6-dev
nasm                                           nasm
qemu-system-x86_64                             qemu-system-x86
grub-mkrescue                                  grub-common
/usr/lib/grub/i386-pc/multiboot2.mod           grub-pc-bin
/usr/lib/grub/x86_64-efi/multiboot2.mod        grub-efi-amd64-bin
xorriso                                        xorriso
mformat                                        mtools
/usr/bin/python3                               python3
git                                            git
'
# and to test, to measure and to look for mistakes.
needed_by_the_rest='
/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.asan-x86_64.a libclang-rt-19-dev
clang-format-19                                clang-format-19
clang-tidy-19                                  clang-tidy-19
/usr/share/OVMF/OVMF_CODE.fd                   ovmf
/usr/lib/python3/dist-packages/pytest          python3-pytest
/usr/lib/python3/dist-packages/pexpect         python3-pexpect
/usr/lib/python3/dist-packages/xdist           python3-pytest-xdist
/usr/lib/python3/dist-packages/hypothesis      python3-hypothesis
/usr/lib/python3/dist-packages/pyte            python3-pyte
/usr/src/googletest                            googletest
/usr/include/benchmark/benchmark.h             libbenchmark-dev
/usr/include/mimalloc.h                        libmimalloc-dev
/usr/include/jemalloc/jemalloc.h               libjemalloc-dev
/usr/include/boost/version.hpp                 libboost-dev
/usr/include/nlohmann/json.hpp                 nlohmann-json3-dev
/usr/lib/python3/dist-packages/clang/cindex.py python3-clang-19
mypy                                           mypy
/usr/lib/python3/dist-packages/pyflakes        python3-pyflakes
shellcheck                                     shellcheck
gdb                                            gdb
'

only_check=
if [ "${1:-}" = --check ]; then
    only_check=yes
    shift
fi
case ${1:-} in
    run) ;;
    '') needed=$needed$needed_by_the_rest ;;
    *)
        echo "setup.sh: '$1' is neither --check nor run" >&2
        exit 2
        ;;
esac

is_there() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing_things=
missing_packages=
while read -r thing package; do
    if [ -n "$thing" ] && ! is_there "$thing"; then
        missing_things="$missing_things $thing"
        missing_packages="$missing_packages $package"
    fi
done <<EOF
$needed
EOF

[ -n "$missing_packages" ] || exit 0

if [ -n "$only_check" ]; then
    echo "missing:$missing_things; 'make setup${1:+ $1}' installs what is needed" >&2
    exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is neither Debian nor Ubuntu, so please install these yourself (Debian's names):" >&2
    echo " $missing_packages" >&2
    exit 1
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
echo "installing:$missing_packages"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # the packages are words
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing_packages
