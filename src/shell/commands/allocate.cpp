// SPDX-License-Identifier: MIT
// alloc, zalloc, realloc, free, reset: what changes the heap.
#include <algorithm>

#include "mm/heap/heap.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/damage.hpp"
#include "shell/explain/shortage.hpp"

namespace heap44::shell::commands {

namespace {

/// What `alloc` and `zalloc` are asked for, once the words are read. `numbered` says that `count=`
/// was given: then names get a number, even if the count is 1.
struct Request {
    mm::Layout layout;
    // How many blocks of this layout; more than one are taken or refused together.
    std::uint64_t count = 1;
    std::string_view name;
    bool numbered = false;
};

/// Reads all words before anything else is asked, so that a line with a wrong word is refused for
/// that word, whatever state the heap is in.
Parsed<Request> parse_request(const Arguments& arguments) {
    Request request{};
    const auto size = parse_size("size", arguments[0]);
    if (!size) return std::unexpected(size.error());
    request.layout.size = *size;
    if (const auto* word = arguments.option("align")) {
        const auto alignment = parse_alignment(*word);
        if (!alignment) return std::unexpected(alignment.error());
        request.layout.align = *alignment;
    }
    if (const auto* word = arguments.option("count")) {
        const auto count = parse_count("count", *word);
        if (!count) return std::unexpected(count.error());
        request.count = *count;
        request.numbered = true;
    }
    if (const auto* word = arguments.option("name")) {
        const auto name = parse_name(*word);
        if (!name) return std::unexpected(name.error());
        request.name = *name;
    }
    return request;
}

/// The name of the block with this index, from 1 to the count.
FixedText<64> name_of(const Request& request, std::uint64_t index) {
    if (!request.numbered) return FixedText<64>(request.name);
    return format_fixed<64>("{}{}", request.name, index);
}

/// Whether no live block has one of the names. A freed block's name can be used again.
std::expected<void, Error> check_names(const mm::Heap& heap, const Request& request) {
    if (request.name.empty()) return {};
    // More blocks than there can be are out of memory before their names matter.
    const std::uint64_t most = std::min(heap.size(), mm::Ledger::most_live);
    const std::uint64_t count = std::min(request.count, most);
    // The longest name is the last one: if that is allowed, all are.
    const auto longest = parse_name(name_of(request, count).view());
    if (!longest) return std::unexpected(longest.error());
    for (std::uint64_t index = 1; index <= count; ++index) {
        const auto name = name_of(request, index);
        const mm::Block* block = heap.ledger().with_name(name.view());
        if (block == nullptr || !block->is_live()) continue;
        return std::unexpected(
            Error{.code = ErrorCode::name_in_use,
                  .message = format_fixed<320>("the name '{}' belongs to live block #{} at {:#x}",
                                               name.view(), block->number, block->address.value),
                  .address = block->address,
                  .block = *block});
    }
    return {};
}

Error out_of_memory(const mm::Heap& heap, const FailedRequest& request) {
    Error error{.code = ErrorCode::out_of_memory, .shortage = shortage_of(heap, request)};
    print_failure(error.message, heap, request);
    return error;
}

/// All blocks or none: what a person sees after an error is what was there before it. The order of
/// the questions is that of all commands: words, names, then the heap.
Reply allocate(Context& context, const Arguments& arguments, mm::Fill fill, std::uint64_t caller) {
    const auto request = parse_request(arguments);
    if (!request) return request.error();
    mm::Heap& heap = context.heap;
    if (const auto names = check_names(heap, *request); !names) return names.error();
    // The design is about to follow the words in its holes.
    if (const auto sound = require_sound_holes(heap); !sound) return sound.error();
    const std::size_t fitted = heap.allocate_all(request->count, request->layout, caller, fill);
    if (fitted < request->count) {
        return out_of_memory(
            heap, {.layout = request->layout, .count = request->count, .fitted = fitted});
    }
    // The blocks of one request have numbers that follow each other.
    const std::uint64_t last = heap.ledger().last_number();
    const std::uint64_t first = last - request->count + 1;
    for (std::uint64_t index = 1; !request->name.empty() && index <= request->count; ++index) {
        const mm::Block* block = heap.ledger().with_number(first + index - 1);
        heap.set_name(*block, name_of(*request, index).view());
    }
    return BlockList{.which = BlockList::Which::numbered,
                     .meaning = BlockList::Meaning::allocated,
                     .first = first,
                     .last = last};
}

/// Why a block is not taken away. What the person typed is a number or a name; code that has only
/// the address would take it from whoever has that place now.
Error not_to_be_taken(Error error) {
    if (error.code != ErrorCode::double_free || !error.also) return error;
    error.message = format_fixed<320>("by address, this would have taken {}'s memory away; {}",
                                      title(error.also->block).view(), error.message.view());
    return error;
}

/// Whether the words name live blocks, no two of them the same.
std::expected<void, Error> check_blocks(const mm::Heap& heap, const Arguments& arguments) {
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const auto block = find_live_block(heap, arguments[index]);
        if (!block) return std::unexpected(not_to_be_taken(block.error()));
        // A block that is named twice would be a double free when half of the work is done already.
        for (std::size_t earlier = 0; earlier < index; ++earlier) {
            if (*find_live_block(heap, arguments[earlier]) != *block) continue;
            return std::unexpected(Error{
                .code = ErrorCode::double_free,
                .message = format_fixed<320>("block #{} at {:#x} is named twice in one 'free'",
                                             (*block)->number, (*block)->address.value),
                .address = (*block)->address,
                .block = **block});
        }
    }
    return {};
}

/// Which of the live blocks `free` means, counted by address from 1.
enum class Position : std::uint8_t { all, odd, even };

/// Frees the live blocks of odd or even position by address, or all: every second block makes the
/// holes that exercises are about. Positions are those before the first is freed.
void free_by_position(mm::Heap& heap, Position position, std::uint64_t caller) {
    const mm::Block* block = heap.ledger().live_from(heap.start());
    for (std::size_t number = 1; block != nullptr; ++number) {
        // Looked up first: a freed block has no successor.
        const mm::Block* next = heap.ledger().live_after(*block);
        const bool is_odd = number % 2 == 1;
        if (position == Position::all || is_odd == (position == Position::odd)) {
            heap.free(*block, caller);
        }
        block = next;
    }
}

}  // namespace

Reply alloc(Context& context, const Arguments& arguments) {
    return allocate(context, arguments, mm::Fill::none, code_of(&alloc));
}

Reply zalloc(Context& context, const Arguments& arguments) {
    return allocate(context, arguments, mm::Fill::zero, code_of(&zalloc));
}

Reply realloc(Context& context, const Arguments& arguments) {
    mm::Heap& heap = context.heap;
    // The size first, then the block: a wrong size is wrong for every block.
    const auto size = parse_size("size", arguments[1]);
    if (!size) return size.error();
    const auto block = find_live_block(heap, arguments[0]);
    if (!block) return not_to_be_taken(block.error());
    if (const auto sound = require_sound_holes(heap); !sound) return sound.error();
    const mm::Layout layout{*size, (*block)->layout.align};
    const mm::Block* resized = heap.reallocate(**block, *size, code_of(&realloc));
    // The old block is untouched: it keeps its place, its number and its bytes.
    if (resized == nullptr) return out_of_memory(heap, {.layout = layout});
    return BlockList{.which = BlockList::Which::numbered,
                     .meaning = BlockList::Meaning::resized,
                     .first = resized->number,
                     .last = resized->number};
}

Reply free(Context& context, const Arguments& arguments) {
    mm::Heap& heap = context.heap;
    const std::string_view word = arguments[0];
    const auto chooses = [](std::string_view each) {
        return each == "all" || each == "odd" || each == "even";
    };
    // `all`, `odd` and `even` speak of all blocks, so beside others they could only be a mistake.
    const bool by_position = chooses(word);
    for (std::size_t index = 0; index < arguments.size() && arguments.size() > 1; ++index) {
        if (!chooses(arguments[index])) continue;
        return bad_argument("'free {}' takes no other blocks beside it", arguments[index]);
    }
    // All words are judged before the first block is freed.
    if (!by_position) {
        if (const auto checked = check_blocks(heap, arguments); !checked) return checked.error();
    }
    if (const auto sound = require_sound_holes(heap); !sound) return sound.error();
    if (by_position) {
        free_by_position(heap,
                         word == "all"   ? Position::all
                         : word == "odd" ? Position::odd
                                         : Position::even,
                         code_of(&free));
    } else {
        for (const Word& named : arguments.positional()) {
            heap.free(**find_live_block(heap, named.text), code_of(&free));
        }
    }
    // The list is found by the number of this command, which the ledger notes with each block it
    // frees.
    return BlockList{.which = BlockList::Which::freed,
                     .meaning = BlockList::Meaning::freed,
                     .first = context.session.commands};
}

}  // namespace heap44::shell::commands
