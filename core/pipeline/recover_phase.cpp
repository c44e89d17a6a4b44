// The recovery phase of a conversion: the weights change (METHOD §11).
#include <fmt/format.h>

#include "align/activations.h"
#include "align/assignment.h"
#include "align/distill.h"
#include "align/fine_tuning.h"
#include "align/layerwise.h"
#include "align/projection_fit.h"
#include "base/paths.h"
#include "base/seed.h"
#include "base/sha256.h"
#include "evaluate/layers.h"
#include "experts/project.h"
#include "model/save.h"
#include "pipeline/conversion_run.h"
#include "pipeline/live_routing.h"
#include "pipeline/snapshots.h"

namespace dotmoe {
namespace {

/// The experts as they are: their split is not trained any more, their routers are.
Assignment settled_assignment(const std::vector<LayerExperts>& layers, const Recipe& recipe,
                              const at::Device& device) {
    std::vector<at::Tensor> affinity, router;
    for (const auto& layer : layers) {
        affinity.push_back(at::one_hot(layer.owner, recipe.layout.columns()).to(at::kFloat));
        router.push_back(layer.router.cpu());
    }
    auto options = assignment_options(recipe);
    options.train_assignment = false;
    options.router_lr = recipe.recover.router_lr;
    return {at::stack(affinity).to(device), at::stack(router).to(device), recipe.layout, options};
}

}  // namespace

void ConversionRun::recover() {
    const auto& recover = recipe().recover;
    if (!changes_weights(recipe())) return;
    if (!state_.stages.aligned)
        state_.stages.aligned = state_.step == 0 && state_.stages.layerwise
                                    ? state_.stages.layerwise  // no global step changed it
                                    : judge("aligned", state_.step, ExpertSet{layout(), state_.layers});
    if (recover.fit_windows > 0 && state_.recovery.empty()) fit_projections();
    if (recover.steps > 0) train_all_weights();
    if (!hooks_.routing) return;
    auto recovered = *model_;
    recovered.weights = student_->weights();
    hooks_.routing->set_model(std::make_shared<Model>(std::move(recovered)));
}

void ConversionRun::fit_projections() {
    const auto& recover = recipe().recover;
    const auto windows = std::min(recover.fit_windows, train_.size(0));
    hooks_.events.publish(
        LogLine{LogLevel::info, fmt::format("recovering: {}output projections fitted to {} windows of text",
                                            recover.fit_split ? "each layer split anew, " : "", windows)});
    std::vector<at::Tensor> metrics;
    FitHooks hooks;
    if (recover.fit_split && std::ssize(state_.fitted) < layer_count()) {
        metrics = measure_metrics();
        hooks.split = [&](std::int64_t layer, const at::Tensor& inputs) {
            return split_again(
                inputs, metrics.empty() ? at::Tensor() : metrics[static_cast<std::size_t>(layer)], layer);
        };
    }
    state_.layer_metrics.resize(state_.layers.size());
    ProgressMeter meter(layer_count(), std::ssize(state_.fitted)), since_checkpoint(0);
    hooks.on_layer = [&](std::int64_t layer, const FittedLayer& fitted) {
        state_.layers[static_cast<std::size_t>(layer)] = fitted.experts;
        state_.fitted.push_back(fitted.projections);
        meter.set_done(layer + 1);
        publish_progress("fit", "layers", meter);
        hooks_.control.poll();
        if (since_checkpoint.seconds() < checkpoint_interval) return;
        checkpoint();
        since_checkpoint = ProgressMeter(0);
    };
    student_ = std::make_unique<Transformer>(
        model_->config,
        dotmoe::fit_projections(*teacher_, model_->weights, {layout(), state_.layers},
                                train_.slice(0, 0, windows), recover.fit_ridge, hooks, state_.fitted));
    checkpoint();
    if (recover.fit_split) show_experts(state_.layers);
    if (recover.steps > 0)
        state_.stages.fitted = judge("fitted", state_.step, ExpertSet{layout(), state_.layers});
}

LayerExperts ConversionRun::split_again(const at::Tensor& inputs, const at::Tensor& metric,
                                        std::int64_t layer) {
    const auto index = static_cast<std::size_t>(layer);
    const NeuronEnergies energies(inputs, teacher_->weights().layers[index], metric);
    auto [experts, gap] = split_by_method(energies, RidgeRouter(energies, recipe().layerwise),
                                          state_.layers[index].owner, layer);
    if (gap) state_.layer_metrics[index].greedy_gap = gap;
    const auto load = layer_load(inputs, experts.router, layout());
    hooks_.events.publish(load_snapshot(Stage::layerwise, recipe().layerwise.rounds, static_cast<int>(layer),
                                        load.load.unsqueeze(0)));
    return experts;
}

void ConversionRun::train_all_weights() {
    const auto& recover = recipe().recover;
    FineTuning tuning(model_->config, student_->weights(), recover);
    auto assignment = settled_assignment(state_.layers, recipe(), model_->compute.device);
    const auto earlier = training_steps(recipe()) - recover.steps;
    if (!state_.recovery.empty()) {
        tuning.restore(state_.recovery);
        assignment.restore(state_.assignment);
    }

    auto settings = recipe().distill;
    settings.steps = recover.steps;
    settings.temperature_start = settings.temperature_end;  // of no solve: the plans are settled
    ProgressMeter meter(recover.steps, state_.step - earlier);
    const auto on_step = [&](const DistillStep& done) {
        state_.recovery = tuning.state();
        state_.fitted.clear();
        state_.layers = assignment.experts();
        student_ = std::make_unique<Transformer>(tuning.transformer(model_->compute.dtype));
        meter.set_done(done.figures.step);
        publish_progress("recover", "steps", meter);
        after_step(done, assignment, earlier + done.figures.step);
    };
    hooks_.events.publish(
        LogLine{LogLevel::info, fmt::format("recovering: {} steps of {} tokens, all weights learn",
                                            recover.steps, settings.sequences * train_.size(1))});
    dotmoe::distil(*teacher_, assignment, layout(), settings, train_,
                   derive_seed(recipe().seed, SeedPurpose::recovery, 0), state_.step - earlier,
                   {hooks_.control, on_step}, &tuning);

    student_ = std::make_unique<Transformer>(model_->config, tuning.weights());
}

std::string ConversionRun::save_weights() {
    if (!changes_weights(recipe())) return {};
    const auto path = weights_file(request_.out);
    save_model(path, fmt::format("{}, recovered", name_of_model(model_->path)), model_->config,
               student_->weights(), model_->tokenizer->vocabulary());
    return sha256_of_file(path);
}

}  // namespace dotmoe
