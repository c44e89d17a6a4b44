// Metadata as the type the caller needs.
#include <utility>

#include "base/error.h"
#include "formats/gguf.h"
#include "formats/gguf_metadata.h"

namespace dotmoe::gguf {
namespace {

template <typename T>
std::optional<T> convert(const Value& value) {
    if (const auto* same = std::get_if<T>(&value)) return *same;
    return std::nullopt;
}

template <>
std::optional<std::int64_t> convert(const Value& value) {
    if (const auto* wide = std::get_if<std::uint64_t>(&value))
        return std::in_range<std::int64_t>(*wide) ? std::optional(static_cast<std::int64_t>(*wide))
                                                  : std::nullopt;
    if (const auto* same = std::get_if<std::int64_t>(&value)) return *same;
    return std::nullopt;
}

template <>
std::optional<double> convert(const Value& value) {
    if (const auto* wide = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*wide);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* same = std::get_if<double>(&value)) return *same;
    return std::nullopt;
}

}  // namespace

template <typename T>
std::optional<T> File::get(std::string_view key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) return std::nullopt;
    auto converted = convert<T>(found->second);
    if (!converted)
        fail("{}: metadata '{}' holds {} where {} is needed", path().string(), key, kind_of(found->second),
             kind_of(Value(T{})));
    return converted;
}

template <typename T>
T File::require(std::string_view key) const {
    auto value = get<T>(key);
    if (!value) fail("{}: metadata '{}' is missing", path().string(), key);
    return *std::move(value);
}

#define DOTMOE_INSTANTIATE(...)                                                         \
    template std::optional<__VA_ARGS__> File::get<__VA_ARGS__>(std::string_view) const; \
    template __VA_ARGS__ File::require<__VA_ARGS__>(std::string_view) const;
DOTMOE_INSTANTIATE(std::string)
DOTMOE_INSTANTIATE(std::int64_t)
DOTMOE_INSTANTIATE(double)
DOTMOE_INSTANTIATE(bool)
DOTMOE_INSTANTIATE(std::vector<std::int64_t>)
DOTMOE_INSTANTIATE(std::vector<double>)
DOTMOE_INSTANTIATE(std::vector<bool>)
DOTMOE_INSTANTIATE(std::vector<std::string>)
#undef DOTMOE_INSTANTIATE

}  // namespace dotmoe::gguf
