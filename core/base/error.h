// What went wrong, said to the user: which file or value, and what would mend it.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace dotmoe {

/// A failure the user can do something about: one line, no stack, exit code 1.
/// Broken invariants of ours are asserts, not Errors.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The request itself makes no sense (a flag, a recipe value, a layout that does not divide): exit code 2.
class UsageError : public Error {
  public:
    using Error::Error;
};

/// The user asked to stop. Not an error: exit code 130, checkpoints are kept.
class Cancelled : public std::exception {
  public:
    const char* what() const noexcept override { return "stopped by the user"; }
};

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
    throw Error(fmt::format(text, std::forward<Args>(args)...));
}

template <typename... Args>
[[noreturn]] void fail_usage(fmt::format_string<Args...> text, Args&&... args) {
    throw UsageError(fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace dotmoe
