// Tensors handed to a writer one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace dotmoe {

/// Calls data() and checks what it gives. Throws Error naming file and tensor when that is not `needed`
/// bytes.
std::vector<std::byte> tensor_bytes(const std::filesystem::path& file, std::string_view tensor,
                                    std::int64_t needed, const std::function<std::vector<std::byte>()>& data);

}  // namespace dotmoe
