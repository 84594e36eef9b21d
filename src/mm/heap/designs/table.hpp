// SPDX-License-Identifier: MIT
// The table of all designs. A new design is a file of its own and a line here.
#pragma once

#include <variant>

#include "mm/heap/designs/buddy.hpp"
#include "mm/heap/designs/bump.hpp"
#include "mm/heap/designs/dummy.hpp"
#include "mm/heap/designs/fixed_size_block.hpp"
#include "mm/heap/designs/guard_page.hpp"
#include "mm/heap/designs/indexed.hpp"
#include "mm/heap/designs/linked_list.hpp"
#include "mm/heap/designs/policy_list.hpp"
#include "mm/heap/designs/tlsf.hpp"

namespace heap44::mm {

/// The design in use is one of these; the first is the default. PolicyList goes by LinkedList's
/// name: of two lines with one name the first is the plain form, the second what policies make it.
using AnyDesign = std::variant<  //
    LinkedList,                  //
    PolicyList,                  //
    Indexed,                     //
    Dummy,                       //
    Bump,                        //
    FixedSizeBlock,              //
    Buddy,                       //
    Tlsf,                        //
    GuardPage>;

}  // namespace heap44::mm
