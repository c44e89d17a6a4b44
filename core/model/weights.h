// Weights of a dense model. Rows are outputs, as in torch::nn::functional::linear.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/compute.h"
#include "model/config.h"

namespace dotmoe {

struct LayerWeights {
    at::Tensor attention_norm;  ///< [D] fp32
    at::Tensor query;           ///< [heads*head_width, D], rows in Hugging Face (half-split, NeoX) RoPE order
    at::Tensor key, value;      ///< [kv_heads*head_width, D]
    at::Tensor output;          ///< [D, heads*head_width]
    at::Tensor ffn_norm;        ///< [D] fp32
    at::Tensor gate, up;        ///< [N, D]
    at::Tensor down;            ///< [D, N]
    // Undefined where the family has none.
    at::Tensor query_bias = {};                 ///< [heads*head_width] fp32, in the order of query's rows
    at::Tensor key_bias = {}, value_bias = {};  ///< [kv_heads*head_width] fp32
    at::Tensor query_norm = {}, key_norm = {};  ///< [head_width] fp32
    at::Tensor attention_post_norm = {}, ffn_post_norm = {};  ///< [D] fp32

    Activation activation = Activation::silu;  ///< the model's; here so that an FFN is whole by itself

    static constexpr auto fields() {
        return std::array{
            &LayerWeights::attention_norm, &LayerWeights::query,    &LayerWeights::key,
            &LayerWeights::value,          &LayerWeights::output,   &LayerWeights::ffn_norm,
            &LayerWeights::gate,           &LayerWeights::up,       &LayerWeights::down,
            &LayerWeights::query_bias,     &LayerWeights::key_bias, &LayerWeights::value_bias,
            &LayerWeights::query_norm,     &LayerWeights::key_norm, &LayerWeights::attention_post_norm,
            &LayerWeights::ffn_post_norm};
    }
};

class LayerStream;

struct Weights {
    at::Tensor embedding;                      ///< [V, D]
    std::vector<LayerWeights> layers;          ///< [L]; empty of a model whose layers are streamed
    at::Tensor norm;                           ///< [D] fp32
    at::Tensor head;                           ///< [V, D]; the embedding itself when tied
    std::shared_ptr<LayerStream> stream = {};  ///< instead of `layers`, where there is not room for all

    /// Wherever it is. Of a stream it is valid until another layer is asked for.
    const LayerWeights& layer(std::int64_t index) const;

    /// The same weights elsewhere or in another format; norms and biases stay fp32. Shares storage where
    /// nothing changes. Of layers in memory.
    Weights to(const Compute& compute) const;
};

/// from + share (to - from), tensor by tensor, of one shape; shares storage where both are the same. Of
/// layers in memory.
Weights blend(const Weights& from, const Weights& to, double share);

}  // namespace dotmoe
