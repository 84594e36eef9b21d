// SPDX-License-Identifier: MIT
// Several observers of one heap: who is told, in which order, and who comes or goes meanwhile.
#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "mm/heap/heap_observer.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

/// Writes down that it was told, and may do something then.
class Other final : public mm::HeapObserver {
public:
    Other(char name, std::string& order) : name_(name), order_(order) {}
    void note(const mm::HeapEvent&) override {
        order_ += name_;
        if (also) also();
    }
    void command_ended(const mm::Heap&) override {
        order_ += name_;
        order_ += '.';
        if (also) also();
    }
    std::function<void()> also;

private:
    char name_;
    std::string& order_;
};

class ObserversTest : public testing::Test {
protected:
    ObserversTest() {
        for (Other* each : {&a_, &b_, &c_}) heap_->add_observer(*each);
    }
    std::string order_of_one() {
        order_.clear();
        heap_->allocate({16}, 0);
        return order_;
    }

    TestHeap heap_{4096};
    std::string order_;
    Other a_{'a', order_};
    Other b_{'b', order_};
    Other c_{'c', order_};
};

TEST_F(ObserversTest, AreToldInTheOrderInWhichTheyCame) {
    EXPECT_EQ(order_of_one(), "abc");
    heap_->add_observer(a_);
    heap_->add_observer(c_);
    EXPECT_EQ(order_of_one(), "abc") << "once is enough";
    heap_->remove_observer(b_);
    heap_->remove_observer(b_);
    EXPECT_EQ(order_of_one(), "ac");
    heap_->remove_observer(a_);
    heap_->add_observer(b_);
    heap_->add_observer(a_);
    EXPECT_EQ(order_of_one(), "cba");
    for (Other* each : {&b_, &c_, &a_}) heap_->remove_observer(*each);
    EXPECT_EQ(order_of_one(), "");
    heap_->add_observer(b_);
    EXPECT_EQ(order_of_one(), "b");
}

TEST_F(ObserversTest, MayRemoveThemselvesAndOthersWhileTheyAreTold) {
    a_.also = [&] { heap_->remove_observer(a_); };
    EXPECT_EQ(order_of_one(), "abc");
    EXPECT_EQ(order_of_one(), "bc");
    b_.also = [&] {
        heap_->remove_observer(b_);
        heap_->remove_observer(c_);
    };
    EXPECT_EQ(order_of_one(), "b");
    EXPECT_EQ(order_of_one(), "");
}

TEST_F(ObserversTest, OneThatIsAddedMeanwhileIsToldOfWhatComesNext) {
    heap_->remove_observer(c_);
    a_.also = [&] { heap_->add_observer(c_); };
    EXPECT_EQ(order_of_one(), "ab");
    EXPECT_EQ(order_of_one(), "abc");
    // Nor is one that comes back told twice.
    a_.also = [&] {
        heap_->remove_observer(a_);
        heap_->add_observer(a_);
    };
    EXPECT_EQ(order_of_one(), "abc");
    EXPECT_EQ(order_of_one(), "bca");
}

TEST_F(ObserversTest, AreToldThatACommandHasEndedAlsoWhereNothingElseWasTold) {
    heap_->end_command();
    EXPECT_EQ(order_, "a.b.c.");
    b_.also = [&] { heap_->remove_observer(b_); };
    order_.clear();
    heap_->end_command();
    EXPECT_EQ(order_, "a.b.c.");
    order_.clear();
    heap_->end_command();
    EXPECT_EQ(order_, "a.c.");
}

TEST_F(ObserversTest, ChangesThatNobodyIsToldOfAreNotCounted) {
    heap_->allocate({16}, 0);
    EXPECT_EQ(heap_->changes_told(), 1U) << "one change, however many watch";
    for (Other* each : {&a_, &b_, &c_}) heap_->remove_observer(*each);
    heap_->allocate({16}, 0);
    EXPECT_EQ(heap_->changes_told(), 1U);
}

}  // namespace
}  // namespace heap44::test
