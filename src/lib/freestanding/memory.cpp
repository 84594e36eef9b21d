// SPDX-License-Identifier: MIT
// The C library's functions on bytes, which compiler and libc++ call without being asked. Written
// so that the compiler cannot recognise the loop and replace it by a call of itself.
#include <cstddef>
#include <cstdint>

namespace {

using Byte = unsigned char;

// Words, because a string instruction is slow under emulation and bytes alone are slow anywhere.
// They alias whatever the bytes belong to.
using Word [[gnu::may_alias, gnu::aligned(1)]] = std::uint64_t;

constexpr std::size_t word_size = sizeof(std::uint64_t);

}  // namespace

extern "C" {

[[clang::no_builtin]] void* memcpy(void* destination, const void* source, std::size_t size) {
    auto* to = static_cast<Byte*>(destination);
    const auto* from = static_cast<const Byte*>(source);
    for (; size >= word_size; size -= word_size, to += word_size, from += word_size) {
        *reinterpret_cast<Word*>(to) = *reinterpret_cast<const Word*>(from);
    }
    while (size-- > 0) *to++ = *from++;
    return destination;
}

[[clang::no_builtin]] void* memmove(void* destination, const void* source, std::size_t size) {
    auto* to = static_cast<Byte*>(destination);
    const auto* from = static_cast<const Byte*>(source);
    // A forward copy is right unless the destination starts inside the source; the difference
    // wraps around, so that one comparison covers both orders.
    if (reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from) >= size) {
        return memcpy(destination, source, size);
    }
    // From the end, so that no byte is written over before it was read.
    for (; size >= word_size; size -= word_size) {
        const std::uint64_t word = *reinterpret_cast<const Word*>(from + size - word_size);
        *reinterpret_cast<Word*>(to + size - word_size) = word;
    }
    while (size-- > 0) to[size] = from[size];
    return destination;
}

[[clang::no_builtin]] void* memset(void* destination, int value, std::size_t size) {
    auto* to = static_cast<Byte*>(destination);
    // The byte in each of a word's eight places.
    const std::uint64_t word = 0x0101'0101'0101'0101 * static_cast<Byte>(value);
    for (; size >= word_size; size -= word_size, to += word_size) {
        *reinterpret_cast<Word*>(to) = word;
    }
    while (size-- > 0) *to++ = static_cast<Byte>(value);
    return destination;
}

[[clang::no_builtin]] int memcmp(const void* left, const void* right, std::size_t size) {
    const auto* a = static_cast<const Byte*>(left);
    const auto* b = static_cast<const Byte*>(right);
    for (; size >= word_size; size -= word_size, a += word_size, b += word_size) {
        // Which byte of the word differs first is found by the loop below.
        if (*reinterpret_cast<const Word*>(a) != *reinterpret_cast<const Word*>(b)) break;
    }
    for (; size > 0; --size, ++a, ++b) {
        if (*a != *b) return *a < *b ? -1 : 1;
    }
    return 0;
}

[[clang::no_builtin]] int bcmp(const void* left, const void* right, std::size_t size) {
    return memcmp(left, right, size);
}

// The C library's headers declare memchr twice for C++, const and not; neither can be defined
// under its own name here, so a third one takes the symbol.
const void* find_byte(const void* bytes, int value, std::size_t size) asm("memchr");
[[clang::no_builtin]] const void* find_byte(const void* bytes, int value, std::size_t size) {
    const auto* byte = static_cast<const Byte*>(bytes);
    for (; size > 0; --size, ++byte) {
        if (*byte == static_cast<Byte>(value)) return byte;
    }
    return nullptr;
}

[[clang::no_builtin]] std::size_t strlen(const char* text) {
    const char* end = text;
    while (*end != '\0') ++end;
    return static_cast<std::size_t>(end - text);
}

}  // extern "C"
