// SPDX-License-Identifier: MIT
// The peers: the plain transcription, two of Boost.Interprocess on our own region, and three that
// bring their own memory.
#include <boost/interprocess/indexes/iset_index.hpp>
#include <boost/interprocess/managed_external_buffer.hpp>
#include <boost/interprocess/mem_algo/rbtree_best_fit.hpp>
#include <boost/interprocess/mem_algo/simple_seq_fit.hpp>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <optional>

#include "plain_first_fit.hpp"
#include "subject.hpp"

namespace heap44::bench {

namespace {

struct Plain {
    static inline PlainFirstFit heap;

    static void start(std::span<std::byte> region) { heap = PlainFirstFit(region); }
    static std::byte* allocate(std::size_t size, std::size_t align) {
        return heap.allocate(size, align);
    }
    static void deallocate(std::byte* block, std::size_t size, std::size_t) {
        heap.deallocate(block, size);
    }
};

namespace ipc = boost::interprocess;

template <class Algorithm>
struct Boost {
    using Buffer = ipc::basic_managed_external_buffer<char, Algorithm, ipc::iset_index>;
    static inline std::optional<Buffer> buffer;

    static void start(std::span<std::byte> region) {
        buffer.emplace(ipc::create_only, region.data(), region.size());
    }
    static std::byte* allocate(std::size_t size, std::size_t align) {
        void* block = align <= 8 ? buffer->allocate(size, std::nothrow)
                                 : buffer->allocate_aligned(size, align, std::nothrow);
        return static_cast<std::byte*>(block);
    }
    static void deallocate(std::byte* block, std::size_t, std::size_t) {
        buffer->deallocate(block);
    }
};

/// malloc, free and realloc of a library that is loaded beside the C library's, without taking
/// their place for the rest of the program.
struct Malloc {
    void* (*malloc)(std::size_t) = std::malloc;
    void (*free)(void*) = std::free;
    void* (*realloc)(void*, std::size_t) = std::realloc;

    static std::optional<Malloc> load(const char* library, const char* prefix) {
        void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) {
            std::fprintf(stderr, "%s\n", dlerror());
            return std::nullopt;
        }
        const auto find = [&](const char* name) {
            return dlsym(handle, (std::string(prefix) + name).c_str());
        };
        return Malloc{reinterpret_cast<void* (*)(std::size_t)>(find("malloc")),
                      reinterpret_cast<void (*)(void*)>(find("free")),
                      reinterpret_cast<void* (*)(void*, std::size_t)>(find("realloc"))};
    }
};

/// `Which` only tells the libraries apart.
template <int Which>
struct Library {
    static inline Malloc calls;

    static std::byte* allocate(std::size_t size, std::size_t) {
        return static_cast<std::byte*>(calls.malloc(size));
    }
    static void deallocate(std::byte* block, std::size_t, std::size_t) { calls.free(block); }
    static std::byte* reallocate(std::byte* block, std::size_t, std::size_t, std::size_t new_size) {
        return static_cast<std::byte*>(calls.realloc(block, new_size));
    }
};

template <class S>
Subject on_region(std::string_view name) {
    return {name, S::start, S::allocate, S::deallocate, move_block<S>, move_block<S>};
}

template <int Which>
void add_library(std::vector<Subject>& all, std::string_view name, std::optional<Malloc> calls) {
    using S = Library<Which>;
    if (!calls) return;
    S::calls = *calls;
    all.push_back({name, nullptr, S::allocate, S::deallocate, S::reallocate, move_block<S>});
}

}  // namespace

std::vector<Subject> peer_subjects() {
    using NoMutex = ipc::null_mutex_family;
    std::vector<Subject> all{
        on_region<Plain>("plain-first-fit"),
        on_region<Boost<ipc::simple_seq_fit<NoMutex>>>("simple_seq_fit"),
        on_region<Boost<ipc::rbtree_best_fit<NoMutex>>>("rbtree_best_fit"),
    };
    add_library<0>(all, "glibc", Malloc{});
    add_library<1>(all, "mimalloc", Malloc::load("libmimalloc.so.2", "mi_"));
    add_library<2>(all, "jemalloc", Malloc::load("libjemalloc.so.2", ""));
    return all;
}

}  // namespace heap44::bench
