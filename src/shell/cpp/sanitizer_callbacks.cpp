// SPDX-License-Identifier: MIT
// What clang's kernel address sanitizer calls before each access of instrumented code. There is no
// shadow memory behind it: the ledger knows every block. The Makefile has the compiler call these
// functions instead of its own, which a program under a sanitizer has as well.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "lib/caller.hpp"
#include "shell/cpp/access_check.hpp"

namespace {

using heap44::caller_address;
using heap44::VirtAddr;
using heap44::shell::Access;
using heap44::shell::check_access;

void check(const volatile void* pointer, std::size_t size, Access access, std::uint64_t caller) {
    check_access(heap44::address_of(pointer), size, access, caller);
}

}  // namespace

// Two functions for each size that an access can have at once: the compiler calls the one with this
// name. `noabort` is its word for "the check decides whether to go on".
#define HEAP44_ON_ACCESS(bytes)                                                  \
    void heap44_load##bytes##_noabort(std::uintptr_t address);                   \
    void heap44_load##bytes##_noabort(std::uintptr_t address) {                  \
        check_access(VirtAddr{address}, bytes, Access::read, caller_address());  \
    }                                                                            \
    void heap44_store##bytes##_noabort(std::uintptr_t address);                  \
    void heap44_store##bytes##_noabort(std::uintptr_t address) {                 \
        check_access(VirtAddr{address}, bytes, Access::write, caller_address()); \
    }

extern "C" {

HEAP44_ON_ACCESS(1)
HEAP44_ON_ACCESS(2)
HEAP44_ON_ACCESS(4)
HEAP44_ON_ACCESS(8)
HEAP44_ON_ACCESS(16)

void heap44_loadN_noabort(const void* address, std::size_t size);
void heap44_loadN_noabort(const void* address, std::size_t size) {
    check(address, size, Access::read, caller_address());
}

void heap44_storeN_noabort(void* address, std::size_t size);
void heap44_storeN_noabort(void* address, std::size_t size) {
    check(address, size, Access::write, caller_address());
}

void* heap44_memcpy(void* destination, const void* source, std::size_t size);
void* heap44_memcpy(void* destination, const void* source, std::size_t size) {
    // No bytes may be anywhere, also at null, which the library does not take.
    if (size == 0) return destination;
    check(source, size, Access::read, caller_address());
    check(destination, size, Access::write, caller_address());
    return std::memcpy(destination, source, size);
}

void* heap44_memmove(void* destination, const void* source, std::size_t size);
void* heap44_memmove(void* destination, const void* source, std::size_t size) {
    if (size == 0) return destination;
    check(source, size, Access::read, caller_address());
    check(destination, size, Access::write, caller_address());
    return std::memmove(destination, source, size);
}

void* heap44_memset(void* destination, int value, std::size_t size);
void* heap44_memset(void* destination, int value, std::size_t size) {
    if (size == 0) return destination;
    check(destination, size, Access::write, caller_address());
    return std::memset(destination, value, size);
}

/// The compiler calls it before a call that does not return, so that a sanitizer can clear its
/// shadow of the stack. There is none here. This function is weak: a program under a sanitizer has
/// the sanitizer's own.
[[gnu::weak]] void __asan_handle_no_return();
void __asan_handle_no_return() {}

}  // extern "C"
