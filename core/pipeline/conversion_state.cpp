#include "pipeline/conversion_state.h"

#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::string_view assignment_prefix = "assignment.", recovery_prefix = "recovery.";

void put(Checkpoint& checkpoint, std::string_view kind, const std::vector<LayerExperts>& layers) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        checkpoint.tensors[fmt::format("{}.{}.owner", kind, l)] = layers[l].owner;
        checkpoint.tensors[fmt::format("{}.{}.router", kind, l)] = layers[l].router;
    }
}

std::string fitted_name(std::size_t layer, std::string_view projection) {
    return fmt::format("fitted.{}.{}", layer, projection);
}

using Tensors = std::map<std::string, at::Tensor>;

void put(Checkpoint& checkpoint, std::string_view prefix, const Tensors& tensors) {
    for (const auto& [name, tensor] : tensors) checkpoint.tensors[std::string(prefix) + name] = tensor;
}

Tensors take_tensors(const Checkpoint& checkpoint, std::string_view prefix) {
    Tensors tensors;
    for (const auto& [name, tensor] : checkpoint.tensors)
        if (name.starts_with(prefix)) tensors[name.substr(prefix.size())] = tensor;
    return tensors;
}

const at::Tensor& take_tensor(const Checkpoint& checkpoint, const std::string& name) {
    const auto found = checkpoint.tensors.find(name);
    if (found == checkpoint.tensors.end())
        fail("the checkpoint is damaged ({} is missing); convert without --resume", name);
    return found->second;
}

std::vector<LayerExperts> take(const Checkpoint& checkpoint, std::string_view kind) {
    std::vector<LayerExperts> layers;
    for (std::size_t l = 0;; ++l) {
        const auto owner = checkpoint.tensors.find(fmt::format("{}.{}.owner", kind, l));
        const auto router = checkpoint.tensors.find(fmt::format("{}.{}.router", kind, l));
        if (owner == checkpoint.tensors.end() || router == checkpoint.tensors.end()) return layers;
        layers.push_back({owner->second, router->second});
    }
}

}  // namespace

Checkpoint ConversionState::to_checkpoint(const std::string& fingerprint) const {
    Checkpoint checkpoint{fingerprint, {}, {}};
    put(checkpoint, "layer", layers);
    put(checkpoint, "random", random_layers);
    put(checkpoint, assignment_prefix, assignment);
    put(checkpoint, recovery_prefix, recovery);
    for (std::size_t l = 0; l < fitted.size(); ++l) {
        checkpoint.tensors[fitted_name(l, "attention")] = fitted[l].attention;
        checkpoint.tensors[fitted_name(l, "down")] = fitted[l].down;
    }
    checkpoint.notes = {{"layer_metrics", layer_metrics}, {"stages", stages},        {"step", step},
                        {"distilled", distilled},         {"fitted", fitted.size()}, {"seconds", seconds}};
    return checkpoint;
}

ConversionState ConversionState::from_checkpoint(const Checkpoint& checkpoint) {
    ConversionState state;
    state.layers = take(checkpoint, "layer");
    state.random_layers = take(checkpoint, "random");
    state.assignment = take_tensors(checkpoint, assignment_prefix);
    state.recovery = take_tensors(checkpoint, recovery_prefix);
    try {
        checkpoint.notes.at("layer_metrics").get_to(state.layer_metrics);
        checkpoint.notes.at("stages").get_to(state.stages);
        checkpoint.notes.at("step").get_to(state.step);
        state.distilled = checkpoint.notes.value("distilled", !state.recovery.empty());
        const auto fitted = checkpoint.notes.value("fitted", std::size_t{0});
        for (std::size_t l = 0; l < fitted; ++l)
            state.fitted.push_back({take_tensor(checkpoint, fitted_name(l, "attention")),
                                    take_tensor(checkpoint, fitted_name(l, "down"))});
        checkpoint.notes.at("seconds").get_to(state.seconds);
    } catch (const nlohmann::json::exception& error) {
        fail("the checkpoint is damaged ({}); convert without --resume", error.what());
    }
    return state;
}

}  // namespace dotmoe
