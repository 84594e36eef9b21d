/* SPDX-License-Identifier: MIT
 *
 * Heap44's heaps as a C library: build/libheap44.so. The designs are those that the kernel ships.
 *
 * A heap hands out blocks from one region of memory that the caller owns. Blocks carry no header:
 * whoever gives a block back says with what size and alignment it was asked for.
 *
 * Sizes are in bytes, alignments too: powers of two, whatever their size. Null for a heap is
 * answered like a heap without memory: null, 0, or nothing happens. Nothing here locks: a heap
 * serves one thread at a time; different heaps know nothing of each other. No function throws or
 * sets errno; where a heap cannot go on (the design "dummy" is given a block) a line goes to the
 * standard error and the process ends by abort().
 */
#ifndef HEAP44_H
#define HEAP44_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

typedef struct heap44 heap44;

/* A heap over the `size` bytes at `region`, under the design of this name: "linked-list",
 * "indexed", "dummy", "bump", "fixed-size-block", "buddy" or "tlsf".
 *
 * The region is aligned to 8 and has from 16 bytes to 1 GiB; of a size that is no multiple of 8
 * the last bytes stay unused. Until heap44_destroy it belongs to the heap, but for the blocks that
 * were handed out; what it holds before does not matter. Designs that keep more than fits into
 * their holes map memory of their own for it.
 *
 * NULL: no such design, a bad region, or no memory for what the design keeps. */
heap44 *heap44_create(const char *design, void *region, size_t size);

/* The same with a ledger of all blocks beside it, which judges what is asked: a heap44_deallocate
 * or heap44_reallocate of what is no live block's start, or with another size or alignment than
 * the block has, changes nothing and is counted. The ledger maps about 0.5 bytes for each byte of
 * the region, and 8 more for each of the first 8 MiB. It has records for 524288 live blocks: a
 * heap with so many hands out no more. */
heap44 *heap44_create_checked(const char *design, void *region, size_t size);

/* A block of at least `size` bytes, aligned to `align` and at least to 8; its contents are
 * whatever was there. Size 0 takes a smallest block.
 *
 * NULL, and nothing has changed: no hole fits, or `align` is no power of two. */
void *heap44_allocate(heap44 *heap, size_t size, size_t align);

/* Gives back a block with the size and the alignment that it has: those that it was asked for
 * with, or the size of its last heap44_reallocate. A block of NULL does nothing.
 *
 * Anything else is undefined, and counted on a checked heap. */
void heap44_deallocate(heap44 *heap, void *block, size_t size, size_t align);

/* Makes the block `new_size` bytes large, in place where the design can, else elsewhere; its first
 * bytes are kept, as many as both sizes have. `size` and `align` are those that the block has; the
 * alignment stays. Size 0 takes a smallest block: nothing is freed. A block of NULL asks for a new
 * one, whatever `size` says.
 *
 * NULL, and the block is as it was: there is no room. */
void *heap44_reallocate(heap44 *heap, void *block, size_t size, size_t align, size_t new_size);

/* Calls `each` for every hole, in the design's own order (for linked-list and indexed: by
 * address), and returns how many there are. `each` may be NULL: they are only counted. It must not
 * call back into this heap, unless to ask. */
size_t heap44_holes(const heap44 *heap, void (*each)(void *context, void *address, size_t size),
                    void *context);

/* How many wrong requests a checked heap refused. 0 for any other. */
size_t heap44_errors(const heap44 *heap);

/* Ends the heap, and unmaps what was kept beside the region. The region is the caller's again; the
 * heap never unmaps it. NULL does nothing. */
void heap44_destroy(heap44 *heap);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
