#include "pipeline/conversion_state.h"

#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::string_view assignment_prefix = "assignment.";

void put(Checkpoint& checkpoint, std::string_view kind, const std::vector<LayerExperts>& layers) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        checkpoint.tensors[fmt::format("{}.{}.owner", kind, l)] = layers[l].owner;
        checkpoint.tensors[fmt::format("{}.{}.router", kind, l)] = layers[l].router;
    }
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
    for (const auto& [name, tensor] : assignment)
        checkpoint.tensors[std::string(assignment_prefix) + name] = tensor;
    checkpoint.notes = {
        {"layer_metrics", layer_metrics}, {"stages", stages}, {"step", step}, {"seconds", seconds}};
    return checkpoint;
}

ConversionState ConversionState::from_checkpoint(const Checkpoint& checkpoint) {
    ConversionState state;
    state.layers = take(checkpoint, "layer");
    state.random_layers = take(checkpoint, "random");
    for (const auto& [name, tensor] : checkpoint.tensors)
        if (name.starts_with(assignment_prefix))
            state.assignment[name.substr(assignment_prefix.size())] = tensor;
    try {
        checkpoint.notes.at("layer_metrics").get_to(state.layer_metrics);
        checkpoint.notes.at("stages").get_to(state.stages);
        checkpoint.notes.at("step").get_to(state.step);
        checkpoint.notes.at("seconds").get_to(state.seconds);
    } catch (const nlohmann::json::exception& error) {
        fail("the checkpoint is damaged ({}); convert without --resume", error.what());
    }
    return state;
}

}  // namespace dotmoe
