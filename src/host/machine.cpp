// SPDX-License-Identifier: MIT
#include "host/machine.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <memory>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/address_plan.hpp"
#include "shell/platform/guard.hpp"

namespace heap44::host {

namespace {

std::uint64_t monotonic_nanoseconds() {
    std::timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

HostMachine::HostMachine() : start_(monotonic_nanoseconds()) {}

// There is no timer interrupt, but what one does can be done at any moment.
bool HostMachine::run_in_interrupt(shell::Task& handler) {
    handler.run();
    return true;
}

std::size_t HostMachine::backtrace(std::span<std::uint64_t> into) const {
    const int depth =
        ::backtrace(reinterpret_cast<void**>(into.data()), static_cast<int>(into.size()));
    return static_cast<std::size_t>(depth);
}

/// Linux reads for us: an address that is not mapped gives a short count and no signal.
std::size_t HostMachine::read_memory(VirtAddr address, std::span<std::byte> into) const {
    const iovec local{into.data(), into.size()};
    const iovec remote{reinterpret_cast<void*>(address.value), into.size()};
    const ssize_t copied = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    return copied < 0 ? 0 : static_cast<std::size_t>(copied);
}

std::size_t HostMachine::heap_bytes_from(VirtAddr address) const {
    constexpr VirtAddr window_end = guard_window_start + guard_window_size;
    if (address >= heap_.start && address < heap_.end) return heap_.end - address;
    if (address >= guard_window_start && address < window_end) return window_end - address;
    return 0;
}

// Only the heap is for writing: the rest is the program that holds it.
shell::Access HostMachine::access(VirtAddr address) const {
    std::byte byte;
    if (read_memory(address, {&byte, 1}) != 1) return shell::Access::none;
    return heap_bytes_from(address) > 0 ? shell::Access::write : shell::Access::read;
}

/// Only into the heap. Linux writes for us, so a page that is not mapped gives a short count.
std::size_t HostMachine::write_memory(VirtAddr address, std::span<const std::byte> from) {
    const std::size_t size = std::min(from.size(), heap_bytes_from(address));
    written_pages().allow_all(address, size);
    const iovec local{const_cast<std::byte*>(from.data()), size};
    const iovec remote{reinterpret_cast<void*>(address.value), size};
    const ssize_t copied = process_vm_writev(getpid(), &local, 1, &remote, 1, 0);
    return copied < 0 ? 0 : static_cast<std::size_t>(copied);
}

void HostMachine::for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) const {
    constexpr VirtAddr start = guard_window_start;
    constexpr VirtAddr end = start + guard_window_size;
    const std::array regions{heap_, shell::MemoryRegion{start - page_size, start, "guard page"},
                             shell::MemoryRegion{start, end, "heap window"},
                             shell::MemoryRegion{end, end + page_size, "guard page"}};
    (void)std::ranges::all_of(regions, [&](const auto& region) { return visitor.visit(region); });
}

/// From the dynamic symbol table; lines are not known here.
std::optional<shell::CodePlace> HostMachine::describe_code(std::uint64_t code) const {
    Dl_info found{};
    if (dladdr(reinterpret_cast<void*>(code), &found) == 0 || found.dli_sname == nullptr) {
        return std::nullopt;
    }
    // Names come mangled; parameters are cut off, as in the kernel's table.
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(found.dli_sname, nullptr, nullptr, &status), &std::free);
    const std::string_view whole = status == 0 ? name.get() : found.dli_sname;
    code_name_ = FixedText<128>(whole.substr(0, whole.find('(')));
    return shell::CodePlace{.name = code_name_.view(),
                            .offset = code - reinterpret_cast<std::uint64_t>(found.dli_saddr)};
}

std::uint64_t HostMachine::nanoseconds() const {
    return monotonic_nanoseconds() - start_;
}

// As QEMU ends: 0, or what isa-debug-exit makes of the status.
void HostMachine::poweroff(std::optional<std::uint8_t> status) {
    std::fflush(stdout);
    std::_Exit(status ? (*status << 1 | 1) : 0);
}

}  // namespace heap44::host
