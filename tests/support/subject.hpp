// SPDX-License-Identifier: MIT
// Any design behind one virtual interface: a suite of tests is compiled once and runs on them all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fake_pages.hpp"
#include "mm/heap/designs/design.hpp"

namespace heap44::test {

/// What a design promises beyond the concept. Most promise all of it.
struct Promises {
    /// After all frees the holes are those of a fresh heap, one after the other.
    bool whole_again = true;
    /// Two holes never touch.
    bool joins_neighbours = true;
    /// Every byte is in a hole or in a block, but for what a fresh heap cannot use either.
    bool no_overhead = true;
    /// What is freed can be had again at once.
    bool gives_back = true;
    /// Blocks start on multiples of 8 and take 16 bytes at least, in multiples of 8.
    bool in_granules = true;
};

class Subject {
public:
    virtual ~Subject() = default;

    virtual std::byte* allocate(mm::Layout layout) = 0;
    virtual std::byte* allocate_zeroed(mm::Layout layout) = 0;
    virtual void deallocate(std::byte* block, mm::Layout layout) = 0;
    virtual std::byte* reallocate(std::byte* block, mm::Layout layout, std::size_t new_size) = 0;
    [[nodiscard]] virtual std::size_t block_size(mm::Layout layout) const = 0;
    [[nodiscard]] virtual std::vector<mm::Hole> holes() const = 0;
    /// Nothing where the design does not count them itself.
    [[nodiscard]] virtual std::optional<std::size_t> used_bytes() const = 0;

    [[nodiscard]] std::span<std::byte> region() const { return region_; }

protected:
    explicit Subject(std::span<std::byte> region) : region_(region) {}

private:
    std::span<std::byte> region_;
};

/// `arguments` follow the region in the design's constructor.
template <mm::Design D>
class SubjectOf final : public Subject {
public:
    template <class... Arguments>
    explicit SubjectOf(std::span<std::byte> region, Arguments... arguments)
        : Subject(region),
          metadata_(make_metadata(region.size())),
          design_(make_design(region, arguments...)) {}

    std::byte* allocate(mm::Layout layout) override { return design_.allocate(layout); }
    std::byte* allocate_zeroed(mm::Layout layout) override {
        return mm::allocate_zeroed(design_, layout);
    }
    void deallocate(std::byte* block, mm::Layout layout) override {
        design_.deallocate(block, layout);
    }
    std::byte* reallocate(std::byte* block, mm::Layout layout, std::size_t new_size) override {
        return mm::reallocate(design_, block, layout, new_size);
    }
    [[nodiscard]] std::size_t block_size(mm::Layout layout) const override {
        return design_.block_size(layout);
    }
    [[nodiscard]] std::vector<mm::Hole> holes() const override {
        std::vector<mm::Hole> holes;
        design_.for_each_hole([&](const mm::Hole& hole) {
            if (holes.size() > region().size()) throw std::runtime_error("holes without end");
            holes.push_back(hole);
            return true;
        });
        return holes;
    }
    [[nodiscard]] std::optional<std::size_t> used_bytes() const override {
        if constexpr (requires { design_.used_bytes(region().size()); })
            return design_.used_bytes(region().size());
        return std::nullopt;
    }

private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };

    /// Metadata comes aligned to 64 and, as the concept allows, full of rubbish.
    static std::vector<Line> make_metadata(std::size_t region_size) {
        if constexpr (requires { D::metadata_bytes(region_size); }) {
            std::vector<Line> lines(D::metadata_bytes(region_size) / sizeof(Line) + 1);
            for (Line& line : lines) std::fill_n(line.bytes, sizeof line.bytes, std::byte{0xa5});
            return lines;
        }
        return {};
    }

    D make_design(std::span<std::byte> region, auto... arguments) {
        if constexpr (mm::WindowDesign<D>) {
            auto* first = reinterpret_cast<std::byte*>(metadata_.data());
            return D(region, {first, D::metadata_bytes(region.size())}, pages_, arguments...);
        } else if constexpr (requires { D::metadata_bytes(region.size()); }) {
            auto* first = reinterpret_cast<std::byte*>(metadata_.data());
            return D(region, {first, D::metadata_bytes(region.size())}, arguments...);
        } else {
            return D(region, arguments...);
        }
    }

    FakePages pages_;
    std::vector<Line> metadata_;
    D design_;
};

/// A design to be tested, in one of its settings.
struct Kind {
    std::string name;
    Promises promises;
    std::function<std::unique_ptr<Subject>(std::span<std::byte>)> make;
};

template <mm::Design D, class... Arguments>
Kind make_kind(std::string name, Promises promises, Arguments... arguments) {
    return {std::move(name), promises, [=](std::span<std::byte> region) {
                return std::make_unique<SubjectOf<D>>(region, arguments...);
            }};
}

/// Every design of the table whose heap is the region, and the linked list under every policy.
[[nodiscard]] std::vector<Kind> all_kinds();
/// The design whose heap is a window, of which it takes two pages a block and more, with the guard
/// on either side.
[[nodiscard]] std::vector<Kind> guard_page_kinds();

}  // namespace heap44::test
