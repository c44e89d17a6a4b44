// Fields of an event as bytes, little-endian, and back again from bytes that nobody vouches for.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dotmoe {

static_assert(std::endian::native == std::endian::little, "recordings are written as memory has them");

template <typename T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

class ArchiveWriter {
  public:
    template <typename T>
    using Of = const T&;

    template <typename... Fields>
    void all(const Fields&... fields) {
        (put(fields), ...);
    }
    template <typename Enum>
    void enumeration(Enum value, Enum /*last*/) {
        put(static_cast<std::uint8_t>(value));
    }
    /// Numbers from 0 as recording/levels.h has them, but for those at `exact`.
    void levels(const std::vector<float>& values, const std::vector<std::size_t>& exact);
    /// Numbers in 0..1 in steps of 1/65535.
    void shares(const std::vector<float>& values);

    std::vector<std::byte> take() { return std::move(bytes_); }

  private:
    template <Number T>
    void put(T value) {
        put_bytes(std::as_bytes(std::span(&value, 1)));
    }
    template <Number T>
    void put(const std::vector<T>& values) {
        put(static_cast<std::uint64_t>(values.size()));
        put_bytes(std::as_bytes(std::span(values)));
    }
    void put(bool value) { put(static_cast<std::uint8_t>(value)); }
    void put(const std::optional<double>& value);
    void put(const std::string& text);
    void put(const std::vector<std::string>& texts);
    void put_bytes(std::span<const std::byte> bytes);

    std::vector<std::byte> bytes_;
};

/// Every read is checked against what is left: Error when there is not that much. No count makes it allocate
/// more than a small multiple of what is left.
class ArchiveReader {
  public:
    template <typename T>
    using Of = T&;

    explicit ArchiveReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    template <typename... Fields>
    void all(Fields&... fields) {
        (get(fields), ...);
    }
    template <typename Enum>
    void enumeration(Enum& value, Enum last) {
        value = static_cast<Enum>(number_up_to(static_cast<std::uint8_t>(last)));
    }
    void levels(std::vector<float>& values, const std::vector<std::size_t>& exact);
    void shares(std::vector<float>& values);

    /// Throws Error when something is left.
    void finish() const;

  private:
    template <Number T>
    void get(T& value) {
        take(std::as_writable_bytes(std::span(&value, 1)));
    }
    template <Number T>
    void get(std::vector<T>& values) {
        values.resize(count_of(sizeof(T)));
        take(std::as_writable_bytes(std::span(values)));
    }
    void get(bool& value) { value = number_up_to(1) != 0; }
    void get(std::optional<double>& value);
    void get(std::string& text);
    void get(std::vector<std::string>& texts);
    std::uint8_t number_up_to(std::uint8_t last);
    /// The next count, of things of at least `size` bytes each.
    std::size_t count_of(std::size_t size);
    void take(std::span<std::byte> into);

    std::span<const std::byte> bytes_;
};

}  // namespace dotmoe
