#include "experts/project.h"

#include "base/error.h"
#include "base/files.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "formats/torch_safetensors.h"
#include "model/stored_model.h"

namespace dotmoe {
namespace {

constexpr auto format_name = "dotmoe-conversion-1";
constexpr auto experts_file = "experts.safetensors";

std::string layer_key(std::size_t layer, std::string_view part) {
    return fmt::format("layers.{}.{}", layer, part);
}

/// What the metadata say.
Project without_experts(const safetensors::File& file) {
    const auto& path = file.path();
    const auto metadata = [&](const char* key) {
        const auto found = file.metadata().find(key);
        if (found == file.metadata().end())
            fail("{}: metadata '{}' is missing; is this a conversion?", path.string(), key);
        return found->second;
    };
    if (metadata("format") != format_name)
        fail("{}: format '{}' is not {}; convert again with this version", path.string(), metadata("format"),
             format_name);

    Project project{
        metadata("source"), metadata("source_sha256"), parse_recipe(metadata("recipe"), path.string()), {}};
    if (file.metadata().contains("weights_sha256")) project.weights_sha256 = metadata("weights_sha256");
    return project;
}

}  // namespace

void save_project(const std::filesystem::path& folder, const Project& project,
                  std::string_view metrics_json) {
    ensure_writable_directory(folder);
    AtomicFile recipe(folder / "recipe.toml"), metrics(folder / "metrics.json");
    recipe.write(to_toml(project.recipe));
    metrics.write(metrics_json);

    std::vector<safetensors::TensorToWrite> tensors;
    for (std::size_t l = 0; l < project.experts.layers.size(); ++l) {
        const auto& layer = project.experts.layers[l];
        tensors.push_back(to_write(layer_key(l, "owner"), layer.owner.to(at::kInt)));
        tensors.push_back(to_write(layer_key(l, "router"), layer.router));
    }
    std::map<std::string, std::string> metadata{
        {"format", format_name},
        {"recipe", to_toml(project.recipe)},
        {"source", without_trailing_slash(std::filesystem::absolute(project.source)).string()},
        {"source_sha256", project.source_sha256}};
    if (!project.weights_sha256.empty()) metadata["weights_sha256"] = project.weights_sha256;
    safetensors::write(folder / experts_file, tensors, metadata);
    recipe.commit();
    metrics.commit();
}

void check_layer_experts(const LayerExperts& layer, const Layout& layout, std::string_view origin) {
    const auto neurons = layer.owner.numel();
    check_layout(layout, neurons);
    if (layer.owner.dim() != 1 || layer.router.dim() != 2 || layer.router.size(1) != layout.experts)
        fail("{}: owner {} and router {} do not fit a layout of {} experts", origin,
             fmt::join(layer.owner.sizes(), "x"), fmt::join(layer.router.sizes(), "x"), layout.experts);
    const auto owner = layer.owner.to(at::kLong);
    if (owner.min().item<std::int64_t>() < 0 || owner.max().item<std::int64_t>() >= layout.columns())
        fail("{}: a neuron belongs to an expert outside 0..{}", origin, layout.columns() - 1);
    const auto counts = at::bincount(owner, {}, layout.columns());
    const auto wanted = layout.capacities(neurons);
    for (std::size_t c = 0; c < wanted.size(); ++c)
        if (const auto count = counts[static_cast<std::int64_t>(c)].item<std::int64_t>(); count != wanted[c])
            fail("{}: column {} holds {} neurons instead of {}", origin, c, count, wanted[c]);
    if (!at::isfinite(layer.router).all().item<bool>())
        fail("{}: the router holds NaN or infinite values", origin);
}

Project peek_project(const std::filesystem::path& folder) {
    return without_experts(safetensors::File(folder / experts_file));
}

Project load_project(const std::filesystem::path& folder) {
    const auto path = folder / experts_file;
    const safetensors::File file(path);
    auto project = without_experts(file);
    project.experts.layout = project.recipe.layout;
    for (std::size_t l = 0; file.find(layer_key(l, "owner")) != nullptr; ++l) {
        LayerExperts layer{to_tensor(file.at(layer_key(l, "owner"))).to(at::kLong),
                           to_tensor(file.at(layer_key(l, "router"))).to(at::kFloat)};
        check_layer_experts(layer, project.experts.layout, fmt::format("{}, layer {}", path.string(), l));
        project.experts.layers.push_back(std::move(layer));
    }
    if (project.experts.layers.empty()) fail("{}: holds no layers", path.string());
    return project;
}

std::filesystem::path project_source(const std::filesystem::path& folder, const Project& project,
                                     const std::optional<std::filesystem::path>& moved) {
    auto path = moved.value_or(project.source);
    if (!std::filesystem::exists(path))
        fail("{}: was made from {}, which is not there; name its place with --source", folder.string(),
             path.string());
    if (model_sha256(path) != project.source_sha256)
        fail("{}: was made from another model than {} (the hashes differ); name the right one with --source",
             folder.string(), path.string());
    return path;
}

std::filesystem::path project_weights(const std::filesystem::path& folder, const Project& project,
                                      const std::optional<std::filesystem::path>& moved) {
    if (project.weights_sha256.empty()) return project_source(folder, project, moved);
    auto path = weights_file(folder);
    if (!std::filesystem::exists(path))
        fail("{}: its weights.gguf is missing; convert again", folder.string());
    if (sha256_of_file(path) != project.weights_sha256)
        fail("{}: is not what the conversion wrote (the hashes differ); convert again", path.string());
    return path;
}

std::filesystem::path weights_file(const std::filesystem::path& folder) {
    return folder / "weights.gguf";
}

void check_fits(const ExpertSet& experts, const ModelConfig& config, const std::filesystem::path& folder) {
    if (static_cast<std::int64_t>(experts.layers.size()) != config.layers)
        fail("{}: holds {} layers where its model has {}", folder.string(), experts.layers.size(),
             config.layers);
    for (std::size_t l = 0; l < experts.layers.size(); ++l)
        if (experts.layers[l].owner.numel() != config.neurons ||
            experts.layers[l].router.size(0) != config.width)
            fail("{}: layer {} is for {} neurons of width {} where its model has {} of {}", folder.string(),
                 l, experts.layers[l].owner.numel(), experts.layers[l].router.size(0), config.neurons,
                 config.width);
}

bool is_project(const std::filesystem::path& folder) {
    return std::filesystem::is_regular_file(folder / experts_file);
}

}  // namespace dotmoe
