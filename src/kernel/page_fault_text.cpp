// SPDX-License-Identifier: MIT
#include "kernel/page_fault_text.hpp"

#include "kernel/address_space.hpp"
#include "kernel/machine.hpp"
#include "kernel/x86_64/stacks.hpp"
#include "shell/explain/address_info.hpp"

namespace heap44::kernel {

namespace {

// Bits of a page fault's error code.
constexpr std::uint64_t fault_present = 1U << 0;
constexpr std::uint64_t fault_write = 1U << 1;
constexpr std::uint64_t fault_user = 1U << 2;
constexpr std::uint64_t fault_reserved_bit = 1U << 3;
constexpr std::uint64_t fault_execute = 1U << 4;

/// Names the region, and why the access failed there although it is mapped.
void write_mapped_place(Output& output, std::string_view kind, std::uint64_t error_code) {
    output.write(kind);
    if ((error_code & fault_present) == 0) return;
    if ((error_code & fault_execute) != 0) {
        output.write(", which may not be executed");
    } else if ((error_code & fault_write) != 0) {
        output.write(", which is read-only");
    }
}

}  // namespace

std::string_view access_name(std::uint64_t error_code) {
    if ((error_code & fault_execute) != 0) return "execution";
    return (error_code & fault_write) != 0 ? "write" : "read";
}

shell::Access access_of(std::uint64_t error_code) {
    if ((error_code & fault_execute) != 0) return shell::Access::none;
    return (error_code & fault_write) != 0 ? shell::Access::write : shell::Access::read;
}

/// From the rarest reason to the usual one.
void write_page_fault(Output& output, std::uint64_t error_code) {
    const bool write = (error_code & fault_write) != 0;
    const bool execute = (error_code & fault_execute) != 0;
    output.write(access_name(error_code));
    if ((error_code & fault_reserved_bit) != 0) {
        output.write(" through a page table entry with a reserved bit set");
    } else if ((error_code & fault_present) == 0) {
        print(output, " {} a page that is not present", write ? "to" : execute ? "of" : "from");
    } else {
        print(output, " {}",
              execute ? "of a page that may not be executed"
              : write ? "to a page that is read-only"
                      : "from a page that may not be read");
    }
    output.write((error_code & fault_user) != 0 ? ", by user code" : ", by the kernel");
}

/// Stacks first: "guard page under the kernel stack" is what an endless recursion means.
void write_place(Output& output, VirtAddr address, std::uint64_t error_code) {
    if (address.value < page_size) {
        output.write("page zero, never mapped");
    } else if (const StackArea* stack = stack_guarded_at(address)) {
        print(output, "guard page under the {}", stack->name);
    } else if (const shell::MemoryRegion* region = address_space().region_of(address)) {
        if (region->kind == "guard page") {
            shell::write_guard(output, machine(), address);
        } else {
            write_mapped_place(output, region->kind, error_code);
        }
    } else {
        output.write(mm::is_canonical(address) ? "not mapped" : "not canonical");
    }
}

}  // namespace heap44::kernel
