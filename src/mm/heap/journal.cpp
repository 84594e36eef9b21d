// SPDX-License-Identifier: MIT
#include "mm/heap/journal.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "lib/align.hpp"

namespace heap44::mm {

namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t smallest_ring = std::size_t{64} * 1024;
constexpr std::size_t fewest_steps = 64;
constexpr std::size_t most_steps = 1024;

std::size_t room(std::size_t size) {
    return align_up(size, alignment);
}

std::size_t bytes_of(const Heap& heap) {
    return room(heap.region().size()) + heap.records().size();
}

/// Writes only where something is to be changed: what is not written to need not be looked at.
void copy_differences(std::span<const std::byte> from, std::span<std::byte> to) {
    for_each_difference(from, to, [&](std::size_t begin, std::size_t end) {
        std::memcpy(to.data() + begin, from.data() + begin, end - begin);
    });
}

/// Whether anything is different that no byte of the heap tells. The mark alone is no change: it
/// only looks.
bool differ(const Heap::State& left, const Heap::State& right) {
    return left.design.index() != right.design.index() || left.allocations != right.allocations ||
           left.frees != right.frees || left.failures != right.failures ||
           left.peak_used != right.peak_used;
}

}  // namespace

/// Compares pages with the copy, brings the copy up to date, and writes down what differed.
class Journal::Recorder final : public PageVisitor {
public:
    explicit Recorder(Journal& journal) : journal_(journal) {}

    void visit(VirtAddr page) override {
        const std::size_t offset = journal_.offset_of(page);
        const auto live = journal_.live_from(offset);
        const std::size_t size = std::min<std::size_t>(page_size, live.size());
        const auto now = live.first(size);
        const auto was = journal_.shadow_.subspan(offset, size);
        for_each_difference(now, was, [&](std::size_t begin, std::size_t end) {
            if (!found_any_) journal_.give_up_redo();
            found_any_ = true;
            put_number(offset + begin - behind_, [this](std::uint8_t byte) { put(byte); });
            put_number(end - begin, [this](std::uint8_t byte) { put(byte); });
            for (std::size_t at = begin; at < end; ++at) {
                put(std::to_integer<std::uint8_t>(now[at] ^ was[at]));
                was[at] = now[at];
            }
            behind_ = offset + end;
        });
    }

    [[nodiscard]] bool found_any() const { return found_any_; }
    [[nodiscard]] ByteRing::Position begin() const { return begin_; }
    /// Whether all of it could be written down.
    [[nodiscard]] bool complete() const { return complete_; }

private:
    void put(std::uint8_t byte) {
        complete_ = complete_ && journal_.make_room(begin_);
        if (complete_) journal_.ring_.put(byte);
    }

    Journal& journal_;
    ByteRing::Position begin_ = journal_.next_begin();
    std::size_t behind_ = 0;
    bool found_any_ = false;
    bool complete_ = true;
};

/// Takes changes back, from the copy.
class Journal::Reverter final : public PageVisitor {
public:
    explicit Reverter(Journal& journal) : journal_(journal) {}

    void visit(VirtAddr page) override {
        const std::size_t offset = journal_.offset_of(page);
        const auto live = journal_.live_from(offset);
        const std::size_t size = std::min<std::size_t>(page_size, live.size());
        const auto was = journal_.shadow_.subspan(offset, size);
        copy_differences(was, live.first(size));
    }

private:
    Journal& journal_;
};

std::size_t Journal::least_memory(const Heap& heap) {
    return room(bytes_of(heap)) + 2 * room(HoleMap::bytes_needed(heap.region().size())) +
           room(fewest_steps * sizeof(Step)) + smallest_ring;
}

std::span<std::byte> Journal::carve(std::span<std::byte>& memory, std::size_t size) {
    const auto part = memory.first(size);
    memory = memory.subspan(room(size));
    return part;
}

HoleMap Journal::make_hole_map(std::span<std::byte>& memory) {
    const auto region = heap_.region();
    return {carve(memory, HoleMap::bytes_needed(region.size())), address_of(region.data()),
            region.size()};
}

Journal::Journal(Heap& heap, std::span<std::byte> memory, ChangedPages& pages)
    : heap_(heap),
      pages_(pages),
      shadow_(carve(memory, bytes_of(heap))),
      last_state_(heap.state()),
      hole_maps_{make_hole_map(memory), make_hole_map(memory)},
      ring_(memory) {
    // Half of what is left, at most, is for whole copies, a little for steps, the rest for what
    // they say.
    const std::size_t image = room(bytes_of(heap));
    if (memory.size() / 2 >= image) previous_.bytes = carve(memory, bytes_of(heap));
    snapshot_capacity_ = std::min(most_snapshots, memory.size() / 4 / image);
    for (Snapshot& each : std::span(snapshots_).first(snapshot_capacity_)) {
        each.bytes = carve(memory, bytes_of(heap));
    }
    const std::size_t count =
        std::clamp(memory.size() / 16 / sizeof(Step), fewest_steps, most_steps);
    steps_ = {reinterpret_cast<Step*>(carve(memory, count * sizeof(Step)).data()), count};
    ring_ = ByteRing(memory);
    std::ranges::copy(heap.region(), shadow_.begin());
    std::ranges::copy(heap.records(), shadow_.last(heap.records().size()).begin());
    // What was written until now is no change.
    struct Nothing final : PageVisitor {
        void visit(VirtAddr) override {}
    } nothing;
    for_each_changed_page(nothing);
}

void Journal::for_each_changed_page(PageVisitor& visitor) {
    for (const std::span<std::byte> part : {heap_.region(), heap_.records()}) {
        pages_.for_each_changed_page(address_of(part.data()), part.size(), visitor);
    }
}

std::size_t Journal::offset_of(VirtAddr address) const {
    const std::uint64_t in_region = address - address_of(heap_.region().data());
    if (in_region < heap_.region().size()) return in_region;
    return room(heap_.region().size()) + (address - address_of(heap_.records().data()));
}

std::span<std::byte> Journal::live_from(std::size_t offset) const {
    if (offset < heap_.region().size()) return heap_.region().subspan(offset);
    return heap_.records().subspan(offset - room(heap_.region().size()));
}

/// Where the next step's bytes go, once what was undone is given up.
ByteRing::Position Journal::next_begin() {
    return at_ == last_ ? ring_.end() : step(at_).begin;
}

void Journal::give_up_redo() {
    ring_.cut(next_begin());
    last_ = at_;
}

void Journal::forget_oldest() {
    ++first_;
    ++forgotten_;
}

/// Room for one more byte of the step that begins at `begin`; the oldest steps go for it.
bool Journal::make_room(ByteRing::Position begin) {
    while (first_ != last_ && ring_.end() - step(first_).begin >= ring_.size()) forget_oldest();
    return ring_.end() - begin < ring_.size();
}

void Journal::commit() {
    Recorder recorder(*this);
    for_each_changed_page(recorder);
    const Heap::State before = last_state_;
    last_state_ = heap_.state();
    if (!recorder.found_any() && !differ(before, last_state_)) return;
    give_up_redo();
    const bool can_go_back = before.why_no_undo().empty() && last_state_.why_no_undo().empty();
    if (!recorder.complete() || !can_go_back) {
        forgotten_ += last_ - first_ + 1;
        first_ = last_;
        return;
    }
    if (last_ - first_ == steps_.size()) forget_oldest();
    std::construct_at(&step(last_), Step{recorder.begin(), ring_.end(), before, label_});
    at_ = ++last_;
}

void Journal::come_back() {
    Reverter reverter(*this);
    for_each_changed_page(reverter);
    heap_.set_state(last_state_);
}

void Journal::revert() {
    last_state_.failures = heap_.state().failures;
    come_back();
}

/// The exclusive or leads from either side of a step to the other.
void Journal::flip(const Step& step, auto&& flip_byte) {
    std::size_t offset = 0;
    for (ByteRing::Reader reader(ring_, step.begin); reader.position() != step.end;) {
        offset += get_number(reader);
        const std::size_t size = get_number(reader);
        for (const std::size_t end = offset + size; offset < end; ++offset) {
            flip_byte(offset, std::byte{reader.get()});
        }
    }
}

void Journal::cross(Step& step) {
    flip(step, [this](std::size_t offset, std::byte difference) {
        shadow_[offset] ^= difference;
        live_from(offset).front() ^= difference;
    });
    last_state_ = std::exchange(step.state, heap_.state());
    heap_.set_state(last_state_);
}

const Journal::Label& Journal::undo() {
    Step& done = step(--at_);
    cross(done);
    return done.label;
}

const Journal::Label& Journal::redo() {
    Step& undone = step(at_++);
    cross(undone);
    return undone.label;
}

const Journal::Snapshot* Journal::previous() {
    if (previous_.bytes.empty()) return nullptr;
    const Step& done = step(at_ - 1);
    std::ranges::copy(shadow_, previous_.bytes.begin());
    flip(done, [this](std::size_t offset, std::byte difference) {
        previous_.bytes[offset] ^= difference;
    });
    previous_.state = done.state;
    return &previous_;
}

Block Journal::record_in(std::span<const std::byte> bytes, const Block& block) const {
    Block result;
    std::memcpy(&result, bytes.data() + offset_of(address_of(&block)), sizeof(result));
    return result;
}

const Journal::Snapshot* Journal::find_snapshot(std::string_view name) const {
    const auto found =
        std::ranges::find(snapshots(), name, [](const Snapshot& each) { return each.name.view(); });
    return found == snapshots().end() ? nullptr : &*found;
}

bool Journal::take_snapshot(std::string_view name) {
    const auto known =
        std::ranges::find(snapshots(), name, [](const Snapshot& each) { return each.name.view(); });
    const auto index = static_cast<std::size_t>(known - snapshots().begin());
    if (index == snapshot_capacity_) return false;
    snapshot_count_ = std::max(snapshot_count_, index + 1);
    Snapshot& snapshot = snapshots_[index];
    snapshot.name = BlockName(name);
    std::ranges::copy(shadow_, snapshot.bytes.begin());
    snapshot.state = last_state_;
    return true;
}

void Journal::load(const Snapshot& snapshot) {
    const std::span<const std::byte> bytes = snapshot.bytes;
    copy_differences(bytes.first(heap_.region().size()), heap_.region());
    copy_differences(bytes.last(heap_.records().size()), heap_.records());
    heap_.set_state(*snapshot.state);
}

}  // namespace heap44::mm
