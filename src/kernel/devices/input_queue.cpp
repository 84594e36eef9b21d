// SPDX-License-Identifier: MIT
#include "kernel/devices/input_queue.hpp"

#include <algorithm>

namespace heap44::kernel {

bool InputQueue::push(shell::InputByte byte) {
    if (!bytes_.push(byte)) return false;
    // Damaged or not: both sides have to count alike, or the numbers of the two would part.
    if (byte.value == control_c) ++received_;
    return true;
}

std::optional<shell::InputByte> InputQueue::pop() {
    const std::optional<shell::InputByte> byte = bytes_.pop();
    if (byte && byte->value == control_c) ++read_;
    return byte;
}

bool InputQueue::interrupt_requested() const {
    return received_ > std::max(read_, served_);
}

}  // namespace heap44::kernel
