#include "pipeline/parameters.h"

#include "experts/key_grid.h"

namespace dotmoe {

ParameterCounts count_parameters(const ModelConfig& config, const Layout& layout, Method method) {
    const auto grid = key_grid(layout.experts);
    const double L = static_cast<double>(config.layers), D = static_cast<double>(config.width),
                 N = static_cast<double>(config.neurons), V = static_cast<double>(config.vocabulary),
                 R = static_cast<double>(method == Method::peer ? grid.rows + grid.columns : layout.experts);
    const double queries = static_cast<double>(config.heads) * static_cast<double>(config.head_width);
    const double keys = static_cast<double>(config.kv_heads) * static_cast<double>(config.head_width);
    const double attention = 2 * D * queries + 2 * D * keys, norms = 2 * D;

    ParameterCounts counts;
    counts.ffn = 3 * L * D * N;
    counts.dense = V * D * (config.tied_embeddings ? 1 : 2) + L * (attention + norms) + D + counts.ffn;
    counts.active = counts.dense - counts.ffn * (1 - layout.active_share(config.neurons)) + L * D * R;
    return counts;
}

}  // namespace dotmoe
