// SPDX-License-Identifier: MIT
#include "lib/text.hpp"

#include <iterator>

namespace heap44 {

namespace {

/// Gathers single characters, so that an Output is called once for many of them.
class Gatherer {
public:
    explicit Gatherer(Output& output) : output_(output) {}

    void push(char character) {
        if (size_ == gathered_.size()) flush();
        gathered_[size_++] = character;
    }
    void flush() {
        if (size_ > 0) output_.write({gathered_.data(), size_});
        size_ = 0;
    }

private:
    Output& output_;
    std::array<char, 256> gathered_;
    std::size_t size_ = 0;
};

/// What std::vformat_to writes through: each assignment is a character. Copies lead to one
/// Gatherer, so it does not matter which copy the library goes on with.
struct GathererIterator {
    using difference_type = std::ptrdiff_t;

    GathererIterator& operator*() { return *this; }
    GathererIterator& operator++() { return *this; }
    GathererIterator operator++(int) { return *this; }
    GathererIterator& operator=(char character) {
        gatherer->push(character);
        return *this;
    }

    Gatherer* gatherer;
};
static_assert(std::output_iterator<GathererIterator, char>);

}  // namespace

// libc++'s formatter for floating point holds a call of operator new, for very large precisions,
// in every object that instantiates std::vformat_to. Keeping that in this one object lets
// tools/check_no_new.py prove that the shell cannot reach operator new.
void vprint(Output& output, std::string_view format, std::format_args arguments) {
    Gatherer gatherer(output);
    std::vformat_to(GathererIterator(&gatherer), format, arguments);
    gatherer.flush();
}

}  // namespace heap44
