// A run's state on disk, one file, replaced whole: crash or cancel leaves the last one or the new one.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace dotmoe {

struct Checkpoint {
    std::string fingerprint;  ///< of everything that decides the result: recipe, model, text, dtype
    nlohmann::json notes;     ///< figures so far
    std::map<std::string, at::Tensor> tensors;
};

/// Throws Error when the folder can't be written.
void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);

/// nullopt when there is none. Throws Error when it is damaged or its fingerprint is another one.
std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& folder,
                                          const std::string& fingerprint);

bool has_checkpoint(const std::filesystem::path& folder);

/// Without its tensors, whatever its fingerprint. Throws Error when it is damaged.
std::optional<Checkpoint> peek_checkpoint(const std::filesystem::path& folder);

/// Takes the place of what is there, at once. Throws Error when the folder can't be written.
void move_checkpoint(const std::filesystem::path& from, const std::filesystem::path& to);

void remove_checkpoint(const std::filesystem::path& folder);

}  // namespace dotmoe
