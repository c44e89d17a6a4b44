// SHA-256 of files and buffers, in lower-case hex: what receipts and projects name their source by.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace dotmoe {

std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace dotmoe
