// The global phase of a conversion (METHOD §§4-6).
#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include "align/assignment.h"
#include "align/distill.h"
#include "align/placement.h"
#include "base/seed.h"
#include "pipeline/conversion_run.h"
#include "pipeline/snapshots.h"
#include "pipeline/solve_recorder.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

/// Seconds between two sets of plan pictures (one a layer, some megabytes together).
constexpr double picture_interval = 0.25;

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) {
    return 0.01 * at::randn(shape, at::detail::createCPUGenerator(seed), at::kFloat);
}

/// METHOD §7: one-hot plans and ridge routers where the layer-wise phase ran, else N(0, 0.01^2) as in the
/// paper (§6).
Assignment first_assignment(const std::vector<LayerExperts>& layers, const Recipe& recipe, const Model& model,
                            const std::optional<at::Tensor>& allowed) {
    std::vector<at::Tensor> affinity, router;
    for (std::int64_t layer = 0; layer < model.config.layers; ++layer) {
        const auto l = static_cast<std::uint64_t>(layer);
        const auto affinity_seed = derive_seed(recipe.seed, SeedPurpose::affinity, l);
        if (recipe.start == Start::alternating) {
            affinity.push_back(one_hot_affinity(layers[l].owner, recipe.layout, affinity_seed));
            router.push_back(layers[l].router.cpu());
        } else {
            affinity.push_back(normal({model.config.neurons, recipe.layout.columns()}, affinity_seed));
            router.push_back(normal({model.config.width, recipe.layout.experts},
                                    derive_seed(recipe.seed, SeedPurpose::router, l)));
        }
    }
    auto options = assignment_options(recipe);
    options.sinkhorn.allowed = allowed;
    const auto device = model.compute.device;
    return {at::stack(affinity).to(device), at::stack(router).to(device), recipe.layout, options};
}

}  // namespace

void ConversionRun::after_step(const DistillStep& done, const Assignment& assignment, std::int64_t step) {
    const auto& distill = recipe().distill;
    const auto total = training_steps(recipe());
    auto figures = done.figures;
    figures.step = state_.step = step;
    figures.total = total;
    state_.assignment = assignment.state();
    hooks_.events.publish(figures);
    hooks_.events.publish(load_snapshot(Stage::distillation, step, 0, done.load));
    const auto experts = assignment.experts();
    show_experts(experts);
    if (step % distill.checkpoint_every == 0) checkpoint();
    if (distill.evaluate_every > 0 && step % distill.evaluate_every == 0 && step < total)
        judge(fmt::format("step {}", step), step, ExpertSet{layout(), experts});
}

void ConversionRun::distil() {
    if (state_.distilled) return;
    const auto& distill = recipe().distill;
    auto assignment = first_assignment(state_.layers, recipe(), *model_, allowed_);
    if (!state_.assignment.empty()) assignment.restore(state_.assignment);

    const auto step_tokens = distill.sequences * train_.size(1);
    ProgressMeter meter(distill.steps, state_.step), since_pictures(0);
    SolveRecorder solve;
    const auto on_step = [&](const DistillStep& done) {
        const auto step = done.figures.step;
        const bool due = since_pictures.seconds() > picture_interval || step == distill.steps;
        if (done.plans.soft.defined() && due) {
            since_pictures = ProgressMeter(0);
            for (std::int64_t layer = 0; layer < layer_count(); ++layer) {
                const auto l = static_cast<std::size_t>(layer);
                const SnapshotPlace place{Stage::distillation, step, static_cast<int>(layer),
                                          done.figures.temperature};
                hooks_.events.publish(plan_snapshot(place, layout(),
                                                    {done.plans.soft.select(0, layer),
                                                     assignment.affinity(layer),
                                                     {done.plans.owner[l], done.plans.prices[l]},
                                                     allowed_in_layer(allowed_, layer)}));
                hooks_.events.publish(solve.snapshot(place, layer, done.plans.solve.converged));
            }
        }
        solve.clear();
        meter.set_done(step);
        publish_progress("distil", "steps", meter);
        after_step(done, assignment, step);
    };
    if (assignment.trains()) {
        hooks_.events.publish(LogLine{
            LogLevel::info, fmt::format("distilling: {} steps of {} tokens", distill.steps, step_tokens)});
        dotmoe::distil(*teacher_, assignment, layout(), distill, train_, recipe().seed, state_.step,
                       {hooks_.control, on_step, solve.observer()});
    } else {
        hooks_.events.publish(
            LogLine{LogLevel::info, "neither split nor router is trained: no global steps"});
    }

    state_.layers = assignment.experts();
    state_.assignment.clear();
    state_.distilled = true;
    // Else the gap is that of the transport that chose the plans; and greedy knows no constraints.
    if (recipe().start == Start::random && !allowed_) measure_greedy_gaps(assignment);
    keep(KeptState::global);
}

void ConversionRun::measure_greedy_gaps(const Assignment& assignment) {
    state_.layer_metrics.resize(state_.layers.size());
    const auto capacities = layout().capacities(model_->config.neurons);
    for (std::size_t l = 0; l < state_.layers.size(); ++l)
        state_.layer_metrics[l].greedy_gap =
            greedy_gap(assignment.affinity(static_cast<std::int64_t>(l)), capacities, state_.layers[l].owner);
}

}  // namespace dotmoe
