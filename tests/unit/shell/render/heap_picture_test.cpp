// SPDX-License-Identifier: MIT
// Maps that are kept: what they show, and that a coarser one shows what the heap itself would.
#include "shell/render/heap_picture.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "region.hpp"
#include "shell/lab/splitmix.hpp"
#include "shell/render/heap_drawing.hpp"
#include "shell/render/heap_pieces.hpp"

namespace heap44::test {
namespace {

using shell::HeapPicture;
using shell::HeapPieces;
using shell::Piece;

std::vector<Piece> all(auto pieces) {
    std::vector<Piece> found;
    while (!pieces.at_end()) found.push_back(pieces.next());
    return found;
}

std::string drawn(const HeapPicture& picture) {
    FixedText<4096> text;
    shell::draw_picture(text, picture, shell::Colours::off);
    return std::string(text.view());
}

std::string address(VirtAddr address) {
    return std::string(format_fixed<32>("{:#014x}  ", address.value).view());
}

HeapPicture picture_of(const mm::Heap& heap) {
    HeapPicture picture;
    picture.take(heap);
    return picture;
}

TEST(HeapPictureTest, IsDrawnAsOftenAsOneLikesInCoarserScales) {
    TestHeap heap(100 * 1024);
    for (int count = 0; count < 3; ++count) heap->allocate({100}, 0);
    heap->free(*heap->ledger().with_number(2), 0);
    HeapPicture picture = picture_of(*heap);
    EXPECT_EQ(picture.bytes_each(), 8U);
    EXPECT_EQ(drawn(picture), address(heap->start()) + "[###########-.............[###########-" +
                                  std::string(25, '.') + "\n" + address(heap->start() + 512) +
                                  std::string(64, '.') +
                                  "\n                198 more rows of the same\n");
    picture.coarsen_to(32);
    EXPECT_EQ(picture.bytes_each(), 32U);
    EXPECT_EQ(drawn(picture).substr(16, 12), "[##2..5##7..");
    EXPECT_TRUE(drawn(picture).ends_with("                48 more rows of the same\n"))
        << drawn(picture);
}

// Holes that touch, of a design that does not join them, are one to a picture.
Piece::Kind without_seams(const Piece& piece) {
    return piece.kind == Piece::Kind::mixed && piece.used == 0 ? Piece::Kind::hole : piece.kind;
}

TEST(HeapPictureTest, ACoarserOneShowsWhatTheHeapItselfWould) {
    for (const char* design : {"linked-list", "fixed-size-block", "buddy", "tlsf", "bump"}) {
        TestHeap heap(64 * 1024);
        heap->select(design);
        shell::SplitMix random(7);
        for (int count = 0; count < 60; ++count) {
            heap->allocate({1 + random.below(300)}, 0);
            const auto* freed = heap->ledger().with_number(1 + random.below(60));
            if (random.below(3) == 0 && freed != nullptr && freed->is_live()) heap->free(*freed, 0);
        }
        HeapPicture picture = picture_of(*heap);
        for (std::size_t scale = picture.bytes_each(); scale <= 2048; scale *= 2) {
            picture.coarsen_to(scale);
            const auto kept = all(HeapPicture::Reader(picture));
            const auto fresh = all(HeapPieces(*heap, scale));
            ASSERT_EQ(kept.size(), fresh.size()) << design << scale;
            for (std::size_t index = 0; index < kept.size(); ++index) {
                ASSERT_EQ(without_seams(kept[index]), without_seams(fresh[index]))
                    << design << " " << scale << " " << index;
                ASSERT_EQ(kept[index].used, fresh[index].used) << design << scale;
            }
        }
    }
}

TEST(HeapPictureTest, AFullHeapOfManyBlocksIsAFewRows) {
    TestHeap heap(100 * 1024);
    while (heap->allocate({8}, 0) != nullptr) continue;
    const HeapPicture picture = picture_of(*heap);
    EXPECT_EQ(picture.bytes_each(), 512U);
    EXPECT_EQ(drawn(picture).substr(16, 64), std::string(64, '9'));
}

TEST(HeapPictureTest, AnEmptyHeapIsOneRow) {
    TestHeap heap(4096 + 8);
    HeapPicture picture = picture_of(*heap);
    EXPECT_EQ(picture.start(), heap->start());
    EXPECT_EQ(picture.end(), heap->end());
    EXPECT_EQ(drawn(picture), address(heap->start()) + std::string(64, '.') +
                                  "\n                8 more rows of the same\n");
}

}  // namespace
}  // namespace heap44::test
