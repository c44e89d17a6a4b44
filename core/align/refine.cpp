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
                          const Placement& placement, const LayerwiseRecipe& recipe, std::uint64_t seed,
                          RunControl& control, const std::function<void(const TrainingStep&)>& on_step) {
    if (recipe.steps == 0) return start;
    const auto& layout = placement.layout;
    const auto device = inputs.device();
    Assignment assignment(one_hot_affinity(start.owner, layout, derive_seed(seed, SeedPurpose::affinity, 0))
                              .unsqueeze(0)
                              .to(device),
                          start.router.unsqueeze(0).to(device), layout,
                          {.affinity_lr = recipe.affinity_lr,
                           .router_lr = recipe.router_lr,
                           .sinkhorn = {.allowed = as_batch(placement.allowed)}});
    const auto generator = at::detail::createCPUGenerator(derive_seed(seed, SeedPurpose::refine, 0));

    const auto noise = at::detail::createCPUGenerator(derive_seed(seed, SeedPurpose::noise, 0));

    ProgressMeter meter(recipe.steps * recipe.batch_tokens);
    for (std::int64_t step = 0; step < recipe.steps; ++step) {
        control.poll();
        const auto rows = at::randint(inputs.size(0), {recipe.batch_tokens}, generator, at::kLong).to(device);
        const auto x = inputs.index_select(0, rows);
        const auto y = [&] {
            const at::NoGradGuard no_grad;
            return dense_feed_forward(x, weights).to(at::kFloat);
        }();
        const double tau =
            annealed_temperature(step, recipe.steps, temperature_start, temperature_end, temperature_share);
        const auto plans = assignment.solve(tau);
        const auto routing = route(x, assignment.router(0), layout, noise);
        const auto y_hat = masked_feed_forward(x, weights, layout, plans.owner[0].to(device),
                                               straight_through(routing), plans.soft[0]);

        const auto error = (y_hat.to(at::kFloat) - y).square().sum() / y.square().sum();
        const auto balance = balance_loss(routing, layout.active), z = z_loss(routing);
        const auto loss = error + recipe.balance_weight * balance + recipe.z_weight * z;
        loss.backward();
        assignment.step(cosine_factor(step, recipe.steps));

        meter.set_done((step + 1) * recipe.batch_tokens);
        on_step({.stage = Stage::layerwise,
                 .step = step + 1,
                 .total = recipe.steps,
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
