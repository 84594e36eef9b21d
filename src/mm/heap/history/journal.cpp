// SPDX-License-Identifier: MIT
#include "mm/heap/history/journal.hpp"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "lib/align.hpp"
#include "lib/carver.hpp"
#include "mm/heap/damage/page_slack.hpp"
#include "mm/heap/history/step_notation.hpp"

namespace heap44::mm {

namespace {

constexpr std::size_t smallest_ring = std::size_t{64} * 1024;
constexpr std::size_t fewest_steps = 64;
constexpr std::size_t most_steps = 1024;

/// In the committed bytes the records begin behind the region, at a multiple of 64.
std::size_t bytes_before_records_of(const Heap& heap) {
    return align_up(heap.region().size(), 64);
}

std::size_t window_pages_of(const Heap& heap) {
    return heap.window() ? heap.window()->size / page_size : 0;
}

/// A copy of the heap's bytes: region and records, and a slot for each page of the window.
Carver<std::byte, PageStore::Slot> image_of(const Heap& heap) {
    return {bytes_before_records_of(heap) + heap.records().size(), window_pages_of(heap)};
}

Carver<std::byte, std::byte> hole_maps_of(const Heap& heap) {
    return {heap.hole_map_bytes(), heap.hole_map_bytes()};
}

/// Whether anything is different that no byte of the heap tells: another design or policy on an
/// empty heap, a failure counted. Blocks that come and go show in the ledger's bytes, and the mark
/// alone is no change: it only looks.
bool differ(const Heap::State& left, const Heap::State& right) {
    return !are_set_alike(left.design, right.design) || left.failures != right.failures;
}

}  // namespace

/// Takes changes of region and records back, from the copy. Only bytes that differ are written.
class Journal::Reverter final : public PageVisitor {
public:
    explicit Reverter(Journal& journal) : journal_(journal) {}

    void visit(VirtAddr page) override {
        const Compared found = journal_.compare(page);
        copy_differences(found.was, found.now);
    }

private:
    Journal& journal_;
};

std::size_t Journal::least_memory(const Heap& heap) {
    return image_of(heap).bytes() + hole_maps_of(heap).bytes() +
           Carver<Step>{fewest_steps}.bytes() + smallest_ring;
}

// Cuts the memory into parts, one behind the other:
//
//     committed, slots of the window, 2 hole maps, previous state, snapshots, stores, steps, ring
//
// `previous` and the snapshots are whole images, made only where there is memory to spare; the ring
// takes what is left.
Journal::Journal(Heap& heap, std::span<std::byte> memory, ChangedPages& pages)
    : heap_(heap),
      pages_(pages),
      last_state_(heap.state()),
      told_(heap.changes_told()),
      ring_(memory) {
    const auto image = image_of(heap);
    const auto carve_image = [&](std::span<std::byte>& bytes, PageCopies& window,
                                 PageStore& store) {
        std::span<PageStore::Slot> slots;
        std::tie(bytes, slots) = image.carve(memory);
        window = PageCopies(slots, store);
    };
    carve_image(committed_, window_, store_);
    std::tie(hole_map_memory_[0], hole_map_memory_[1]) = hole_maps_of(heap).carve(memory);
    // Half of what is left, at most, is for whole copies; of the rest a quarter for what blocks in
    // a window hold, a little for steps, and what remains for what they say.
    const auto make_snapshot = [&](Snapshot& each) {
        carve_image(each.bytes, each.window, snapshot_store_);
    };
    if (memory.size() / 2 >= image.bytes()) make_snapshot(previous_);
    snapshot_capacity_ = std::min(most_snapshots, memory.size() / 4 / image.bytes());
    for (Snapshot& each : std::span(snapshots_).first(snapshot_capacity_)) make_snapshot(each);
    if (heap.window()) {
        const std::size_t share = memory.size() / 8;
        const auto [held, kept] = Carver<std::byte, std::byte>{share, share}.carve(memory);
        store_ = PageStore(held);
        snapshot_store_ = PageStore(kept);
    }
    const std::size_t count =
        std::clamp(memory.size() / 16 / sizeof(Step), fewest_steps, most_steps);
    // A slot here is only memory: `commit` constructs the step in it.
    std::tie(steps_) = Carver<Step>{count}.carve(memory);
    ring_ = ByteRing(memory);
    std::ranges::copy(heap.region(), committed_.begin());
    std::ranges::copy(heap.records(), committed_.last(heap.records().size()).begin());
    // What was written until now is no change.
    struct Nothing final : PageVisitor {
        void visit(VirtAddr) override {}
    } nothing;
    for_each_changed_page(nothing);
}

// --- where the bytes are: the region's and the records' in one row, the window's by page ---

void Journal::for_each_changed_page(PageVisitor& visitor) {
    for (const std::span<std::byte> part : {heap_.region(), heap_.records()}) {
        pages_.for_each_changed_page(address_of(part.data()), part.size(), visitor);
    }
}

std::size_t Journal::offset_of(VirtAddr address) const {
    const std::uint64_t in_region = address - address_of(heap_.region().data());
    if (in_region < heap_.region().size()) return in_region;
    return bytes_before_records() + (address - address_of(heap_.records().data()));
}

std::span<std::byte> Journal::live_from(std::size_t offset) const {
    if (offset < heap_.region().size()) return heap_.region().subspan(offset);
    return heap_.records().subspan(offset - bytes_before_records());
}

std::size_t Journal::bytes_before_records() const {
    return bytes_before_records_of(heap_);
}

std::size_t Journal::window_pages() const {
    return window_pages_of(heap_);
}

Journal::Compared Journal::compare(VirtAddr page) {
    const std::size_t offset = offset_of(page);
    const auto live = live_from(offset);
    const std::size_t size = std::min<std::size_t>(page_size, live.size());
    return {offset, live.first(size), committed_.subspan(offset, size)};
}

/// Gives the blocks in the window their pages, and these what they held.
void Journal::put_pages(const PageCopies& held) {
    const auto at = [](VirtAddr address) { return reinterpret_cast<std::byte*>(address.value); };
    heap_.map_all();
    held.for_each_kept(
        [&](std::size_t page) { std::ranges::copy(held[page], at(window_page(page))); });
    heap_.for_each_mapped([&](VirtAddr start, std::size_t pages) {
        flip_slack(heap_.ledger(), start, {at(start), pages * page_size});
    });
}

// --- recording ---

/// Where the next step begins. What was undone lies there and is written over.
ByteRing::Position Journal::next_begin() {
    return at_ == last_ ? ring_.end() : step(at_).begin;
}

void Journal::give_up_redo() {
    ring_.cut(next_begin());
    last_ = at_;
}

/// The ring is not told: bytes before `first_` simply do not count any more.
void Journal::forget_oldest() {
    ++first_;
    ++forgotten_;
}

/// Makes room for one more byte of the step that begins at `begin`: the oldest steps go for it.
/// False where the step alone fills the ring.
bool Journal::make_room(ByteRing::Position begin) {
    while (first_ != last_ && ring_.end() - step(first_).begin >= ring_.size()) forget_oldest();
    return ring_.end() - begin < ring_.size();
}

/// Every commit brings the copy up to date. Whether it makes a step depends: where the way back is
/// lost, or the step is too long for the ring, all steps go, because none leads to the present any
/// more. Where nothing differs there is no step, and what was undone can still be redone.
void Journal::commit() {
    const bool was_lost = is_lost_;
    is_lent_ = false;
    if (was_lost) window_.clear();
    Recorder recorder(*this);
    recorder.record_all();
    window_.drop_zeros();
    is_lost_ = recorder.is_lost();
    const Heap::State before = last_state_;
    last_state_ = heap_.state();
    told_ = heap_.changes_told();
    if (was_lost || is_lost_ || !recorder.complete()) {
        give_up_redo();
        // The step itself counts as forgotten, too; while the copy was lost there was none.
        forgotten_ += last_ - first_ + (was_lost ? 0 : 1);
        first_ = last_;
        return;
    }
    if (!recorder.found_any() && !differ(before, last_state_)) return;
    give_up_redo();
    if (last_ - first_ == steps_.size()) forget_oldest();
    std::construct_at(&step(last_), Step{recorder.begin(), ring_.end(), before, label_});
    at_ = ++last_;
}

// --- going back and forth ---

/// The pages of the window are unmapped as the present state knows them, and mapped as the old one
/// does: so the first comes before the state is set, the last after it.
void Journal::come_back() {
    heap_.unmap_all();
    Reverter reverter(*this);
    for_each_changed_page(reverter);
    heap_.set_state(last_state_);
    put_pages(window_);
}

/// A failure that was counted stays counted: the command was refused, and that did happen.
void Journal::revert() {
    last_state_.failures = heap_.state().failures;
    if (!is_lost_) set_back();
}

bool Journal::lend() {
    commit();
    is_lent_ = !is_lost_;
    return is_lent_;
}

void Journal::take_back() {
    is_lent_ = false;
    set_back();
}

/// Being told counts as a change made now, so the state is set once more.
void Journal::set_back() {
    come_back();
    if (heap_.changes_told() == told_) return;
    heap_.tell_set_back();
    told_ = heap_.changes_told();
    heap_.set_state(last_state_);
}

/// There is room for the window's pages: the step was written down with those of both sides kept.
void Journal::cross(Step& step) {
    (void)flip(step, committed_, window_, [this](std::size_t offset, std::byte difference) {
        live_from(offset).front() ^= difference;
    });
    last_state_ = std::exchange(step.state, heap_.state());
    heap_.set_state(last_state_);
}

/// Pages are unmapped and mapped once for all steps; in between, of the window only the copy
/// changes.
const Journal::Label& Journal::undo(std::size_t steps) {
    heap_.unmap_all();
    for (; steps > 0; --steps) cross(step(--at_));
    put_pages(window_);
    return step(at_).label;
}

const Journal::Label& Journal::redo(std::size_t steps) {
    heap_.unmap_all();
    for (; steps > 0; --steps) cross(step(at_++));
    put_pages(window_);
    return step(at_ - 1).label;
}

}  // namespace heap44::mm
