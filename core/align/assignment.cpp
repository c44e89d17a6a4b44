#include "align/assignment.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

#include "align/placement.h"
#include "base/error.h"
#include "base/progress.h"
#include "transport/diagnostics.h"
#include "transport/implicit_gradient.h"

namespace dotmoe {
namespace {

/// A leaf of its own memory: the optimizer writes into it.
at::Tensor trainable(const at::Tensor& values) {
    return values.detach().to(at::kFloat).clone(at::MemoryFormat::Contiguous).set_requires_grad(true);
}

}  // namespace

AssignmentOptions assignment_options(const DistillRecipe& recipe) {
    return {.affinity_lr = recipe.affinity_lr,
            .router_lr = recipe.router_lr,
            .weight_decay = recipe.weight_decay,
            .clip = recipe.clip,
            .sinkhorn = {.max_iterations = static_cast<int>(recipe.sinkhorn_iterations),
                         .tolerance = recipe.sinkhorn_tolerance}};
}

/// AdamW of libtorch over two groups (affinity, router), with its moments reachable for checkpoints.
struct Assignment::Optimizer {
    torch::optim::AdamW adamw;
    std::vector<double> rates;

    static torch::optim::OptimizerParamGroup group(const at::Tensor& parameter, double rate, double decay) {
        return {{parameter},
                std::make_unique<torch::optim::AdamWOptions>(
                    torch::optim::AdamWOptions(rate).weight_decay(decay).betas({0.9, 0.95}))};
    }

    static torch::optim::AdamWParamState& moments(torch::optim::AdamW& adamw, const at::Tensor& parameter) {
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

/// The gradient of the plan is under way from the moment its own gradient is there until the affinity has
/// one.
struct Assignment::TransportClock {
    double seconds = 0;
    ProgressMeter backward{0};
};

Assignment::Assignment(const at::Tensor& affinity, const at::Tensor& router, const Layout& layout,
                       const AssignmentOptions& options)
    : affinity_(trainable(affinity)),
      router_(trainable(router)),
      capacities_(layout.capacities(affinity_.size(1))),
      options_(options),
      optimizer_(new Optimizer{
          torch::optim::AdamW({Optimizer::group(affinity_, options.affinity_lr, options.weight_decay),
                               Optimizer::group(router_, options.router_lr, options.weight_decay)},
                              torch::optim::AdamWOptions(options.affinity_lr)),
          {options.affinity_lr, options.router_lr}}),
      clock_(std::make_shared<TransportClock>()) {
    affinity_.register_hook(
        [clock = clock_](const at::Tensor&) { clock->seconds += clock->backward.seconds(); });
}

Assignment::~Assignment() = default;
Assignment::Assignment(Assignment&&) noexcept = default;

std::vector<ExactPlan> Assignment::round() const {
    const auto affinity = affinity_.detach().cpu();
    std::vector<ExactPlan> plans;
    for (std::int64_t l = 0; l < affinity.size(0); ++l) {
        // Prices in units of A: the dual of column e is -tau g_e.
        std::optional<at::Tensor> prices;
        if (potentials_) prices = -temperature_ * potentials_->select(0, l).cpu();
        plans.push_back(round_exact(affinity.select(0, l), capacities_, prices,
                                    allowed_in_layer(options_.sinkhorn.allowed, l)));
    }
    return plans;
}

Plans Assignment::solve(double temperature) {
    const ProgressMeter forward(0);
    auto sinkhorn = options_.sinkhorn;
    sinkhorn.temperature = temperature;
    // g is in units of A / tau: rescaled, so that a warm start survives the annealing.
    auto warm = potentials_;
    if (warm) warm = *warm * (temperature_ / temperature);

    Plans plans;
    plans.soft = transport_plan(affinity_, capacities_, sinkhorn, warm, &plans.solve);
    potentials_ = plans.solve.g;
    temperature_ = temperature;
    for (auto& [owner, prices] : round()) {
        plans.owner.push_back(owner);
        plans.prices.push_back(prices);
    }
    for (std::size_t l = 0; l < last_owner_.size(); ++l)
        plans.churn += churn(last_owner_[l], plans.owner[l]) / static_cast<double>(last_owner_.size());
    last_owner_ = plans.owner;
    plans.soft.register_hook([clock = clock_](const at::Tensor&) { clock->backward = ProgressMeter(0); });
    clock_->seconds += forward.seconds();
    return plans;
}

double Assignment::transport_seconds() const {
    return clock_->seconds;
}

void Assignment::step(double rate) {
    torch::nn::utils::clip_grad_norm_(std::vector<at::Tensor>{affinity_, router_}, options_.clip);
    for (std::size_t i = 0; i < optimizer_->rates.size(); ++i)
        optimizer_->adamw.param_groups()[i].options().set_lr(optimizer_->rates[i] * rate);
    optimizer_->adamw.step();
    optimizer_->adamw.zero_grad();
}

std::vector<LayerExperts> Assignment::experts() const {
    std::vector<LayerExperts> layers;
    for (const auto& plan : round())
        layers.push_back({plan.owner, router_.detach().select(0, std::ssize(layers)).cpu().clone()});
    return layers;
}

std::map<std::string, at::Tensor> Assignment::state() const {
    std::map<std::string, at::Tensor> state{{"affinity", affinity_.detach()}, {"router", router_.detach()}};
    if (potentials_) {
        state["potentials"] = *potentials_;
        state["temperature"] = at::full({1}, temperature_, at::kDouble);
    }
    for (const auto& [name, parameter] : {std::pair{"affinity", affinity_}, std::pair{"router", router_}}) {
        auto& moments = Optimizer::moments(optimizer_->adamw, parameter);
        state[fmt::format("{}.exp_avg", name)] = moments.exp_avg();
        state[fmt::format("{}.exp_avg_sq", name)] = moments.exp_avg_sq();
        state[fmt::format("{}.step", name)] = at::full({1}, moments.step(), at::kLong);
    }
    return state;
}

void Assignment::restore(const std::map<std::string, at::Tensor>& state) {
    const at::NoGradGuard no_grad;
    const auto take = [&](const std::string& name) {
        const auto found = state.find(name);
        if (found == state.end()) fail("checkpoint: '{}' is missing", name);
        return found->second;
    };
    const auto copy = [&](const at::Tensor& into, const std::string& name) {
        const auto value = take(name);
        if (value.sizes() != into.sizes())
            fail("checkpoint: '{}' is of another shape than this recipe's", name);
        into.copy_(value);
    };
    copy(affinity_, "affinity");
    copy(router_, "router");
    for (const auto& [name, parameter] : {std::pair{"affinity", affinity_}, std::pair{"router", router_}}) {
        auto& moments = Optimizer::moments(optimizer_->adamw, parameter);
        copy(moments.exp_avg(), fmt::format("{}.exp_avg", name));
        copy(moments.exp_avg_sq(), fmt::format("{}.exp_avg_sq", name));
        moments.step(take(fmt::format("{}.step", name)).item<std::int64_t>());
    }
    if (state.contains("potentials")) {
        potentials_ = take("potentials").to(affinity_.device());
        temperature_ = take("temperature").item<double>();
    }
}

at::Tensor one_hot_affinity(const at::Tensor& owner, const Layout& layout, std::uint64_t seed) {
    const auto noise =
        at::randn({owner.size(0), layout.columns()}, at::detail::createCPUGenerator(seed), at::kFloat);
    return at::one_hot(owner, layout.columns()).to(at::kFloat) + 0.01 * noise;
}

}  // namespace dotmoe
