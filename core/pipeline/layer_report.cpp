#include "pipeline/layer_report.h"

#include "align/activations.h"
#include "evaluate/layers.h"
#include "experts/masked_ffn.h"

namespace dotmoe {

std::vector<LayerMetrics> report_layers(const Transformer& dense, const Transformer& converted,
                                        const ExpertSet& experts, const at::Tensor& windows,
                                        const std::function<void(std::int64_t)>& on_layer) {
    ActivationStream before(dense, windows), after(converted, windows);
    const auto ffn = converted_feed_forward(converted.weights(), experts);
    std::vector<LayerMetrics> metrics;
    for (std::size_t l = 0; l < experts.layers.size(); ++l) {
        before.attend();
        after.attend();
        const auto load = layer_load(after.feed_forward_inputs(), experts.layers[l].router, experts.layout);
        metrics.push_back(
            {.error = layer_error(before.feed_forward_inputs(), dense.weights().layers[l],
                                  converted.weights().layers[l], experts.layers[l], experts.layout),
             .load_max = load.largest,
             .dead = load.dead,
             .greedy_gap = {},
             .random_error = {},
             .dropped = load.dropped});
        before.advance(dense.dense());
        after.advance(ffn);
        on_layer(static_cast<std::int64_t>(l) + 1);
    }
    return metrics;
}

}  // namespace dotmoe
