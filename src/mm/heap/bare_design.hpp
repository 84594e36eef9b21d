// SPDX-License-Identifier: MIT
// Any design behind one virtual interface, with nothing around it: for what is compiled once and
// runs on them all.
#pragma once

#include <cstddef>

#include "mm/heap/designs/design.hpp"

namespace heap44::mm {

/// What a measurement needs of a design, and no more: no lock, no ledger, no detector.
class BareDesign {
public:
    [[nodiscard]] virtual std::byte* allocate(Layout layout) = 0;
    virtual void deallocate(std::byte* block, Layout layout) = 0;
    [[nodiscard]] virtual std::byte* reallocate(std::byte* block, Layout layout,
                                                std::size_t new_size) = 0;

protected:
    ~BareDesign() = default;
};

/// Forwards to one design. Each design needs one instance of this instead of one of the whole
/// measurement.
template <Design D>
class BareDesignOf final : public BareDesign {
public:
    explicit BareDesignOf(D& design) : design_(design) {}

    [[nodiscard]] std::byte* allocate(Layout layout) override { return design_.allocate(layout); }
    void deallocate(std::byte* block, Layout layout) override { design_.deallocate(block, layout); }
    [[nodiscard]] std::byte* reallocate(std::byte* block, Layout layout,
                                        std::size_t new_size) override {
        return mm::reallocate(design_, block, layout, new_size);
    }

private:
    D& design_;
};

}  // namespace heap44::mm
