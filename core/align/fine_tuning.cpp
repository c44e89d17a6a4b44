#include "align/fine_tuning.h"

#include "model/weight_table.h"

namespace dotmoe {

namespace {

/// Calls visit(name, weight) for every weight under training.
template <typename Visit>
void for_each_trained(const ModelConfig& config, Weights& weights, Visit&& visit) {
    const auto tensors = layer_tensors(config);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const auto& tensor : tensors)
            visit(gguf_name(tensor, layer), weights.layers[static_cast<std::size_t>(layer)].*tensor.field);
    visit("output_norm.weight", weights.norm);
}

}  // namespace

FineTuning::FineTuning(const ModelConfig& config, const Weights& start, const RecoverRecipe& recipe)
    : config_(config), weights_(start), optimizer_([&] {
          std::vector<TrainedLeaf> leaves;
          for_each_trained(config_, weights_, [&](std::string name, at::Tensor& weight) {
              weight = new_leaf(weight);
              leaves.push_back({std::move(name), weight, recipe.learning_rate});
          });
          return LeafOptimizer(std::move(leaves), 0.0, recipe.clip);
      }()) {}

Transformer FineTuning::transformer(at::ScalarType format) const {
    return {config_, weights_.to({weights_.embedding.device(), format})};
}

Weights FineTuning::weights() const {
    auto copy = weights_;
    for_each_trained(config_, copy,
                     [](const std::string&, at::Tensor& weight) { weight = weight.detach().clone(); });
    return copy.to({copy.embedding.device(), copy.embedding.scalar_type()});
}

std::map<std::string, at::Tensor> FineTuning::state() const {
    std::map<std::string, at::Tensor> state;
    auto weights = weights_;
    for_each_trained(config_, weights,
                     [&](const std::string& name, at::Tensor& weight) { state[name] = weight.detach(); });
    optimizer_.save(state);
    return state;
}

void FineTuning::restore(const std::map<std::string, at::Tensor>& state) {
    for_each_trained(config_, weights_, [&](const std::string& name, at::Tensor& weight) {
        restore_tensor(weight, state, name);
    });
    optimizer_.restore(state);
}

}  // namespace dotmoe
