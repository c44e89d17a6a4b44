// The layer-wise phase of a conversion (METHOD §7), with the random split beside it.
#include <ATen/CPUGeneratorImpl.h>

#include "align/activations.h"
#include "align/layerwise.h"
#include "align/refine.h"
#include "base/seed.h"
#include "evaluate/layers.h"
#include "pipeline/conversion_run.h"
#include "pipeline/snapshots.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

/// Seconds between two checkpoints of this phase; a layer takes about one, a checkpoint some megabytes.
constexpr double checkpoint_interval = 15;

LayerMetrics figures(const LayerQuality& quality) {
    return {.error = quality.error, .load_max = quality.load_max, .dead = quality.dead, .random_error = {}};
}

}  // namespace

void ConversionRun::align_layers() {
    if (recipe().start == Start::random || state_.step > 0) return;
    const auto windows = std::min(recipe().text.calibration_windows, train_.size(0));
    DenseStream calibration(*transformer_, train_.slice(0, 0, windows)), held_out(*transformer_, held_out_);
    ProgressMeter meter(layer_count(), static_cast<std::int64_t>(state_.layers.size())), since_checkpoint(0);
    for (std::int64_t layer = 0; layer < layer_count(); ++layer) {
        hooks_.control.poll();
        const bool done = layer < static_cast<std::int64_t>(state_.layers.size());
        calibration.attend();
        held_out.attend();
        if (!done) {
            publish_layer(layer, LayerState::aligning);
            align_layer(calibration, held_out, layer);
            meter.set_done(layer + 1);
            show_experts(state_.layers);
        }
        publish_layer(layer, LayerState::done);
        publish_progress("layer-wise", "layers", meter);
        calibration.advance();
        held_out.advance();
        if (since_checkpoint.seconds() > checkpoint_interval) {
            checkpoint();
            since_checkpoint = ProgressMeter(0);
        }
    }
    if (!state_.stages.random_layerwise)
        state_.stages.random_layerwise =
            judge("random_layerwise", 0, ExpertSet{layout(), state_.random_layers});
    if (!state_.stages.layerwise)
        state_.stages.layerwise = judge("layerwise", 0, ExpertSet{layout(), state_.layers});
}

void ConversionRun::align_layer(const DenseStream& calibration, const DenseStream& held_out,
                                std::int64_t layer) {
    const auto index = static_cast<std::uint64_t>(layer);
    const auto& weights = model_->weights.layers[static_cast<std::size_t>(layer)];
    const auto inputs = calibration.feed_forward_inputs(), judged = held_out.feed_forward_inputs();
    const NeuronEnergies energies(inputs, weights);
    const RidgeRouter ridge(energies, recipe().layerwise);

    const auto split =
        random_split(energies, layout(), derive_seed(recipe().seed, SeedPurpose::split, index));
    const LayerExperts random{split, ridge.fit(split, layout())};
    double gap = 0;
    auto experts =
        alternate(energies, ridge, layout(), recipe().layerwise, split, [&](const LayerwiseRound& round) {
            hooks_.control.poll();
            const SnapshotPlace place{Stage::layerwise, round.round, static_cast<int>(layer),
                                      round.temperature};
            const auto plan =
                plan_snapshot(place, layout(), round.transport.plan, round.affinity, round.owner);
            gap = plan->greedy_gap;
            hooks_.events.publish(plan);
            hooks_.events.publish(sinkhorn_snapshot(place, round.transport, 0));
        });
    experts = refine_layer(inputs, weights, experts, layout(), recipe().layerwise,
                           derive_seed(recipe().seed, SeedPurpose::refine, index), hooks_.control,
                           [&](TrainingStep step) {
                               step.layer = static_cast<int>(layer);
                               hooks_.events.publish(step);
                           });

    const auto quality = measure_layer(judged, weights, experts, layout());
    auto metrics = figures(quality);
    metrics.greedy_gap = gap;
    metrics.random_error = measure_layer(judged, weights, random, layout()).error;
    hooks_.events.publish(load_snapshot(Stage::layerwise, recipe().layerwise.rounds, static_cast<int>(layer),
                                        quality.load.unsqueeze(0)));
    state_.layers.push_back(std::move(experts));
    state_.random_layers.push_back(random);
    state_.layer_metrics.push_back(metrics);
}

void ConversionRun::judge_layers() {
    DenseStream held_out(*transformer_, held_out_);
    ProgressMeter meter(layer_count());
    state_.layer_metrics.resize(static_cast<std::size_t>(layer_count()));
    for (std::int64_t layer = 0; layer < layer_count(); ++layer) {
        hooks_.control.poll();
        const auto l = static_cast<std::size_t>(layer);
        held_out.attend();
        const auto quality = measure_layer(held_out.feed_forward_inputs(), model_->weights.layers[l],
                                           state_.layers[l], layout());
        auto& metrics = state_.layer_metrics[l];
        metrics.error = quality.error;
        metrics.load_max = quality.load_max;
        metrics.dead = quality.dead;
        held_out.advance();
        publish_layer(layer, LayerState::done);
        meter.set_done(layer + 1);
        publish_progress("judge layers", "layers", meter);
    }
}

}  // namespace dotmoe
