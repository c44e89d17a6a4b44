#include "model/gemma3.h"

#include <cmath>

namespace dotmoe {

void set_gemma3(ModelConfig& config) {
    config.activation = Activation::gelu_tanh;
    config.qk_norm = config.post_norms = true;
    config.embedding_scale = std::sqrt(static_cast<double>(config.width));
}

std::vector<bool> gemma3_sliding_layers(std::int64_t layers, std::int64_t pattern) {
    std::vector<bool> sliding;
    for (std::int64_t layer = 1; layer <= layers; ++layer) sliding.push_back(layer % pattern != 0);
    return sliding;
}

}  // namespace dotmoe
