#include "align/leaf_optimizer.h"

#include <ATen/core/grad_mode.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

#include "base/error.h"

namespace dotmoe {

at::Tensor new_leaf(const at::Tensor& values, bool trained) {
    return values.detach().to(at::kFloat).clone(at::MemoryFormat::Contiguous).set_requires_grad(trained);
}

namespace {

const at::Tensor& taken(const std::map<std::string, at::Tensor>& state, const std::string& name) {
    const auto found = state.find(name);
    if (found == state.end()) fail("checkpoint: '{}' is missing", name);
    return found->second;
}

std::vector<torch::optim::OptimizerParamGroup> groups_of(const std::vector<TrainedLeaf>& leaves,
                                                         double weight_decay) {
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.reserve(leaves.size());
    for (const auto& leaf : leaves)
        groups.push_back(
            {{leaf.value},
             std::make_unique<torch::optim::AdamWOptions>(
                 torch::optim::AdamWOptions(leaf.rate).weight_decay(weight_decay).betas({0.9, 0.95}))});
    return groups;
}

}  // namespace

void restore_tensor(const at::Tensor& into, const std::map<std::string, at::Tensor>& state,
                    const std::string& name) {
    const at::NoGradGuard no_grad;
    const auto& value = taken(state, name);
    if (value.sizes() != into.sizes()) fail("checkpoint: '{}' is of another shape than this recipe's", name);
    into.copy_(value);
}

struct LeafOptimizer::Impl {
    torch::optim::AdamW adamw;

    /// libtorch makes them at the first step only.
    torch::optim::AdamWParamState& moments(const at::Tensor& parameter) {
        auto& slot = adamw.state()[parameter.unsafeGetTensorImpl()];
        if (!slot) {
            auto fresh = std::make_unique<torch::optim::AdamWParamState>();
            fresh->step(0);
            fresh->exp_avg(at::zeros_like(parameter));
            fresh->exp_avg_sq(at::zeros_like(parameter));
            slot = std::move(fresh);
        }
        return static_cast<torch::optim::AdamWParamState&>(*slot);
    }
};

LeafOptimizer::LeafOptimizer(std::vector<TrainedLeaf> leaves, double weight_decay, double clip)
    : leaves_(std::move(leaves)),
      clip_(clip),
      impl_(new Impl{torch::optim::AdamW(groups_of(leaves_, weight_decay), torch::optim::AdamWOptions())}) {}
LeafOptimizer::~LeafOptimizer() = default;
LeafOptimizer::LeafOptimizer(LeafOptimizer&&) noexcept = default;

void LeafOptimizer::step(double rate) {
    std::vector<at::Tensor> values;
    for (const auto& leaf : leaves_) values.push_back(leaf.value);
    torch::nn::utils::clip_grad_norm_(values, clip_);
    for (std::size_t i = 0; i < leaves_.size(); ++i)
        impl_->adamw.param_groups()[i].options().set_lr(leaves_[i].rate * rate);
    impl_->adamw.step();
    impl_->adamw.zero_grad();
}

void LeafOptimizer::save(std::map<std::string, at::Tensor>& state) const {
    for (const auto& leaf : leaves_) {
        auto& moments = impl_->moments(leaf.value);
        state[leaf.name + ".exp_avg"] = moments.exp_avg();
        state[leaf.name + ".exp_avg_sq"] = moments.exp_avg_sq();
        state[leaf.name + ".step"] = at::full({1}, moments.step(), at::kLong);
    }
}

void LeafOptimizer::restore(const std::map<std::string, at::Tensor>& state) {
    for (const auto& leaf : leaves_) {
        auto& moments = impl_->moments(leaf.value);
        restore_tensor(moments.exp_avg(), state, leaf.name + ".exp_avg");
        restore_tensor(moments.exp_avg_sq(), state, leaf.name + ".exp_avg_sq");
        moments.step(taken(state, leaf.name + ".step").item<std::int64_t>());
    }
}

}  // namespace dotmoe
