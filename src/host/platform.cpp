// SPDX-License-Identifier: MIT
#include "host/platform.hpp"

#include <algorithm>
#include <array>
#include <csignal>
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

#include "mm/heap/page_control.hpp"

namespace heap44::host {

namespace {

volatile std::sig_atomic_t interrupt_pending = 0;

std::uint64_t monotonic_nanoseconds() {
    std::timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

HostPlatform::HostPlatform() : start_(monotonic_nanoseconds()) {
    std::signal(SIGINT, [](int) { interrupt_pending = 1; });
}

void HostPlatform::write(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::optional<shell::InputByte> HostPlatform::read() {
    std::fflush(stdout);
    const int byte = std::getchar();
    if (byte == EOF) return std::nullopt;
    return shell::InputByte{static_cast<std::uint8_t>(byte), false};
}

bool HostPlatform::interrupt_requested() {
    return interrupt_pending != 0;
}

void HostPlatform::interrupt_served() {
    interrupt_pending = 0;
}

// What the task's frames own is left as it is, as in the kernel: the shell says what stays behind.
const shell::Report* HostPlatform::run_guarded(shell::Task& task) {
    std::jmp_buf here;
    std::jmp_buf* const outer = guard_;
    guard_ = &here;
    const bool stopped = setjmp(here) != 0;
    if (!stopped) task.run();
    guard_ = outer;
    return stopped ? &report_ : nullptr;
}

void HostPlatform::stop(const shell::Report& report) {
    report_ = report;
    if (guard_ == nullptr) {
        std::fprintf(stderr, "heap44-host: %.*s\n", static_cast<int>(report.message.view().size()),
                     report.message.view().data());
        std::abort();
    }
    std::longjmp(*guard_, 1);
}

// There is no timer interrupt, but what one does can be done at any moment.
bool HostPlatform::run_in_interrupt(shell::Task& handler) {
    handler.run();
    return true;
}

std::size_t HostPlatform::backtrace(std::span<std::uint64_t> into) {
    const int depth =
        ::backtrace(reinterpret_cast<void**>(into.data()), static_cast<int>(into.size()));
    return static_cast<std::size_t>(depth);
}

std::size_t HostPlatform::read_memory(VirtAddr address, std::span<std::byte> into) {
    const iovec local{into.data(), into.size()};
    const iovec remote{reinterpret_cast<void*>(address.value), into.size()};
    const ssize_t copied = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    return copied < 0 ? 0 : static_cast<std::size_t>(copied);
}

std::size_t HostPlatform::heap_bytes_from(VirtAddr address) const {
    constexpr VirtAddr window_end = mm::guard_window_start + mm::guard_window_size;
    if (address >= heap_.start && address < heap_.end) return heap_.end - address;
    if (address >= mm::guard_window_start && address < window_end) return window_end - address;
    return 0;
}

// Only the heap is for writing: the rest is the program that holds it.
shell::Access HostPlatform::access(VirtAddr address) {
    std::byte byte;
    if (read_memory(address, {&byte, 1}) != 1) return shell::Access::none;
    return heap_bytes_from(address) > 0 ? shell::Access::write : shell::Access::read;
}

std::size_t HostPlatform::write_memory(VirtAddr address, std::span<const std::byte> from) {
    const std::size_t size = std::min(from.size(), heap_bytes_from(address));
    const iovec local{const_cast<std::byte*>(from.data()), size};
    const iovec remote{reinterpret_cast<void*>(address.value), size};
    const ssize_t copied = process_vm_writev(getpid(), &local, 1, &remote, 1, 0);
    return copied < 0 ? 0 : static_cast<std::size_t>(copied);
}

void HostPlatform::for_each_region(shell::Visitor<shell::MemoryRegion>& visitor) {
    constexpr VirtAddr start = mm::guard_window_start;
    constexpr VirtAddr end = start + mm::guard_window_size;
    const std::array regions{heap_, shell::MemoryRegion{start - page_size, start, "guard page"},
                             shell::MemoryRegion{start, end, "heap window"},
                             shell::MemoryRegion{end, end + page_size, "guard page"}};
    (void)std::ranges::all_of(regions, [&](const auto& region) { return visitor.visit(region); });
}

std::optional<shell::CodePlace> HostPlatform::describe_code(std::uint64_t code) {
    Dl_info found{};
    if (dladdr(reinterpret_cast<void*>(code), &found) == 0 || found.dli_sname == nullptr) {
        return std::nullopt;
    }
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(found.dli_sname, nullptr, nullptr, &status), &std::free);
    const std::string_view whole = status == 0 ? name.get() : found.dli_sname;
    code_name_ = FixedText<128>(whole.substr(0, whole.find('(')));
    return shell::CodePlace{.name = code_name_.view(),
                            .offset = code - reinterpret_cast<std::uint64_t>(found.dli_saddr)};
}

std::uint64_t HostPlatform::nanoseconds() {
    return monotonic_nanoseconds() - start_;
}

// As QEMU ends: 0, or what isa-debug-exit makes of the status.
void HostPlatform::poweroff(std::optional<std::uint8_t> status) {
    std::fflush(stdout);
    std::_Exit(status ? (*status << 1 | 1) : 0);
}

}  // namespace heap44::host
