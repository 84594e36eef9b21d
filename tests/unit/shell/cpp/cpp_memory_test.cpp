// SPDX-License-Identifier: MIT
// What the forms of new and delete have to do with each other.
#include "shell/cpp/cpp_memory.hpp"

#include <gtest/gtest.h>

#include "panic.hpp"
#include "region.hpp"

namespace heap44::shell {
namespace {

using mm::Block;
using Form = mm::Block::Form;

class CppMemoryTest : public testing::Test {
protected:
    void* allocate(std::size_t size, Form form) {
        return cpp_allocate(*heap_, {size, 8}, form, 0x11);
    }
    /// Whether it was given back; else the panic is kept.
    bool gives_back(void* block, const Deletion& known) {
        try {
            cpp_deallocate(*heap_, block, known, 0x22);
            return true;
        } catch (const test::Panic& panic) {
            panic_ = panic;
            return false;
        }
    }

    test::TestHeap heap_;
    test::Panic panic_{};
};

TEST_F(CppMemoryTest, EachFormOfDeleteGivesBackWhatItsNewTook) {
    EXPECT_TRUE(gives_back(allocate(8, Form::object), {Form::object, 8, 8}));
    EXPECT_TRUE(gives_back(allocate(8, Form::array), {Form::array, 8, 8}));
    EXPECT_TRUE(gives_back(allocate(8, Form::array), {Form::array, {}, {}}));
    EXPECT_TRUE(gives_back(nullptr, {Form::array, {}, {}}));
    EXPECT_EQ(heap_->ledger().live_count(), 0U);
}

TEST_F(CppMemoryTest, AnArrayIsNotDeletedAsAnObject) {
    void* block = allocate(8, Form::array);
    EXPECT_EQ(heap_->ledger().with_number(1)->form, Form::array);
    EXPECT_FALSE(gives_back(block, {Form::object, 8, 8}));
    EXPECT_EQ(panic_.kind, PanicKind::wrong_delete);
    EXPECT_EQ(panic_.message,
              "delete of 0x444444440000, but block #1 (8 bytes) came from new[] and needs "
              "delete[]");
    EXPECT_EQ(panic_.caller, 0x22U);
    EXPECT_EQ(panic_.address, heap_start.value);
    EXPECT_TRUE(heap_->ledger().with_number(1)->is_live()) << "nothing has changed";
}

TEST_F(CppMemoryTest, AnObjectIsNotDeletedAsAnArray) {
    EXPECT_FALSE(gives_back(allocate(1, Form::object), {Form::array, {}, 8}));
    EXPECT_EQ(panic_.kind, PanicKind::wrong_delete);
    EXPECT_EQ(panic_.message,
              "delete[] of 0x444444440000, but block #1 (1 byte) came from new and needs delete");
}

TEST_F(CppMemoryTest, AWrongLayoutIsToldFirst) {
    EXPECT_FALSE(gives_back(allocate(32, Form::array), {Form::object, 8, 8}));
    EXPECT_EQ(panic_.kind, PanicKind::wrong_layout);
}

TEST_F(CppMemoryTest, WhatNoNewAskedForHasNoForm) {
    const Block* typed = heap_->allocate({8}, 0);
    EXPECT_EQ(typed->form, Form::none);
    EXPECT_TRUE(gives_back(reinterpret_cast<void*>(typed->address.value), {Form::array, 8, 8}));
}

TEST_F(CppMemoryTest, ABlockThatIsResizedKeepsItsForm) {
    (void)allocate(8, Form::array);
    (void)allocate(8, Form::object);
    const Block* moved = heap_->reallocate(*heap_->ledger().with_number(1), 400, 0);
    EXPECT_EQ(moved->form, Form::array);
}

}  // namespace
}  // namespace heap44::shell
