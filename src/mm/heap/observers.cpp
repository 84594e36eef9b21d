// SPDX-License-Identifier: MIT
#include "mm/heap/observers.hpp"

#include <utility>

namespace heap44::mm {

HeapObserver*& Observers::link_to(const HeapObserver* observer) {
    HeapObserver** link = &first_;
    while (*link != nullptr && *link != observer) link = &(*link)->next_;
    return *link;
}

void Observers::add(HeapObserver& observer) {
    HeapObserver*& link = link_to(&observer);
    if (link != nullptr) return;
    observer.number_ = ++newest_;
    link = &observer;
}

void Observers::remove(HeapObserver& observer) {
    HeapObserver*& link = link_to(&observer);
    if (link != nullptr) link = std::exchange(observer.next_, nullptr);
}

// Whoever is told may add observers and remove any, itself included. So nothing is remembered of
// the list but a number: numbers grow along it, and the next to be told is the first with a larger
// one. Who is added meanwhile has a number beyond `last` and is told of what comes next.
void Observers::for_each(auto&& tell) {
    const std::uint64_t last = newest_;
    std::uint64_t told = 0;
    for (;;) {
        HeapObserver* observer = first_;
        while (observer != nullptr && observer->number_ <= told) observer = observer->next_;
        if (observer == nullptr || observer->number_ > last) return;
        told = observer->number_;
        tell(*observer);
    }
}

void Observers::tell(const HeapEvent& event) {
    if (event.kind != HeapEvent::Kind::fail) ++changes_told_;
    for_each([&](HeapObserver& observer) { observer.note(event); });
}

void Observers::end_command(const Heap& heap) {
    for_each([&](HeapObserver& observer) { observer.command_ended(heap); });
}

}  // namespace heap44::mm
