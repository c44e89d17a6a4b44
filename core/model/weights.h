// Weights of a dense model. Rows are outputs, as in torch::nn::functional::linear.
#pragma once

#include <ATen/ATen.h>

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
};

struct Weights {
    at::Tensor embedding;  ///< [V, D]
    std::vector<LayerWeights> layers;
    at::Tensor norm;  ///< [D] fp32
    at::Tensor head;  ///< [V, D]; the embedding itself when tied

    /// The same weights elsewhere or in another format; norms stay fp32. Shares storage where nothing
    /// changes.
    Weights to(const Compute& compute) const;
};

}  // namespace dotmoe
