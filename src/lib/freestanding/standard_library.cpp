// SPDX-License-Identifier: MIT
// What libc++'s headers expect of a compiled library: shared_ptr's counts, std::string, the sizes
// of hash tables, and where failed checks end.
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "lib/caller.hpp"
#include "lib/panic.hpp"
#include "lib/text.hpp"

namespace heap44 {

// Which directory the headers lie in says nothing about the failure, and differs between machines.
static std::string_view without_directory(std::string_view message) {
    const std::size_t line = message.find(':');
    const std::size_t slash = message.substr(0, line).rfind('/');
    return slash == std::string_view::npos ? message : message.substr(slash + 1);
}

void standard_library_check_failed(const char* message) {
    std::string_view text = without_directory(message);
    if (text.ends_with('\n')) text.remove_suffix(1);
    panic(PanicKind::panic, text, caller_address());
}

}  // namespace heap44

// Where a call of a virtual function lands that no class has defined: in an object that is being
// made or destroyed.
extern "C" void __cxa_pure_virtual();
extern "C" void __cxa_pure_virtual() {
    heap44::panic(heap44::PanicKind::panic, "pure virtual function called",
                  heap44::caller_address());
}

_LIBCPP_BEGIN_NAMESPACE_STD

// The library's headers declare it as compiled elsewhere: here.
template class basic_string<char>;

// Called by functions that would have thrown an exception: at(), value(), a bad size.
// NOLINTNEXTLINE(cert-dcl50-cpp): libc++ declares it so.
void __libcpp_verbose_abort(const char* format, ...) {
    const auto text = heap44::format_fixed<200>("standard library: {}", string_view(format));
    heap44::panic(heap44::PanicKind::panic, text.view(), heap44::caller_address());
}

__shared_count::~__shared_count() = default;
__shared_weak_count::~__shared_weak_count() = default;

// One processor and no threads: counting needs no atomic operations. Minus one means "none left",
// as everywhere in these two classes.
void __shared_weak_count::__release_weak() noexcept {
    if (__shared_weak_owners_-- == 0) __on_zero_shared_weak();
}

// A weak pointer becomes a shared one, if an owner is left.
__shared_weak_count* __shared_weak_count::lock() noexcept {
    if (__shared_owners_ == -1) return nullptr;
    ++__shared_owners_;
    return this;
}

// A deleter is asked for by its type; without run-time type information nobody can.
const void* __shared_weak_count::__get_deleter(const type_info&) const noexcept {
    return nullptr;
}

// Hash tables want a prime number of buckets.
size_t __next_prime(size_t number) {
    const auto is_prime = [](size_t candidate) {
        for (size_t divisor = 2; divisor <= candidate / divisor; ++divisor) {
            if (candidate % divisor == 0) return false;
        }
        return candidate >= 2;
    };
    while (!is_prime(number)) ++number;
    return number;
}

_LIBCPP_END_NAMESPACE_STD

// The load factor's arithmetic in hash tables, whose values are far from where a float has no
// fraction anyway.
extern "C" float ceilf(float value) noexcept {
    const float whole = static_cast<float>(static_cast<long>(value));
    return whole < value ? whole + 1 : whole;
}
