#include "export/rounding.h"

#include "base/error.h"
#include "model/layer_stream.h"

namespace dotmoe {

at::Tensor rounded(const at::Tensor& tensor, gguf::TensorType type) {
    constexpr std::int64_t block = 32, block_of_blocks = 256;
    switch (type) {
        case gguf::TensorType::F32:
            return tensor;
        case gguf::TensorType::BF16:
            return tensor.to(at::kBFloat16).to(at::kFloat);
        case gguf::TensorType::Q4_K:
            if (tensor.size(-1) % block_of_blocks == 0) {
                const auto blocks = tensor.reshape({-1, block_of_blocks / block, block});
                // Counted in 63 steps of the largest among the eight.
                const auto counted = [](const at::Tensor& values) {
                    const auto unit = (values.amax(1, true) / 63).to(at::kHalf).to(at::kFloat);
                    return (values / unit.clamp_min(1e-30)).round().clamp_max(63) * unit;
                };
                const auto min = -blocks.amin(-1, true).clamp_max(0);
                const auto scale = counted((blocks.amax(-1, true) + min) / 15), offset = counted(min);
                const auto quants = ((blocks + offset) / scale.clamp_min(1e-30)).round().clamp(0, 15);
                return (quants * scale - offset).view(tensor.sizes());
            }
            [[fallthrough]];
        case gguf::TensorType::Q8_0:
            if (tensor.size(-1) % block == 0) {
                const auto blocks = tensor.reshape({-1, block});
                const auto scale = blocks.abs().amax(-1, true) / 127;
                const auto quants = (blocks / scale.clamp_min(1e-30)).round();
                return (quants * scale.to(at::kHalf).to(at::kFloat)).view(tensor.sizes());
            }
            [[fallthrough]];
        case gguf::TensorType::F16:
            return tensor.to(at::kHalf).to(at::kFloat);
        default:
            fail("weights of {} are not checked here", gguf::type_name(type));
    }
}

Weights rounded(const Weights& weights, gguf::TensorType type) {
    auto result = weights;
    result.embedding = rounded(weights.embedding, type);
    result.head = weights.head.is_same(weights.embedding) ? result.embedding : rounded(weights.head, type);
    result.layers.clear();
    result.stream = std::make_shared<LayerStream>([weights, type](std::int64_t index) {
        auto layer = weights.layer(index);
        for (auto field :
             {&LayerWeights::query, &LayerWeights::key, &LayerWeights::value, &LayerWeights::output,
              &LayerWeights::gate, &LayerWeights::up, &LayerWeights::down})
            layer.*field = rounded(layer.*field, type);
        return layer;
    });
    return result;
}

}  // namespace dotmoe
