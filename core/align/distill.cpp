#include "align/distill.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include "align/losses.h"
#include "align/schedule.h"
#include "base/progress.h"
#include "base/seed.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"

namespace dotmoe {
namespace {

/// What the student's layers leave behind in a forward pass.
struct LayerTerms {
    std::vector<at::Tensor> balance, z, load;
    std::int64_t dropped = 0;
};

FeedForward student_feed_forward(const Transformer& transformer, const Assignment& assignment,
                                 const Plans& plans, const Layout& layout, const DistillRecipe& recipe,
                                 const at::Generator& noise, LayerTerms& terms) {
    const auto routed =
        recipe.straight_through == StraightThrough::soft ? &straight_through : &linear_straight_through;
    const auto kept = recipe.checkpoint_activations ? KeptForBackward::input : KeptForBackward::products;
    return [&transformer, &assignment, &plans, &layout, routed, kept, noise, &terms](const at::Tensor& x,
                                                                                     std::int64_t layer) {
        const auto l = static_cast<std::size_t>(layer);
        const auto flat = x.flatten(0, -2);
        const auto routing = route(flat, assignment.router(layer), layout, noise);
        terms.balance.push_back(balance_loss(routing, layout.active));
        terms.z.push_back(z_loss(routing));
        terms.load.push_back(expert_load(routing.mask).cpu());
        terms.dropped += routing.dropped;
        const auto surrogate = plans.surrogate.defined() ? plans.surrogate.select(0, layer) : at::Tensor();
        return masked_feed_forward(flat, transformer.weights().layers[l], layout,
                                   plans.owner[l].to(x.device()), routed(routing), surrogate, kept)
            .view_as(x);
    };
}

at::Tensor draw(const at::Tensor& windows, std::int64_t sequences, std::uint64_t seed, std::int64_t step) {
    const auto generator = at::detail::createCPUGenerator(
        derive_seed(seed, SeedPurpose::batch, static_cast<std::uint64_t>(step)));
    return windows.index_select(
        0, at::randint(windows.size(0), {sequences}, generator, at::kLong).to(windows.device()));
}

}  // namespace

void distil(const Transformer& teacher, Assignment& assignment, const Layout& layout,
            const DistillRecipe& recipe, const at::Tensor& windows, std::uint64_t seed,
            std::int64_t first_step, const DistillHooks& hooks, FineTuning* tuning) {
    const auto step_tokens = recipe.sequences * windows.size(1);
    ProgressMeter meter(recipe.steps * step_tokens, first_step * step_tokens);
    for (std::int64_t step = first_step; step < recipe.steps; ++step) {
        hooks.control.poll();
        const ProgressMeter clock(0);
        const double transport_before = assignment.transport_seconds();
        const double tau = annealed_temperature(step, recipe.steps, recipe.temperature_start,
                                                recipe.temperature_end, recipe.temperature_share);
        const auto plans = assignment.solve(tau, hooks.on_iteration);
        const auto tokens = draw(windows, recipe.sequences, seed, step);
        const auto wanted = [&] {
            const at::NoGradGuard no_grad;
            return teacher.hidden(tokens, teacher.dense());
        }();
        LayerTerms terms;
        const auto noise = at::detail::createCPUGenerator(
            derive_seed(seed, SeedPurpose::noise, static_cast<std::uint64_t>(step)));
        const auto student = tuning ? tuning->transformer(teacher.weights().head.scalar_type()) : teacher;
        const auto given = student.hidden(
            tokens, student_feed_forward(student, assignment, plans, layout, recipe, noise, terms));

        // 2 KL + CE reach the network as a ready gradient of the last hidden states; balance and z as they
        // are.
        const auto heads = vocabulary_losses(given, wanted, tokens, teacher.weights().head, recipe.kl_weight,
                                             recipe.ce_weight);
        const auto balance = at::stack(terms.balance).mean(), z = at::stack(terms.z).mean();
        const auto regular = recipe.balance_weight * balance + recipe.z_weight * z;
        ((given * heads.gradient).sum(at::kFloat) + regular).backward();
        const double rate = cosine_factor(step, recipe.steps);
        assignment.step(rate);
        if (tuning) tuning->step(rate);

        meter.set_done((step + 1) * step_tokens);
        hooks.on_step(
            {.figures = {.stage = Stage::distillation,
                         .step = step + 1,
                         .total = recipe.steps,
                         .loss = recipe.kl_weight * heads.kl + recipe.ce_weight * heads.cross_entropy +
                                 regular.item<double>(),
                         .kl = heads.kl,
                         .cross_entropy = heads.cross_entropy,
                         .balance = balance.item<double>(),
                         .z = z.item<double>(),
                         .temperature = tau,
                         .tokens_per_second = meter.rate(),
                         .transport_share =
                             (assignment.transport_seconds() - transport_before) / clock.seconds(),
                         .sinkhorn_iterations = static_cast<int>(plans.solve.iterations.size()),
                         .dropped = static_cast<double>(terms.dropped) /
                                    static_cast<double>(step_tokens * layout.active * std::ssize(terms.load)),
                         .churn = plans.churn},
             .plans = plans,
             .load = at::stack(terms.load)});
    }
}

}  // namespace dotmoe
