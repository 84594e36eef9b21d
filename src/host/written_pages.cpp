// SPDX-License-Identifier: MIT
#include "host/written_pages.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>

#include "host/map.hpp"
#include "lib/align.hpp"

namespace heap44::host {

namespace {

constinit WrittenPages the_pages;

bool protect(VirtAddr start, std::size_t pages, int protection) {
    return mprotect(reinterpret_cast<void*>(start.value), pages * page_size, protection) == 0;
}

std::size_t pages_of(std::uint64_t size) {
    return align_up(size, page_size) / page_size;
}

}  // namespace

WrittenPages& written_pages() {
    return the_pages;
}

void WrittenPages::add(VirtAddr start, std::size_t size, State state) {
    const std::span memory = map_memory({}, pages_of(size), 0);
    const std::span states(reinterpret_cast<State*>(memory.data()), memory.size());
    std::ranges::fill(states, state);
    ranges_[count_++] = {start, states};
}

std::span<WrittenPages::State> WrittenPages::states_from(VirtAddr start) {
    for (const Range& range : std::span(ranges_).first(count_)) {
        const std::uint64_t page = (start - range.start) / page_size;
        if (page < range.states.size()) return range.states.subspan(page);
    }
    return {};
}

/// Run by run, so that neighbours cost one system call. A run that Linux does not protect stays
/// written: it is only looked at once more than it has to be.
void WrittenPages::visit(VirtAddr start, std::uint64_t size, mm::PageVisitor& visitor) {
    if (!is_on_) return mm::visit_every_page(start, size, visitor);
    const std::span states = states_from(start).first(pages_of(size));
    for (auto at = states.begin();;) {
        const auto first = std::find(at, states.end(), State::written);
        if (first == states.end()) return;
        at = std::find_if(first, states.end(), [](State each) { return each != State::written; });
        const VirtAddr run = start + static_cast<std::size_t>(first - states.begin()) * page_size;
        const auto pages = static_cast<std::size_t>(at - first);
        if (protect(run, pages, PROT_READ)) std::fill(first, at, State::clean);
        mm::visit_every_page(run, pages * page_size, visitor);
    }
}

bool WrittenPages::allow(VirtAddr address) {
    const std::span states = states_from(address);
    if (states.empty() || states.front() != State::clean) return false;
    const int error = errno;
    states.front() = State::written;
    const bool done = protect({align_down(address.value, page_size)}, 1, PROT_READ | PROT_WRITE);
    errno = error;
    return done;
}

void WrittenPages::allow_all(VirtAddr start, std::size_t size) {
    if (size == 0) return;
    const VirtAddr end = start + size;
    for (VirtAddr page{align_down(start.value, page_size)}; page < end; page += page_size) {
        (void)allow(page);
    }
}

/// Linux keeps the memory of pages that go, and only forbids its use: that takes half the time of
/// mapping it anew. So what was there is erased when it is used again.
bool WrittenPages::map(VirtAddr start, std::size_t pages) {
    if (!protect(start, pages, PROT_READ | PROT_WRITE)) return false;
    std::ranges::fill(states_from(start).first(pages), State::written);
    std::memset(reinterpret_cast<void*>(start.value), 0, pages * page_size);
    return true;
}

void WrittenPages::unmap(VirtAddr start, std::size_t pages) {
    (void)protect(start, pages, PROT_NONE);
    std::ranges::fill(states_from(start).first(pages), State::unmapped);
}

}  // namespace heap44::host
