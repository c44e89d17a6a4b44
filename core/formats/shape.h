// Sizes of tensors named by untrusted files: products that cannot overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace dotmoe {

/// Product of the dimensions; 1 for none. nullopt when a dimension is negative or the product passes 2^63
/// - 1.
std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape);

/// a * b for a, b >= 0; nullopt when it passes 2^63 - 1.
std::optional<std::int64_t> checked_product(std::int64_t a, std::int64_t b);

/// "[576, 1536]"
std::string shape_text(std::span<const std::int64_t> shape);

}  // namespace dotmoe
