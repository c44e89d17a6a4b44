#include "align/refine.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include "align/assignment.h"
#include "align/losses.h"
#include "align/schedule.h"
#include "base/progress.h"
#include "base/seed.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "model/transformer.h"

namespace dotmoe {
namespace {

// The schedule of METHOD §6; a layer's own phase has no reason to differ.
constexpr double temperature_start = 1.0, temperature_end = 0.1, temperature_share = 0.2;

std::optional<at::Tensor> as_batch(const std::optional<at::Tensor>& allowed) {
    return allowed ? std::optional(allowed->unsqueeze(0)) : std::nullopt;
}

}  // namespace

LayerExperts refine_layer(const at::Tensor& inputs, const LayerWeights& weights, const LayerExperts& start,
                          const Placement& placement, const Recipe& recipe, std::uint64_t seed,
                          RunControl& control, const std::function<void(const TrainingStep&)>& on_step) {
    const auto& layerwise = recipe.layerwise;
    if (layerwise.steps == 0) return start;
    const auto& layout = placement.layout;
    const auto device = inputs.device();
    Assignment assignment(one_hot_affinity(start.owner, layout, derive_seed(seed, SeedPurpose::affinity, 0))
                              .unsqueeze(0)
                              .to(device),
                          start.router.unsqueeze(0).to(device), layout,
                          {.affinity_lr = layerwise.affinity_lr,
                           .router_lr = layerwise.router_lr,
                           .train_assignment = learns_split(recipe.method),
                           .train_router = has_router(recipe.method),
                           .keys = keys_of(recipe),
                           .sinkhorn = {.allowed = as_batch(placement.allowed)}});
    if (!assignment.trains()) return start;
    const auto generator = at::detail::createCPUGenerator(derive_seed(seed, SeedPurpose::refine, 0));

    const auto noise = at::detail::createCPUGenerator(derive_seed(seed, SeedPurpose::noise, 0));

    ProgressMeter meter(layerwise.steps * layerwise.batch_tokens);
    for (std::int64_t step = 0; step < layerwise.steps; ++step) {
        control.poll();
        const auto rows =
            at::randint(inputs.size(0), {layerwise.batch_tokens}, generator, at::kLong).to(device);
        const auto x = inputs.index_select(0, rows);
        const auto y = [&] {
            const at::NoGradGuard no_grad;
            return dense_feed_forward(x, weights).to(at::kFloat);
        }();
        const double tau = annealed_temperature(step, layerwise.steps, temperature_start, temperature_end,
                                                temperature_share);
        const auto plans = assignment.solve(tau);
        const auto routing = route(x, assignment.router(0), layout, noise);
        const auto surrogate = plans.surrogate.defined() ? plans.surrogate[0] : at::Tensor();
        const auto y_hat = masked_feed_forward(x, weights, layout, plans.owner[0].to(device),
                                               straight_through(routing), surrogate);

        const auto error = (y_hat.to(at::kFloat) - y).square().sum() / y.square().sum();
        const auto balance = balance_loss(routing, layout.active), z = z_loss(routing);
        const auto loss = error + layerwise.balance_weight * balance + layerwise.z_weight * z;
        loss.backward();
        assignment.step(cosine_factor(step, layerwise.steps));

        meter.set_done((step + 1) * layerwise.batch_tokens);
        on_step({.stage = Stage::layerwise,
                 .step = step + 1,
                 .total = layerwise.steps,
                 .loss = loss.item<double>(),
                 .balance = balance.item<double>(),
                 .z = z.item<double>(),
                 .temperature = tau,
                 .reconstruction = error.item<double>(),
                 .tokens_per_second = meter.rate(),
                 .sinkhorn_iterations = static_cast<int>(plans.solve.iterations.size()),
                 .churn = plans.churn});
    }
    return assignment.experts().front();
}

}  // namespace dotmoe
