// A bounded cursor over an untrusted file: nothing is read, skipped or reserved beyond its last byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"

namespace dotmoe {

/// Text of a file as it may stand in a one-line message: all but printable ASCII escaped, long text
/// cut.
std::string printable(std::string_view text);

class ByteReader {
  public:
    ByteReader(std::span<const std::byte> bytes, std::string file) : bytes_(bytes), file_(std::move(file)) {}

    /// What is being read; errors say it. Stays until the next call.
    void enter(std::string place) { place_ = std::move(place); }

    std::uint64_t position() const { return position_; }
    std::uint64_t remaining() const { return bytes_.size() - position_; }

    /// The next `count` bytes. Throws Error when the file ends before.
    std::span<const std::byte> take(std::uint64_t count) {
        if (count > remaining())
            damaged("{} bytes are needed at byte {}, but the file ends at byte {}", count, position_,
                    bytes_.size());
        const auto taken = bytes_.subspan(position_, count);
        position_ += count;
        return taken;
    }

    template <typename T>
    requires std::is_arithmetic_v<T> T number() {
        T value;
        std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
        return value;
    }

    /// A count of things that take at least `least_bytes` each. Throws Error when the file could not hold
    /// them.
    std::uint64_t count(std::uint64_t least_bytes) {
        const auto claimed = number<std::uint64_t>();
        if (claimed > remaining() / least_bytes)
            damaged("it claims {} entries, more than the {} bytes left of the file can hold", claimed,
                    remaining());
        return claimed;
    }

    /// A 64-bit length and that many bytes (GGUF's string).
    std::string_view text() {
        const auto taken = take(count(1));
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }

    /// Throws Error: the file, the place, and what is wrong there.
    template <typename... Args>
    [[noreturn]] void damaged(fmt::format_string<Args...> text, Args&&... args) const {
        fail("{}: damaged or incomplete: {}: {}", file_, place_,
             fmt::format(text, std::forward<Args>(args)...));
    }

  private:
    std::span<const std::byte> bytes_;
    std::string file_, place_;
    std::uint64_t position_ = 0;
};

}  // namespace dotmoe
