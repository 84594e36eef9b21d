// SPDX-License-Identifier: MIT
// The lock around the heap. It names a deadlock instead of becoming one.
#pragma once

#include <atomic>
#include <cstdint>

#include "lib/panic.hpp"

namespace heap44::mm {

/// A lock for one processor. Whoever finds it taken there has interrupted its holder (an interrupt
/// handler that allocates while an allocation is under way) or is the holder itself: spinning would
/// wait for ever, so the second taker panics, with both places named.
class Spinlock {
public:
    /// `caller` is the code address that a deadlock's report names.
    void lock(std::uint64_t caller) {
        if (!taken_.exchange(true, std::memory_order_acquire)) {
            holder_ = caller;
            return;
        }
        panic(PanicKind::deadlock, "the heap's lock was asked for by its own holder", caller,
              holder_);
    }
    void unlock() { taken_.store(false, std::memory_order_release); }
    [[nodiscard]] bool is_taken() const { return taken_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> taken_ = false;
    std::uint64_t holder_ = 0;
};

/// Holds the lock for a scope, or until it is given back before.
class SpinlockGuard {
public:
    SpinlockGuard(Spinlock& lock, std::uint64_t caller) : lock_(lock) { lock_.lock(caller); }
    ~SpinlockGuard() { unlock(); }
    SpinlockGuard(const SpinlockGuard&) = delete;
    SpinlockGuard& operator=(const SpinlockGuard&) = delete;

    void unlock() {
        if (is_held_) lock_.unlock();
        is_held_ = false;
    }

private:
    Spinlock& lock_;
    bool is_held_ = true;
};

}  // namespace heap44::mm
