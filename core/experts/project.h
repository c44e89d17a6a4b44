// A conversion on disk: experts.safetensors (assignment, routers and, as metadata, recipe and source: the one
// file that counts), weights.gguf where recovery changed the dense weights, recipe.toml and metrics.json
// beside them for people and tools.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "align/recipe.h"
#include "experts/expert_set.h"
#include "model/config.h"

namespace dotmoe {

struct Project {
    std::filesystem::path source;  ///< the dense model it was made from
    std::string source_sha256;
    Recipe recipe;
    ExpertSet experts;
    std::string weights_sha256 = {};  ///< of weights.gguf in its folder; empty: the weights are the source's
};

/// All files are staged before the first is renamed, so a full disk leaves an old project whole. Throws Error
/// when the folder can't be written.
void save_project(const std::filesystem::path& folder, const Project& project, std::string_view metrics_json);

/// Without its experts, of which nothing is checked. Throws Error naming the file.
Project peek_project(const std::filesystem::path& folder);

/// Untrusted input: shapes, owners (each column exactly full) and finiteness are checked. Throws Error naming
/// the file.
Project load_project(const std::filesystem::path& folder);

/// The model a conversion was made from, or at `moved` where that is given. Throws Error when it is not there
/// or its hash is another.
std::filesystem::path project_source(const std::filesystem::path& folder, const Project& project,
                                     const std::optional<std::filesystem::path>& moved);

/// The model whose weights its experts share: weights.gguf of a recovered conversion, else project_source().
std::filesystem::path project_weights(const std::filesystem::path& folder, const Project& project,
                                      const std::optional<std::filesystem::path>& moved);

/// Where a recovered conversion's weights lie.
std::filesystem::path weights_file(const std::filesystem::path& folder);

/// Its own checks can't know the model's shape. Throws Error naming the folder where the experts are
/// another's.
void check_fits(const ExpertSet& experts, const ModelConfig& config, const std::filesystem::path& folder);

/// Whether the folder holds a conversion (and not, say, a model).
bool is_project(const std::filesystem::path& folder);

/// Throws Error naming `origin` unless every column holds exactly its capacity and the router is finite.
void check_layer_experts(const LayerExperts& layer, const Layout& layout, std::string_view origin);

}  // namespace dotmoe
