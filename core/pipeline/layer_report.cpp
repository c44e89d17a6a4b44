#include "pipeline/layer_report.h"

#include "align/activations.h"
#include "evaluate/layers.h"
#include "experts/masked_ffn.h"

namespace dotmoe {

std::vector<LayerMetrics> report_layers(const Transformer& transformer, const ExpertSet& experts,
                                        const at::Tensor& windows,
                                        const std::function<void(std::int64_t)>& on_layer) {
    ActivationStream dense(transformer, windows), converted(transformer, windows);
    const auto ffn = converted_feed_forward(transformer.weights(), experts);
    std::vector<LayerMetrics> metrics;
    for (std::size_t l = 0; l < experts.layers.size(); ++l) {
        dense.attend();
        converted.attend();
        const auto load =
            layer_load(converted.feed_forward_inputs(), experts.layers[l].router, experts.layout);
        metrics.push_back({.error = layer_error(dense.feed_forward_inputs(), transformer.weights().layers[l],
                                                experts.layers[l], experts.layout),
                           .load_max = load.largest,
                           .dead = load.dead,
                           .greedy_gap = {},
                           .random_error = {},
                           .dropped = load.dropped});
        dense.advance(transformer.dense());
        converted.advance(ffn);
        on_layer(static_cast<std::int64_t>(l) + 1);
    }
    return metrics;
}

}  // namespace dotmoe
