#include "model/parameters.h"

namespace dotmoe {

std::int64_t ffn_parameter_count(const ModelConfig& config) { return 3 * config.layers * config.neurons * config.width; }

std::int64_t parameter_count(const ModelConfig& config) {
    const auto attention = 2 * config.width * config.head_width * (config.heads + config.kv_heads);
    const auto norms = 2 * config.width;
    const auto embeddings = (config.tied_embeddings ? 1 : 2) * config.vocabulary * config.width;
    return embeddings + config.layers * (attention + norms) + config.width + ffn_parameter_count(config);
}

std::int64_t active_parameter_count(const ModelConfig& config, const Layout& layout) {
    const auto neurons = layout.shared + layout.active * layout.capacity(config.neurons);
    const auto a_layer = 3 * neurons * config.width + config.width * layout.experts;
    return parameter_count(config) - ffn_parameter_count(config) + config.layers * a_layer;
}

}  // namespace dotmoe
