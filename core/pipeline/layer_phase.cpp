// The layer-wise phase of a conversion (METHOD §§7 and 8), with the random split beside it.
#include <ATen/CPUGeneratorImpl.h>

#include "align/activations.h"
#include "align/layerwise.h"
#include "align/load_floor.h"
#include "align/loss_metric.h"
#include "align/placement.h"
#include "align/refine.h"
#include "align/splits/random.h"
#include "align/splits/split_layer.h"
#include "base/seed.h"
#include "evaluate/layers.h"
#include "experts/masked_ffn.h"
#include "pipeline/conversion_run.h"
#include "pipeline/layer_report.h"
#include "pipeline/snapshots.h"
#include "pipeline/solve_recorder.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

/// The split that every other one must beat, and where transport begins: the column of each neuron.
at::Tensor random_owner(const NeuronEnergies& energies, const Placement& placement, std::uint64_t seed) {
    return moved_to_allowed(random_split(energies, placement.layout, seed), placement);
}

}  // namespace

void ConversionRun::align_layers() {
    if (recipe().start == Start::random || state_.step > 0 || state_.distilled || aligned()) return;
    const auto windows = std::min(recipe().text.calibration_windows, train_.size(0));
    ActivationStream calibration(*teacher_, train_.slice(0, 0, windows)), held_out(*teacher_, held_out_);
    // The split to compare with is fitted to the text as its own layers leave it.
    const bool sequential = recipe().layerwise.sequential;
    const bool baseline = recipe().layerwise.random_baseline;
    auto random_calibration = sequential && baseline ? std::optional(calibration) : std::nullopt;
    const auto advance = [&](ActivationStream& stream, const std::vector<LayerExperts>& layers) {
        const ExpertSet experts{layout(), layers};
        stream.advance(sequential ? converted_feed_forward(teacher_->weights(), experts) : teacher_->dense());
    };
    const auto metrics =
        std::ssize(state_.layers) < layer_count() ? measure_metrics() : std::vector<at::Tensor>();
    ProgressMeter meter(layer_count(), static_cast<std::int64_t>(state_.layers.size())), since_checkpoint(0);
    for (std::int64_t layer = 0; layer < layer_count(); ++layer) {
        hooks_.control.poll();
        const bool done = layer < static_cast<std::int64_t>(state_.layers.size());
        calibration.attend();
        held_out.attend();
        if (random_calibration) random_calibration->attend();
        if (!done) {
            publish_layer(layer, LayerState::aligning);
            align_layer({.calibration = calibration.feed_forward_inputs(),
                         .random_calibration =
                             random_calibration ? random_calibration->feed_forward_inputs() : at::Tensor(),
                         .held_out = held_out.feed_forward_inputs(),
                         .metric = metrics.empty() ? at::Tensor() : metrics[static_cast<std::size_t>(layer)]},
                        layer);
            meter.set_done(layer + 1);
            show_experts(state_.layers);
        }
        publish_layer(layer, LayerState::done);
        publish_progress("layer-wise", "layers", meter);
        advance(calibration, state_.layers);
        if (random_calibration) advance(*random_calibration, state_.random_layers);
        held_out.advance(teacher_->dense());
        if (since_checkpoint.seconds() > checkpoint_interval) {
            checkpoint();
            since_checkpoint = ProgressMeter(0);
        }
    }
    if (baseline && !state_.stages.random_layerwise)
        state_.stages.random_layerwise =
            judge("random_layerwise", 0, ExpertSet{layout(), state_.random_layers});
    if (!state_.stages.layerwise)
        state_.stages.layerwise = judge("layerwise", 0, ExpertSet{layout(), state_.layers});
    keep(KeptState::layerwise);
}

void ConversionRun::spread_first_layer() {
    state_.layers.resize(static_cast<std::size_t>(layer_count()), state_.layers.front());
}

bool ConversionRun::aligned() const {
    return std::ssize(state_.layers) == layer_count() && state_.stages.layerwise &&
           (state_.stages.random_layerwise || !recipe().layerwise.random_baseline) &&
           has_checkpoint(folder_in_run(KeptState::layerwise, request_.out));
}

std::vector<at::Tensor> ConversionRun::measure_metrics() {
    const auto windows = std::min(recipe().layerwise.metric_windows, train_.size(0));
    if (windows == 0) return {};
    ProgressMeter meter(windows);
    return loss_metrics(*teacher_, train_.slice(0, 0, windows),
                        derive_seed(recipe().seed, SeedPurpose::metric, 0), [&](std::int64_t done) {
                            hooks_.control.poll();
                            meter.set_done(done);
                            publish_progress("metric", "windows", meter);
                        });
}

std::uint64_t ConversionRun::split_seed(std::int64_t layer) const {
    return derive_seed(recipe().seed, SeedPurpose::split, static_cast<std::uint64_t>(layer));
}

ConversionRun::Split ConversionRun::split_by_method(const NeuronEnergies& energies, const RidgeRouter& ridge,
                                                    const at::Tensor& start, std::int64_t layer) {
    const Placement placement{layout(), allowed_in_layer(allowed_, layer)};
    if (recipe().method != Method::transport)
        return {
            split_layer(recipe().method,
                        {energies, model_->weights.layers[static_cast<std::size_t>(layer)], ridge, placement},
                        recipe().layerwise, split_seed(layer)),
            std::nullopt};
    Split result;
    SolveRecorder solve;
    const auto on_round = [&](const LayerwiseRound& round) {
        hooks_.control.poll();
        const SnapshotPlace place{Stage::layerwise, round.round, static_cast<int>(layer), round.temperature};
        const auto plan = plan_snapshot(
            place, layout(), {round.transport.plan, round.affinity, round.hard, placement.allowed});
        result.greedy_gap = plan->greedy_gap;
        hooks_.events.publish(plan);
        hooks_.events.publish(solve.snapshot(place, 0, round.transport.converged));
        solve.clear();
    };
    result.experts =
        alternate(energies, ridge, placement, recipe().layerwise, start, {on_round, solve.observer()});
    return result;
}

void ConversionRun::align_layer(const LayerText& text, std::int64_t layer) {
    const auto index = static_cast<std::uint64_t>(layer);
    const auto& weights = teacher_->weights().layers[static_cast<std::size_t>(layer)];
    const Placement placement{layout(), allowed_in_layer(allowed_, layer)};
    const bool baseline = recipe().layerwise.random_baseline;
    LayerExperts random;
    Split split;
    {  // energies are large: those of one text at a time
        const NeuronEnergies energies(text.calibration, weights, text.metric);
        const RidgeRouter ridge(energies, recipe().layerwise);
        random.owner = random_owner(energies, placement, split_seed(layer));
        if (baseline) random.router = ridge.fit(random.owner, layout());
        split = split_by_method(energies, ridge, random.owner, layer);
    }
    auto experts = refine_layer(text.calibration, weights, split.experts, placement, recipe(),
                                derive_seed(recipe().seed, SeedPurpose::refine, index), hooks_.control,
                                [&](TrainingStep step) {
                                    step.layer = static_cast<int>(layer);
                                    hooks_.events.publish(step);
                                });

    const auto load = layer_load(text.held_out, experts.router, layout());
    hooks_.events.publish(load_snapshot(Stage::layerwise, recipe().layerwise.rounds, static_cast<int>(layer),
                                        load.load.unsqueeze(0)));
    const auto error_of = [&](const LayerExperts& candidate) {
        return layer_error(text.held_out, weights, weights, candidate, layout());
    };
    const double error = error_of(experts);
    state_.layer_metrics.push_back({.error = error,
                                    .load_max = load.largest,
                                    .dead = load.dead,
                                    .greedy_gap = split.greedy_gap,
                                    .random_error = baseline ? std::optional(error_of(random)) : std::nullopt,
                                    .dropped = load.dropped,
                                    .layerwise_error = error});
    state_.layers.push_back(std::move(experts));
    if (!baseline) return;
    if (text.random_calibration.defined()) {
        const NeuronEnergies energies(text.random_calibration, weights, text.metric);
        random.owner = random_owner(energies, placement, split_seed(layer));
        random.router = RidgeRouter(energies, recipe().layerwise).fit(random.owner, layout());
    }
    state_.random_layers.push_back(std::move(random));
}

ExpertSet ConversionRun::revived_experts() {
    const auto windows = std::min(revival_windows, train_.size(0));
    ActivationStream stream(*student_, train_.slice(0, 0, windows));
    ExpertSet experts{layout(), state_.layers};
    const auto ffn = converted_feed_forward(student_->weights(), experts);
    for (auto& layer : experts.layers) {
        hooks_.control.poll();
        stream.attend();
        layer.router = with_load_floor(layer.router, stream.feed_forward_inputs(), layout().active,
                                       recipe().distill.load_floor);
        stream.advance(ffn);
    }
    return experts;
}

void ConversionRun::judge_layers(const ExpertSet& experts) {
    ProgressMeter meter(layer_count());
    const auto report = report_layers(*transformer_, *student_, experts, held_out_, [&](std::int64_t done) {
        hooks_.control.poll();
        meter.set_done(done);
        publish_progress("judge layers", "layers", meter);
    });
    state_.layer_metrics.resize(report.size());
    for (std::size_t l = 0; l < report.size(); ++l) {
        auto& metrics = state_.layer_metrics[l];
        metrics.error = report[l].error;
        metrics.load_max = report[l].load_max;
        metrics.dead = report[l].dead;
        metrics.dropped = report[l].dropped;
        publish_layer(static_cast<std::int64_t>(l), LayerState::done);
    }
}

}  // namespace dotmoe
