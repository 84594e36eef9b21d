// SPDX-License-Identifier: MIT
// A function that is passed on, but not kept: what C++26 calls std::function_ref.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace heap44 {

template <class Signature>
class FunctionRef;

/// Two words: where the function object lies, and how it is called. So a function behind an
/// interface can take a lambda without being a template, and without memory for a copy. It must not
/// outlive the call that it was made for.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
public:
    template <class Function>
        requires(!std::same_as<std::remove_cvref_t<Function>, FunctionRef> &&
                 std::is_invocable_r_v<Result, Function&, Arguments...>)
    // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload): as in
    // C++26
    FunctionRef(Function&& function)
        : object_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
          call_([](void* object, Arguments... arguments) -> Result {
              return (*static_cast<std::remove_reference_t<Function>*>(object))(
                  std::forward<Arguments>(arguments)...);
          }) {}

    Result operator()(Arguments... arguments) const {
        return call_(object_, std::forward<Arguments>(arguments)...);
    }

private:
    void* object_;
    Result (*call_)(void*, Arguments...);
};

}  // namespace heap44
