#include "align/assignment.h"

#include <ATen/CPUGeneratorImpl.h>

#include "align/placement.h"
#include "base/error.h"
#include "base/progress.h"
#include "experts/product_keys.h"
#include "transport/diagnostics.h"
#include "transport/implicit_gradient.h"

namespace dotmoe {

std::optional<KeyGrid> keys_of(const Recipe& recipe) {
    if (recipe.method != Method::peer) return std::nullopt;
    return key_grid(recipe.layout.experts);
}

AssignmentOptions assignment_options(const Recipe& recipe) {
    const auto& distill = recipe.distill;
    return {.affinity_lr = distill.affinity_lr,
            .router_lr = distill.router_lr,
            .weight_decay = distill.weight_decay,
            .clip = distill.clip,
            .train_assignment = trains_assignment(recipe),
            .train_router = trains_router(recipe),
            .keys = keys_of(recipe),
            .rounding = distill.rounding,
            .straight_through = distill.straight_through,
            .sinkhorn = {.max_iterations = static_cast<int>(distill.sinkhorn_iterations),
                         .tolerance = distill.sinkhorn_tolerance}};
}

/// The gradient of the plan is under way from the moment its own gradient is there until the affinity has
/// one.
struct Assignment::TransportClock {
    double seconds = 0;
    ProgressMeter backward{0};
};

Assignment::Assignment(const at::Tensor& affinity, const at::Tensor& router, const Layout& layout,
                       const AssignmentOptions& options)
    : affinity_(new_leaf(affinity, options.train_assignment)),
      router_(new_leaf(options.keys ? keys_of_router(router, *options.keys) : router, options.train_router)),
      capacities_(layout.capacities(affinity_.size(1))),
      options_(options),
      clock_(std::make_shared<TransportClock>()) {
    std::vector<TrainedLeaf> leaves;
    if (options.train_assignment) {
        leaves.push_back({"affinity", affinity_, options.affinity_lr});
        if (options.straight_through == StraightThrough::soft)
            affinity_.register_hook(
                [clock = clock_](const at::Tensor&) { clock->seconds += clock->backward.seconds(); });
    } else {
        fixed_ = round();
    }
    if (options.train_router) leaves.push_back({"router", router_, options.router_lr});
    if (trains()) optimizer_.emplace(std::move(leaves), options.weight_decay, options.clip);
}

Assignment::~Assignment() = default;
Assignment::Assignment(Assignment&&) noexcept = default;

ExactPlan Assignment::round_layer(const at::Tensor& affinity, std::int64_t layer) const {
    // Prices in units of A: the dual of column e is -tau g_e. Before any solve they are free, which is right
    // for the affinity of a given plan: its argmax is that plan.
    const auto g = potentials_ ? potentials_->select(0, layer).cpu() : at::zeros({affinity.size(1)});
    const at::Tensor prices = -temperature_ * g;
    // The paper ranks the entries of the soft plan, of which log M = A/tau + f 1^T + 1 g^T needs its f again.
    if (options_.rounding == Rounding::greedy)
        return {round_greedy(at::log_softmax(affinity / temperature_ + g, -1), capacities_),
                prices.to(at::kDouble)};
    return round_exact(affinity, capacities_, prices, allowed_in_layer(options_.sinkhorn.allowed, layer));
}

std::vector<ExactPlan> Assignment::round() const {
    if (!fixed_.empty()) return fixed_;
    const auto affinity = affinity_.detach().cpu();
    std::vector<ExactPlan> plans;
    for (std::int64_t l = 0; l < affinity.size(0); ++l)
        plans.push_back(round_layer(affinity.select(0, l), l));
    return plans;
}

Plans Assignment::solve(double temperature, const SinkhornObserver& on_iteration) {
    const ProgressMeter forward(0);
    Plans plans;
    if (options_.train_assignment) {
        auto sinkhorn = options_.sinkhorn;
        sinkhorn.temperature = temperature;
        sinkhorn.on_iteration = on_iteration;
        // g is in units of A / tau: rescaled, so that a warm start survives the annealing.
        auto warm = potentials_;
        if (warm) warm = *warm * (temperature_ / temperature);
        plans.soft = transport_plan(affinity_, capacities_, sinkhorn, warm, &plans.solve);
        plans.surrogate = options_.straight_through == StraightThrough::soft ? plans.soft : affinity_;
        potentials_ = plans.solve.g;
        temperature_ = temperature;
        plans.soft.register_hook([clock = clock_](const at::Tensor&) { clock->backward = ProgressMeter(0); });
    }
    for (auto& [owner, prices] : round()) {
        plans.owner.push_back(owner);
        plans.prices.push_back(prices);
    }
    for (std::size_t l = 0; l < last_owner_.size(); ++l)
        plans.churn += churn(last_owner_[l], plans.owner[l]) / static_cast<double>(last_owner_.size());
    last_owner_ = plans.owner;
    clock_->seconds += forward.seconds();
    return plans;
}

at::Tensor Assignment::router(std::int64_t layer) const {
    const auto own = router_.select(0, layer);
    return options_.keys ? router_of_keys(own, *options_.keys) : own;
}

double Assignment::transport_seconds() const {
    return clock_->seconds;
}

void Assignment::step(double rate) {
    if (optimizer_) optimizer_->step(rate);
}

std::vector<LayerExperts> Assignment::experts() const {
    std::vector<LayerExperts> layers;
    for (const auto& plan : round())
        layers.push_back({plan.owner, router(std::ssize(layers)).detach().cpu().clone()});
    return layers;
}

std::map<std::string, at::Tensor> Assignment::state() const {
    std::map<std::string, at::Tensor> state{{"affinity", affinity_.detach()}, {"router", router_.detach()}};
    if (potentials_) {
        state["potentials"] = *potentials_;
        state["temperature"] = at::full({1}, temperature_, at::kDouble);
    }
    if (optimizer_) optimizer_->save(state);
    return state;
}

void Assignment::restore(const std::map<std::string, at::Tensor>& state) {
    restore_tensor(affinity_, state, "affinity");
    restore_tensor(router_, state, "router");
    if (optimizer_) optimizer_->restore(state);
    if (const auto potentials = state.find("potentials"); potentials != state.end()) {
        const auto temperature = at::zeros({1}, at::kDouble);
        restore_tensor(temperature, state, "temperature");
        potentials_ = potentials->second.to(affinity_.device());
        temperature_ = temperature.item<double>();
    }
    if (!options_.train_assignment) {
        fixed_.clear();
        fixed_ = round();
    }
}

at::Tensor one_hot_affinity(const at::Tensor& owner, const Layout& layout, std::uint64_t seed) {
    const auto noise =
        at::randn({owner.size(0), layout.columns()}, at::detail::createCPUGenerator(seed), at::kFloat);
    return at::one_hot(owner, layout.columns()).to(at::kFloat) + 0.01 * noise;
}

}  // namespace dotmoe
