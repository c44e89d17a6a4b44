#include "formats/shape.h"

#include <fmt/ranges.h>

namespace dotmoe {

std::optional<std::int64_t> checked_product(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape) {
    std::optional<std::int64_t> count = 1;
    for (const auto dimension : shape) {
        count = checked_product(*count, dimension);
        if (!count) return std::nullopt;
    }
    return count;
}

std::string shape_text(std::span<const std::int64_t> shape) {
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace dotmoe
