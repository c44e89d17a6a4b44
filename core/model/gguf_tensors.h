// Name, place and shape of every weight in a GGUF of architecture llama: one table for the reader and the
// writer.
#pragma once

#include <string>
#include <vector>

#include "model/config.h"
#include "model/weights.h"

namespace dotmoe {

/// blk.LAYER.STEM.weight, and where it belongs in LayerWeights.
struct LayerTensor {
    std::string stem;
    at::Tensor LayerWeights::*field;
    std::vector<std::int64_t> shape;
};

/// STEM.weight, outside the layers.
struct GlobalTensor {
    std::string stem;
    at::Tensor Weights::*field;
    std::vector<std::int64_t> shape;
};

std::vector<LayerTensor> layer_tensors(const ModelConfig& config);

/// Without output.weight where the embeddings are tied.
std::vector<GlobalTensor> global_tensors(const ModelConfig& config);

std::string tensor_name(const LayerTensor& tensor, std::int64_t layer);
std::string tensor_name(const GlobalTensor& tensor);

/// llama.cpp keeps the q and k rows of this architecture in interleaved RoPE order: in each head, its row
/// 2i+j is row j*head_width/2 + i in half-split (Hugging Face) order. rows [heads*head_width, D]; both are
/// each other's inverse.
at::Tensor interleaved_to_half_split(const at::Tensor& rows, std::int64_t head_width);
at::Tensor half_split_to_interleaved(const at::Tensor& rows, std::int64_t head_width);

/// True for the tensors that the two functions above are for.
bool has_rope_rows(const LayerTensor& tensor);

}  // namespace dotmoe
