// SPDX-License-Identifier: MIT
// The journal's whole copies of the heap: snapshots, and the state before the last step.
#include <algorithm>
#include <cstring>

#include "mm/heap/history/journal.hpp"
#include "mm/heap/history/step_notation.hpp"

namespace heap44::mm {

// --- snapshots ---

const Journal::Snapshot* Journal::find_snapshot(std::string_view name) const {
    const auto found =
        std::ranges::find(snapshots(), name, [](const Snapshot& each) { return each.name.view(); });
    return found == snapshots().end() ? nullptr : &*found;
}

bool Journal::has_place_for(std::string_view name) const {
    return snapshot_count_ < snapshot_capacity_ || find_snapshot(name) != nullptr;
}

/// A snapshot is copied from the committed bytes, not from the heap: between commands they are the
/// same. The store of pages is shared with `previous_`, which gives up its own first.
bool Journal::take_snapshot(std::string_view name) {
    previous_.window.clear();
    const Snapshot* known = find_snapshot(name);
    Snapshot& snapshot =
        snapshots_[known != nullptr ? static_cast<std::size_t>(known - snapshots_.data())
                                    : snapshot_count_];
    if (!snapshot.window.has_room_for(window_)) return false;
    if (known == nullptr) ++snapshot_count_;
    snapshot.name = BlockName(name);
    std::ranges::copy(committed_, snapshot.bytes.begin());
    snapshot.window.assign(window_);
    snapshot.state = last_state_;
    return true;
}

void Journal::forget_snapshots() {
    for (Snapshot& each : std::span(snapshots_).first(snapshot_count_)) each.window.clear();
    snapshot_count_ = 0;
}

/// Writes only what differs, so the next commit looks at few pages.
void Journal::load(const Snapshot& snapshot) {
    heap_.unmap_all();
    const std::span<const std::byte> bytes = snapshot.bytes;
    copy_differences(bytes.first(heap_.region().size()), heap_.region());
    copy_differences(bytes.last(heap_.records().size()), heap_.records());
    heap_.set_state(*snapshot.state);
    put_pages(snapshot.window);
}

// --- comparing ---

/// The last step is applied to a copy, not to the heap: looking back leaves no trace.
const Journal::Snapshot* Journal::previous() {
    if (previous_.bytes.empty() || !previous_.window.has_room_for(window_)) return nullptr;
    const Step& done = step(at_ - 1);
    std::ranges::copy(committed_, previous_.bytes.begin());
    previous_.window.assign(window_);
    if (!flip(done, previous_.bytes, previous_.window, [](std::size_t, std::byte) {})) {
        return nullptr;
    }
    previous_.state = done.state;
    return &previous_;
}

/// Blocks' and holes' bytes only: the records are the heap's own book-keeping.
std::size_t Journal::bytes_changed_since(const Snapshot& then) const {
    std::size_t count = 0;
    const auto add_differences = [&](std::span<const std::byte> now,
                                     std::span<const std::byte> was) {
        for (std::size_t at = 0; at < now.size(); ++at) count += now[at] != was[at] ? 1 : 0;
    };
    const std::size_t size = heap_.region().size();
    add_differences(committed().first(size), std::span<const std::byte>(then.bytes).first(size));
    for (std::size_t page = 0; page < window_pages(); ++page) {
        if (window_.is_kept(page) || then.window.is_kept(page)) {
            add_differences(window_[page], then.window[page]);
        }
    }
    return count;
}

/// A record has the same place in every image, because all images are cut alike.
Block Journal::record_in(std::span<const std::byte> bytes, const Block& block) const {
    Block result;
    std::memcpy(&result, bytes.data() + offset_of(address_of(&block)), sizeof(result));
    return result;
}

}  // namespace heap44::mm
